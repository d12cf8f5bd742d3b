/** Limits that keep every later walk over a syntax tree safe on a stack of 1 MB, and every text quick to refuse. */

/** UTF-16 code units of a source. */
export const MAX_TEXT = 256 * 1024;
/** Tokens of a source. */
export const MAX_TOKENS = 100_000;
/** Brackets and conditions open at a time; the parser recurses on these alone. */
export const MAX_NESTING = 64;
/** Nodes between the root of an expression and its deepest leaf, so also the summands of a sum. */
export const MAX_DEPTH = 500;
/** Syntax errors of a file that are shown. */
export const MAX_ERRORS = 100;
