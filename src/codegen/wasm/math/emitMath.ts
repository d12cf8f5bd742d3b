import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { MathFunction } from '../kernelContext.ts';
import { exponential, exponentialMinusOne } from './exponential.ts';
import type { Expression, Expressions } from './expressions.ts';
import { expressions } from './expressions.ts';
import { logarithm, logarithmPlusOne } from './logarithm.ts';
import { power } from './power.ts';
import { logistic, tanh } from './sigmoids.ts';

type Formula = (v: Expressions, args: readonly Expression[], fn: FunctionBuilder) => Expression;

/**
 * How many operands each function takes, and its formula. Greatest errors over all float32 values, in units of the last place
 * (bench/ulp.ts): exponential 0.90, exponential_minus_one 1.38, log 0.84, log_plus_one 0.92, tanh 1.31, logistic 1.37.
 */
export const MATH: { readonly [F in MathFunction]: { readonly operands: 1 | 2; readonly formula: Formula } } = {
  exponential: { operands: 1, formula: (v, [x]) => exponential(v, x) },
  exponential_minus_one: { operands: 1, formula: (v, [x]) => exponentialMinusOne(v, x) },
  log: { operands: 1, formula: (v, [x]) => logarithm(v, x) },
  log_plus_one: { operands: 1, formula: (v, [x]) => logarithmPlusOne(v, x) },
  tanh: { operands: 1, formula: (v, [x]) => tanh(v, x) },
  logistic: { operands: 1, formula: (v, [x]) => logistic(v, x) },
  power: { operands: 2, formula: (v, [x, y], fn) => power(fn, v, x, y) },
};

/** Applies a function to the vectors on the stack, in line: a call for each vector takes 1.2 to 1.7 times as long (bench/loops.ts). */
export function emitMath(fn: FunctionBuilder, name: MathFunction): void {
  const { operands, formula } = MATH[name];
  const locals: Local[] = [];
  for (let i = 0; i < operands; i++) {
    const local = fn.local('v128', 'x');
    fn.set(local);
    locals.unshift(local);
  }
  const v = expressions(fn);
  formula(v, locals.map((local) => () => fn.get(local)), fn)();
  v.releaseAll();
  fn.release(...locals);
}
