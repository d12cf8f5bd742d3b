import * as tf from '@tensorflow/tfjs';
import { differentiate, type Differentiated } from '../../runtime/trainer/differentiate.ts';
import { share } from '../../runtime/trainer/share.ts';
import { backward } from './backward.ts';

/** A loss and what it is differentiated by: at least one variable. */
export interface Target {
  readonly loss: () => tf.Tensor;
  readonly variables: readonly tf.Variable[];
}

/**
 * Differentiates each loss by its own variables, all on one tape: what the losses share is computed once, as in one run of
 * TensorFlow's graph. All losses are evaluated before the first backward pass. The caller disposes what it returns; no tidy does.
 */
export function differentiateTogether(targets: readonly Target[]): readonly Differentiated[] {
  const kept: tf.Tensor[] = [];
  const keep = (tensor: tf.Tensor): tf.Tensor => {
    kept.push(share(tensor));
    return kept[kept.length - 1];
  };
  const keepAll = ({ value, gradients }: Differentiated): Differentiated => ({
    value: keep(value),
    gradients: gradients.map((gradient) => gradient && keep(gradient)),
  });
  const results: Differentiated[] = [];
  try {
    tf.tidy(() => {
      const first = differentiate(() => {
        const losses = targets.map(({ loss }) => loss());
        for (const [index, { variables }] of [...targets.entries()].slice(1)) results.push(keepAll(backward(losses[index], variables)));
        return losses[0];
      }, targets[0].variables);
      results.unshift(keepAll(first));
    });
    return results;
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}
