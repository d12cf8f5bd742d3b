import * as tf from '@tensorflow/tfjs';
import type { GradientRule } from './rule.ts';

/** Sums the `reps` copies that tiling made along each axis. */
function sumOfTiles(dy: tf.Tensor, shape: readonly number[], reps: readonly number[]): tf.Tensor {
  let sum = dy;
  for (let axis = 0; axis < reps.length; axis++) {
    const count = reps[axis]!;
    if (count === 1) continue;
    const outer = tf.util.sizeFromShape(sum.shape.slice(0, axis));
    const inner = shape[axis]! * tf.util.sizeFromShape(sum.shape.slice(axis + 1));
    const reduced = [...sum.shape.slice(0, axis), shape[axis]!, ...sum.shape.slice(axis + 1)];
    sum = tf.reshape(tf.sum(tf.reshape(sum, [outer, count, inner]), 1), reduced);
  }
  return sum;
}

/** Undoes one axis of mirror padding: the margins are folded back onto the rows that they repeat. */
function foldMirror(dy: tf.Tensor, axis: number, before: number, after: number, offset: 0 | 1): tf.Tensor {
  const size = dy.shape[axis]! - before - after;
  const part = (start: number, length: number): tf.Tensor => {
    const begin = dy.shape.map((_, index) => (index === axis ? start : 0));
    return tf.slice(dy, begin, dy.shape.map((full, index) => (index === axis ? length : full)));
  };
  const placed = (margin: tf.Tensor, start: number): tf.Tensor => {
    const length = margin.shape[axis]!;
    const paddings = dy.shape.map((_, index): [number, number] => (index === axis ? [start, size - start - length] : [0, 0]));
    return tf.pad(tf.reverse(margin, axis), paddings);
  };
  let sum = part(before, size);
  if (before > 0) sum = tf.add(sum, placed(part(0, before), offset));
  if (after > 0) sum = tf.add(sum, placed(part(before + size, after), size - offset - after));
  return sum;
}

/** Kernels that only move values, where tfjs has no rule, a slow one, or a wrong one. */
export const layoutRules: readonly GradientRule[] = [
  {
    kernelName: 'Tile',
    inputs: ['x'],
    gradient: (dy, [x], { reps }) => ({ x: () => sumOfTiles(dy, x!.shape, reps as number[]) }),
  },
  {
    // tfjs's rule drops what flows into the margins
    kernelName: 'MirrorPad',
    gradient: (dy, _saved, { paddings, mode }) => ({
      x: () => {
        const offset = mode === 'reflect' ? 1 : 0;
        return (paddings as [number, number][]).reduce(
          (folded, [before, after], axis) => (before + after > 0 ? foldMirror(folded, axis, before, after, offset) : folded),
          dy,
        );
      },
    }),
  },
  {
    kernelName: 'DepthToSpace',
    inputs: ['x'],
    gradient: (dy, [x], { blockSize, dataFormat }) => ({
      x: () => {
        if (dataFormat !== 'NHWC') throw new Error('depthToSpace: only NHWC has a gradient');
        const [batch, height, width, channels] = x!.shape as [number, number, number, number];
        const block = blockSize as number;
        const split = tf.reshape(dy, [batch, height, block, width, block, channels / (block * block)]);
        return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [batch, height, width, channels]);
      },
    }),
  },
];
