import type { OpAttributes, OpKind } from './ops.ts';
import type { Type } from './types.ts';

/** The type of an op's result. Throws (a compiler bug) when the operands do not fit. */
export function inferType<K extends OpKind>(op: K, _operands: readonly Type[], _attributes: OpAttributes[K]): Type {
  throw new Error(`no inference for ${op} yet`);
}
