import * as tf from '@tensorflow/tfjs';
import { toTensor, type Operand } from './toTensor.ts';
import { SpecError } from '../../support/diagnostic.ts';

const otherAxes = (x: tf.Tensor) => x.shape.slice(1).map((_, index) => index + 1);

/** Sum over all axes but the first: [N, …] → [N]. */
export function sumPerSample(x: Operand): tf.Tensor {
  const t = toTensor(x);
  return t.rank <= 1 ? tf.clone(t) : tf.sum(t, otherAxes(t));
}

/** Mean over all axes but the first: [N, …] → [N]. */
export function meanPerSample(x: Operand): tf.Tensor {
  const t = toTensor(x);
  return t.rank <= 1 ? tf.clone(t) : tf.mean(t, otherAxes(t));
}

/** Maximum over all axes but the first: [N, …] → [N]. */
export function maxPerSample(x: Operand): tf.Tensor {
  const t = toTensor(x);
  return t.rank <= 1 ? tf.clone(t) : tf.max(t, otherAxes(t));
}

/** Minimum over all axes but the first: [N, …] → [N]. */
export function minPerSample(x: Operand): tf.Tensor {
  const t = toTensor(x);
  return t.rank <= 1 ? tf.clone(t) : tf.min(t, otherAxes(t));
}

/** How many elements x has, or how many along the axes (negative ones count from the end). */
export function size(x: Operand, axes?: readonly number[]): number {
  const t = toTensor(x);
  return (axes ?? t.shape.map((_, axis) => axis)).reduce((product, axis) => product * t.shape[axis < 0 ? axis + t.rank : axis], 1);
}

/** How many elements each sample has. */
export function samplesSize(x: Operand): number {
  return tf.util.sizeFromShape(toTensor(x).shape.slice(1));
}

/** x broadcast to like's shape, last dimensions aligned. */
export function broadcastLike(x: Operand, like: Operand): tf.Tensor {
  return tf.broadcastTo(toTensor(x), toTensor(like).shape);
}

/** x broadcast to like's shape, first dimensions aligned: [N] → [N, …]. */
export function broadcastLeading(x: Operand, like: Operand): tf.Tensor {
  const t = toTensor(x);
  const target = toTensor(like).shape;
  return tf.broadcastTo(tf.reshape(t, [...t.shape, ...Array<number>(target.length - t.rank).fill(1)]), target);
}

/** x summed down to like's shape: the transpose of broadcastLike. */
export function sumLike(x: Operand, like: Operand): tf.Tensor {
  const t = toTensor(x);
  const target = toTensor(like).shape;
  const lead = t.rank - target.length;
  const axes = t.shape.flatMap((dim, axis) => (axis < lead || (target[axis - lead] === 1 && dim !== 1) ? [axis] : []));
  return axes.length === 0 ? tf.clone(t) : tf.reshape(tf.sum(t, axes), target);
}

/**
 * Weights broadcast to the losses' shape under the rule of TF v1 `compute_weighted_loss`: rank 0, or the losses' rank with each
 * dimension 1 or equal. Anything else is GL5004.
 */
export function broadcastWeights(weights: Operand, losses: Operand): tf.Tensor {
  const w = tf.cast(toTensor(weights), 'float32');
  const { shape } = toTensor(losses);
  const fits = w.rank === 0 || (w.rank === shape.length && w.shape.every((dim, axis) => dim === 1 || dim === shape[axis]));
  if (!fits) {
    const message = `weights of shape [${w.shape}] can not be broadcast to losses of shape [${shape}]: weights must be a scalar, or have the losses' rank with each dimension 1 or equal`;
    throw new SpecError(message, [{ code: 'GL5004', severity: 'error', message, span: null }]);
  }
  return tf.broadcastTo(w, shape);
}
