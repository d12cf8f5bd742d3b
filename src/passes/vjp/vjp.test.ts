import { describe, expect, it } from 'vitest';
import type { OpKind } from '../../ir/ops.ts';
import { worstDistance } from '../testing/finiteDifferences.ts';
import { VJP_CASES } from '../testing/vjpCases.ts';
import { VJP_TABLE } from './vjpTable.ts';

const OPS = Object.keys(VJP_TABLE) as OpKind[];
const DIFFERENTIABLE = OPS.filter((op) => VJP_TABLE[op].kind === 'differentiable');

describe('gradients to third order against central differences', () => {
  it('there is a case for each op with a rule, and for no other', () => {
    const tested = OPS.filter((op) => (VJP_CASES[op]?.length ?? 0) > 0);
    expect(tested.sort()).toEqual([...DIFFERENTIABLE].sort());
  });

  for (const op of DIFFERENTIABLE) {
    for (const test of VJP_CASES[op] ?? []) {
      it(`${op}: ${test.name}`, () => {
        expect(worstDistance(test, 3)).toBeLessThan(1e-5);
      });
    }
  }
});
