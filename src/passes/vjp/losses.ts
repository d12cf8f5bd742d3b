import type { EquationOf, ValueId } from '../../ir/graph.ts';
import { isScalar, type Type } from '../../ir/types.ts';
import { emitter } from '../emit.ts';
import { rankOf, surelySameShape } from '../shapes.ts';
import { spread } from './reductions.ts';
import { differentiable, elementwise, unbroadcast, type VjpContext, type VjpTable } from './rule.ts';

/** labels·(−logits), and logits·(σ(logits) − labels): the derivative of max(x, 0) − x·z + log(1 + e^−|x|). */
const sigmoidCrossEntropy = elementwise<'sigmoid_cross_entropy'>([
  ({ builder, equation, cotangent }) => {
    const { multiply, negate } = emitter(builder);
    return multiply(cotangent, negate(equation.operands[1]));
  },
  ({ builder, equation, cotangent }) => {
    const [labels, logits] = equation.operands;
    const { multiply, subtract } = emitter(builder);
    return multiply(cotangent, subtract(builder.emit('logistic', [logits]), labels));
  },
]);

/**
 * Over the last axis: by the logits softmax·Σlabels − labels, by the labels −log_softmax. TensorFlow leaves Σlabels out, since its
 * labels are distributions; with it the gradient is right, and stays right to any order, for all labels.
 */
function softmaxCrossEntropy(context: VjpContext<'softmax_cross_entropy'>, position: number): ValueId {
  const { builder, equation, cotangent } = context;
  const types = equation.operands.map(builder.typeOf);
  const { add, multiply, subtract, negate } = emitter(builder);
  const both = surelySameShape(types[0], types[1]) ? null : add(equation.operands[0], equation.operands[1]);
  const stretch = (x: ValueId) => (both === null ? x : builder.emit('broadcast_like', [x, both], { align: 'trailing' }));
  const [labels, logits] = equation.operands.map(stretch);
  const axes = [rankOf(types[1])! - 1];
  const sum = (x: ValueId) => builder.emit('reduce', [x], { kind: 'add', axes });
  const over = (x: ValueId) => spread(builder, x, logits, axes);
  // the maximum only keeps the exponentials in range: its own derivative cancels
  const maximum = builder.emit('stop_gradient', [builder.emit('reduce', [logits], { kind: 'maximum', axes })]);
  const shifted = subtract(logits, over(maximum));
  const logSoftmax = subtract(shifted, over(builder.emit('log', [sum(builder.emit('exponential', [shifted]))])));
  const gradients = [
    () => negate(logSoftmax),
    () => subtract(multiply(builder.emit('exponential', [logSoftmax]), over(sum(labels))), labels),
  ];
  return unbroadcast(context, position, multiply(over(cotangent), gradients[position]()));
}

function lacksRank({ operands }: EquationOf<'softmax_cross_entropy'>, typeOf: (id: ValueId) => Type): string | null {
  const [labels, logits] = operands.map(typeOf);
  const ranks = [rankOf(labels), rankOf(logits)];
  return ranks[0] !== null && ranks[0] === ranks[1] && !isScalar(logits) ? null : 'which axis is its last is not known yet';
}

export const LOSS_VJP: Pick<VjpTable, 'sigmoid_cross_entropy' | 'softmax_cross_entropy'> = {
  sigmoid_cross_entropy: sigmoidCrossEntropy,
  softmax_cross_entropy: differentiable(softmaxCrossEntropy, { lacks: lacksRank }),
};
