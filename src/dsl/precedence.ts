import type { BinaryOperator } from './ast.ts';

interface Binding {
  readonly level: number;
  readonly rightAssociative: boolean;
}

const left = (level: number): Binding => ({ level, rightAssociative: false });

/**
 * How tightly each operator binds. A conditional is 0, a prefix 6: between products and powers, so that `-a^2` is `-(a^2)`
 * and `-a*b` is `(-a)*b`. A power's right side may have a prefix: `2^-1`.
 */
export const BINDING: { readonly [O in BinaryOperator]: Binding } = {
  '||': left(1),
  '&&': left(2),
  '==': left(3), '!=': left(3), '<': left(3), '<=': left(3), '>': left(3), '>=': left(3),
  '+': left(4), '-': left(4),
  '*': left(5), '/': left(5),
  '^': { level: 7, rightAssociative: true },
};

export const CONDITIONAL_LEVEL = 0;
export const PREFIX_LEVEL = 6;
export const POSTFIX_LEVEL = 8;

export function isBinaryOperator(image: string): image is BinaryOperator {
  return Object.hasOwn(BINDING, image);
}
