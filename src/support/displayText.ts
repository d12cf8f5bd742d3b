/** Longest source line, in code units, that is shown whole; of longer ones only the part around a mark. */
const WIDTH = 120;
/** How much of a cut line is shown before its mark. */
const LEAD = 40;
const TAB = '    ';

/** A line as it is shown, and where its characters come to stand. */
export interface Excerpt {
  readonly text: string;
  /** Whether an offset of the line is in view. */
  holds(offset: number): boolean;
  /** The columns, in cells of a terminal, that a stretch of the line takes; clipped to what is in view. */
  columns(start: number, end: number): { readonly indent: number; readonly width: number };
}

/** What is shown of a line so that the character at `offset` is in view. */
export function excerpt(line: string, offset: number): Excerpt {
  let from = line.length <= WIDTH ? 0 : Math.max(0, Math.min(offset - LEAD, line.length - WIDTH));
  let to = Math.min(line.length, from + WIDTH);
  // halves of an astral character are not shown
  if (isLowSurrogate(line, from)) from -= 1;
  if (isLowSurrogate(line, to)) to += 1;
  const lead = from > 0 ? '…' : '';
  const tail = to < line.length ? '…' : '';
  const widthOf = (start: number, end: number): number => [...line.slice(start, end)].reduce((sum, character) => sum + cells(character), 0);
  return {
    text: lead + [...line.slice(from, to)].map(shown).join('') + tail,
    holds: (place) => place >= from && place <= to,
    columns(start, end) {
      const first = Math.min(Math.max(start, from), to);
      const last = Math.min(Math.max(end, first), to);
      return { indent: lead.length + widthOf(from, first), width: widthOf(first, last) };
    },
  };
}

/** Text without characters that would move the cursor, colour the terminal or turn the direction of writing. */
export function printable(text: string): string {
  return [...text].map((character) => (/[\r\n\t]/.test(character) ? ' ' : shown(character))).join('');
}

function shown(character: string): string {
  if (character === '\t') return TAB;
  return /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(character) ? '\uFFFD' : character;
}

/** Cells of a terminal that a character takes. */
function cells(character: string): number {
  if (character === '\t') return TAB.length;
  if (/\p{M}/u.test(character)) return 0;
  return /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(character) ? 2 : 1;
}

function isLowSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return index > 0 && code >= 0xdc00 && code <= 0xdfff;
}
