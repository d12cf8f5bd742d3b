import { compile } from './compile.ts';
import type { Objective } from './objective.ts';

/** A specification as a template: ganloss`wasserstein + ${lambda}*gp`. Numbers are put in as they are, strings as text of the language. */
export function ganloss(strings: TemplateStringsArray, ...values: readonly (number | string)[]): Objective {
  const text = strings.reduce((before, part, index) => `${before}${printValue(values[index - 1])}${part}`);
  return compile(text);
}

/** A negative number in brackets, so that it stays one operand. */
function printValue(value: number | string): string {
  return typeof value === 'number' && (value < 0 || Object.is(value, -0)) ? `(${value})` : String(value);
}
