import type { ScalarOp } from '../../schedule/types.ts';

/**
 * How far each target's op may be from the exact result, in units of float32's last place; 0: it is the nearest float32, to the bit.
 * Integers and truth values are always exact. (js computes in float64 and rounds once.)
 */
export const SCALAR_ULPS: { readonly [K in ScalarOp]: { readonly wasm: number; readonly js: number } } = {
  negate: { wasm: 0, js: 0 },
  abs: { wasm: 0, js: 0 },
  sign: { wasm: 0, js: 0 },
  exponential: { wasm: 0.9, js: 0 },
  exponential_minus_one: { wasm: 1.4, js: 0 },
  log: { wasm: 0.9, js: 0 },
  log_plus_one: { wasm: 1, js: 0 },
  sqrt: { wasm: 0, js: 0 },
  // a root and a quotient, each rounded
  rsqrt: { wasm: 1.5, js: 0 },
  tanh: { wasm: 1.4, js: 0 },
  logistic: { wasm: 1.4, js: 0 },
  floor: { wasm: 0, js: 0 },
  is_finite: { wasm: 0, js: 0 },
  not: { wasm: 0, js: 0 },
  add: { wasm: 0, js: 0 },
  subtract: { wasm: 0, js: 0 },
  multiply: { wasm: 0, js: 0 },
  divide: { wasm: 0, js: 0 },
  power: { wasm: 0.6, js: 0 },
  maximum: { wasm: 0, js: 0 },
  minimum: { wasm: 0, js: 0 },
  and: { wasm: 0, js: 0 },
  or: { wasm: 0, js: 0 },
  compare: { wasm: 0, js: 0 },
  select: { wasm: 0, js: 0 },
  convert: { wasm: 0, js: 0 },
};
