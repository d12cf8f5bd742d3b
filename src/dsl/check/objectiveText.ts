import type { Expr } from '../ast.ts';

/** An expression as the user wrote it, on one line and without comments. */
export function objectiveText({ span }: Expr): string {
  const text = span.source.text.slice(span.start, span.end);
  return text
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) => (found.startsWith('"') ? found : ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}
