/** Lines of source text that grow, indented by the blocks that are open. */
export interface Text {
  readonly line: (text: string) => void;
  /** `head {`, what `body` writes, `}`. */
  readonly block: (head: string, body: () => void) => void;
  readonly lines: () => readonly string[];
}

export function createText(): Text {
  const lines: string[] = [];
  let depth = 0;
  const text: Text = {
    line: (content) => void lines.push(content === '' ? '' : '  '.repeat(depth) + content),
    block(head, body) {
      text.line(`${head} {`);
      depth += 1;
      body();
      depth -= 1;
      text.line('}');
    },
    lines: () => lines,
  };
  return text;
}

/** A number as JavaScript writes it; the sign of zero is kept. */
export function literal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A term of a sum: a whole-numbered multiple of a variable. */
export type Term = readonly [coefficient: number, variable: string];

/** `start + 12 + i0*4 - i1`: a sum as text, without what adds nothing. */
export function affine(start: string | null, offset: number, terms: readonly Term[]): string {
  const parts = terms.filter(([coefficient]) => coefficient !== 0).map(([coefficient, variable]) => {
    const size = Math.abs(coefficient);
    return { negative: coefficient < 0, part: size === 1 ? variable : `${variable} * ${size}` };
  });
  const rest = offset === 0 ? [] : [{ negative: offset < 0, part: String(Math.abs(offset)) }];
  // a sum never starts with a sign: 0 - 0 is 0, and -0 is not
  const [first, others] = start !== null ? [start, [...parts, ...rest]] : parts.length === 0 ? [String(offset), []] : parts[0].negative ? [String(offset), parts] : [parts[0].part, [...parts.slice(1), ...rest]];
  return others.reduce((text, { negative, part }) => `${text} ${negative ? '-' : '+'} ${part}`, first);
}
