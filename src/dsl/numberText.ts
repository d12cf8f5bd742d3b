// A digit, or a point before one, begins a number; the number then reaches as far as anything that its writer can have
// meant as part of it, so that `1.2.3` or `12abc` is one mistake and not several tokens.
const CHUNK = /(?:\d|\.\d)(?:[eE][+-](?=\d)|[eE][+-](?!\s*[\w(.])|\w|\.(?![A-Za-z_])|\.(?=[eE][+-]?\d))*/y;
const WELL_FORMED = /^(?=\.?\d)(?:\d+(?:_\d+)*)?(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?$/;

/** The lexer's rule for numbers, well formed or not. */
export function matchNumber(text: string, offset: number): RegExpExecArray | null {
  CHUNK.lastIndex = offset;
  return CHUNK.exec(text);
}

export function isWellFormedNumber(text: string): boolean {
  return WELL_FORMED.test(text);
}

/** The value of a well-formed number; `1e999` is infinite, which later stages report where it matters. */
export function numberValue(text: string): number {
  return Number(text.replaceAll('_', ''));
}

/** What is wrong with a malformed number, and what was probably meant, if that is plain. */
export function explainNumber(text: string): { readonly hint: string; readonly replacement: string | null } {
  if (/^0[xX][\da-fA-F]+$/.test(text)) return { hint: 'hexadecimal numbers are not supported', replacement: decimal(Number(text)) };
  if (/^0[bBoO]\d+$/.test(text)) return { hint: 'only decimal numbers are supported', replacement: decimal(Number(text)) };
  const name = /^([\d._]*\d(?:[eE][+-]?\d+)?)([A-Za-z]\w*)$/.exec(text);
  if (name !== null && isWellFormedNumber(name[1]!) && !/^[eE_]\d*$/.test(name[2]!)) {
    const product = `${name[1]}*${name[2]}`;
    return { hint: `a name cannot follow a number directly; a product is written '${product}'`, replacement: product };
  }
  if (text.split('.').length > 2) return { hint: 'a number has one decimal point', replacement: null };
  if (/\.$|\.[eE]/.test(text)) {
    const fixed = text.replace('.', '.0');
    return { hint: `a digit must follow the decimal point: '${fixed}'`, replacement: isWellFormedNumber(fixed) ? fixed : null };
  }
  if (/[eE][+-]?$/.test(text)) return { hint: "the exponent has no digits; '1e-3' is a number with one", replacement: null };
  if (text.includes('_')) {
    const fixed = text.replaceAll(/_+(?=_|\D|$)/g, '').replaceAll(/(?<=\D)_+/g, '');
    return { hint: "underscores stand singly between digits: '1_000'", replacement: isWellFormedNumber(fixed) ? fixed : null };
  }
  return { hint: "numbers are written like 10, 0.5, .5, 1e-10 or 1_000", replacement: null };
}

function decimal(value: number): string | null {
  return Number.isSafeInteger(value) ? String(value) : null;
}
