import * as tf from '@tensorflow/tfjs';
import type { GradientRule } from './rule.ts';

/** The labels of each operand and of the result of `ij,jk->ik`. */
function labelsOf(equation: string): { readonly operands: readonly string[]; readonly result: string } {
  const [left, result] = equation.replace(/\s/g, '').split('->') as [string, string];
  return { operands: left.split(','), result };
}

/** A product of dy and the other operands, summed to those of `labels` that they have. */
function contracted(dy: tf.Tensor, result: string, others: readonly tf.Tensor[], otherLabels: readonly string[], labels: string): tf.Tensor {
  if (result !== '') return tf.einsum(`${[result, ...otherLabels].join(',')}->${labels}`, dy, ...others);
  // tfjs knows no operand without labels
  const [other] = others;
  return other === undefined ? dy : tf.mul(dy, tf.einsum(`${otherLabels[0]!}->${labels}`, other));
}

/**
 * einsum, which has no rule in tfjs (4.22). It is linear in each operand: the derivative by one is an einsum of dy and the other, spread
 * over the axes that only that operand has.
 */
export const einsumRule: GradientRule = {
  kernelName: 'Einsum',
  savesAllInputs: true,
  gradient: (dy, saved, { equation }) => {
    const { operands, result } = labelsOf(equation as string);
    return Object.fromEntries(saved.map((x, index) => [index, () => {
      const own = operands[index]!;
      const otherLabels = operands.filter((_, other) => other !== index);
      const known = result + otherLabels.join('');
      const labels = [...own].filter((label) => known.includes(label)).join('');
      const sum = contracted(dy, result, saved.filter((_, other) => other !== index), otherLabels, labels);
      const kept = [...own].map((label, axis) => (known.includes(label) ? x.shape[axis]! : 1));
      return tf.broadcastTo(tf.reshape(sum, kept), x.shape);
    }]));
  },
};
