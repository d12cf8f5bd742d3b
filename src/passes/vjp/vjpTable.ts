import type { OpKind } from '../../ir/ops.ts';
import { CONTRACTION_VJP } from './contractions.ts';
import { ELEMENTWISE_VJP } from './elementwise.ts';
import { GANLOSS_VJP } from './ganloss.ts';
import { INDEXING_VJP } from './indexing.ts';
import { LOSS_VJP } from './losses.ts';
import { REDUCTION_VJP } from './reductions.ts';
import type { VjpRule, VjpTable } from './rule.ts';
import { STRUCTURAL_VJP } from './structural.ts';
import { WINDOW_VJP } from './windows.ts';

/** How each op is differentiated. A new op does not compile until it says so here. */
export const VJP_TABLE: VjpTable = {
  ...ELEMENTWISE_VJP,
  ...STRUCTURAL_VJP,
  ...REDUCTION_VJP,
  ...WINDOW_VJP,
  ...CONTRACTION_VJP,
  ...INDEXING_VJP,
  ...LOSS_VJP,
  ...GANLOSS_VJP,
};

export function vjpRule<K extends OpKind>(op: K): VjpRule<K> {
  return VJP_TABLE[op];
}
