import { invariant } from '../support/invariant.ts';
import { ARITY } from './arity.ts';
import { contractions } from './infer/contractions.ts';
import { elementwise } from './infer/elementwise.ts';
import { ganloss } from './infer/ganloss.ts';
import { reductions } from './infer/reductions.ts';
import type { InferTable } from './infer/rule.ts';
import { structural } from './infer/structural.ts';
import type { OpAttributes, OpKind } from './ops.ts';
import type { Type } from './types.ts';

const INFER: InferTable = { ...elementwise, ...structural, ...reductions, ...contractions, ...ganloss };

/** The type of an op's result. Throws (a compiler bug) when the operands do not fit. */
export function inferType<K extends OpKind>(op: K, operands: readonly Type[], attributes: OpAttributes[K]): Type {
  const [least, most] = ARITY[op];
  invariant(operands.length >= least && operands.length <= most, `${op} takes ${least === most ? least : `${least} to ${most}`} operands, not ${operands.length}`);
  return INFER[op](operands, attributes, op);
}
