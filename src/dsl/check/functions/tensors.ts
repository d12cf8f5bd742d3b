import type { TensorFunction } from '../../typed.ts';
import { tensorValue } from '../values.ts';
import { optional, required, type FunctionFormal, type FunctionSpec } from './spec.ts';

/** A function of whole tensors, its arguments handed on as they stand. */
function tensorFunction(fn: TensorFunction, formals: readonly FunctionFormal[], summary: string): FunctionSpec {
  return {
    formals,
    summary,
    build: (args, call) => tensorValue({ kind: 'apply', fn, args: formals.filter(({ name }) => args.has(name)).map(({ name }) => args.expr(name)), type: 'tensor', span: call.span }),
  };
}

const x = required('x', 'batch');

export const TENSORS = {
  similarities: tensorFunction('similarities', [required('a', 'batch'), required('b', 'batch')], 'the inner product of each sample of a with each sample of b: [N, …] and [M, …] give [N, M]'),
  l2_normalize: tensorFunction('l2_normalize', [x], 'x with each sample scaled to the length 1'),
  log_sum_exp: tensorFunction('log_sum_exp', [x, optional('weights', 'numeric')], 'log of the sum of weights*exp(x) over all axes but the first'),
  identity_like: tensorFunction('identity_like', [x], '1 on the diagonal of a matrix of the shape of x, 0 elsewhere'),
  descending_rank: tensorFunction('descending_rank', [x], 'how many elements are greater than each, 0 for the greatest; of equal ones the first comes first'),
  append: tensorFunction('append', [x, required('value', 'scalar')], 'x with one more entry at the end of its last axis'),
} as const satisfies Record<string, FunctionSpec>;
