import type { EquationOf, ValueId } from '../../ir/graph.ts';
import { resolveAxes } from '../../ir/infer/reductions.ts';
import type { Type } from '../../ir/types.ts';
import { invariant } from '../../support/invariant.ts';
import { transposed } from '../emit.ts';
import { otherAxes, range, rankOf } from '../shapes.ts';
import { convolutionGradient } from './convolution.ts';
import { differentiable, type VjpContext, type VjpTable } from './rule.ts';
import { lacksShapes } from './structural.ts';

/** dot_general is bilinear: by each operand it is a dot_general of g with the other one, and a transpose. */
function dotGradient({ builder, equation, cotangent }: VjpContext<'dot_general'>, position: number): ValueId {
  const { attributes } = equation;
  const sides = [
    { batch: attributes.lhs_batching_dimensions, contracting: attributes.lhs_contracting_dimensions },
    { batch: attributes.rhs_batching_dimensions, contracting: attributes.rhs_contracting_dimensions },
  ].map(({ batch, contracting }, i) => {
    const rank = rankOf(builder.typeOf(equation.operands[i]));
    invariant(rank !== null, 'dot_general of an unknown rank');
    const contract = resolveAxes(contracting, rank);
    return { batch, contract, free: otherAxes(rank, [...batch, ...contract]) };
  });
  const own = sides[position];
  const other = sides[1 - position];
  const batch = own.batch.length;
  // the result's dimensions: batch, free of lhs, free of rhs
  const otherFree = range(other.free.length).map((i) => batch + i + (position === 0 ? own.free.length : 0));
  const product = builder.emit('dot_general', [cotangent, equation.operands[1 - position]], {
    lhs_batching_dimensions: range(batch),
    rhs_batching_dimensions: other.batch,
    lhs_contracting_dimensions: otherFree,
    rhs_contracting_dimensions: other.free,
  });
  // what the product's dimensions are in the operand: batch, free, and its contracted ones in the order of the other's
  const sortedContract = [...other.contract].sort((a, b) => a - b).map((axis) => own.contract[other.contract.indexOf(axis)]);
  const order = [...own.batch, ...own.free, ...sortedContract];
  return transposed(builder, product, order.map((_, axis) => order.indexOf(axis)));
}

function lacksRank({ operands }: EquationOf<'dot_general'>, typeOf: (id: ValueId) => Type): string | null {
  return operands.every((id) => rankOf(typeOf(id)) !== null) ? null : 'the ranks of its operands are not known yet';
}

export const CONTRACTION_VJP: Pick<VjpTable, 'dot_general' | 'convolution'> = {
  dot_general: differentiable(dotGradient, { lacks: lacksRank }),
  convolution: differentiable(convolutionGradient, { lacks: lacksShapes }),
};
