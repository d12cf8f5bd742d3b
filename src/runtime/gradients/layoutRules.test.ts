import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import type { Field } from './testing/field.ts';
import { zeros } from './testing/field.ts';

/** y[i] = x[source(i)] for each element i of a result of `shape`. */
function moved(
  name: string,
  from: readonly number[],
  layer: (x: tf.Tensor) => tf.Tensor,
  shape: readonly number[],
  source: (position: readonly number[]) => readonly number[],
): GradientCase {
  return {
    name,
    shapes: { x: from },
    layer: ({ x }) => layer(x!),
    reference: ({ x }): Field => {
      const y = zeros(shape);
      y.data.forEach((_, flat) => {
        let rest = flat;
        const position = shape.map(() => 0);
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          position[axis] = rest % shape[axis]!;
          rest = Math.floor(rest / shape[axis]!);
        }
        const index = source(position).reduce((sum, at, axis) => sum * from[axis]! + at, 0);
        y.data[flat] = x!.data[index]!;
      });
      return y;
    },
  };
}

const reflect = (position: number, size: number): number => (position < 0 ? -position : position >= size ? 2 * size - 2 - position : position);
const symmetric = (position: number, size: number): number => (position < 0 ? -1 - position : position >= size ? 2 * size - 1 - position : position);

describeCases('moving values', [
  moved('tile', [2, 3], (x) => tf.tile(x, [2, 3]), [4, 9], ([i, j]) => [i! % 2, j! % 3]),
  moved('broadcastTo', [2, 1], (x) => tf.broadcastTo(x, [3, 2, 4]), [3, 2, 4], ([, j]) => [j!, 0]),
  moved('reflecting padding', [3, 4], (x) => tf.mirrorPad(x, [[2, 1], [1, 3]], 'reflect'), [6, 8], ([i, j]) => [reflect(i! - 2, 3), reflect(j! - 1, 4)]),
  moved('symmetric padding', [3, 4], (x) => tf.mirrorPad(x, [[2, 3], [0, 1]], 'symmetric'), [8, 5], ([i, j]) => [symmetric(i! - 2, 3), symmetric(j!, 4)]),
  moved('depthToSpace', [2, 2, 3, 8], (x) => tf.depthToSpace(x as tf.Tensor4D, 2), [2, 4, 6, 2],
    ([n, y, x, c]) => [n!, y! >> 1, x! >> 1, ((y! & 1) * 2 + (x! & 1)) * 2 + c!]),
  moved('gather', [4, 3], (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')), [3, 3], ([i, j]) => [[2, 0, 2][i!]!, j!]),
  moved('transpose', [2, 3, 4], (x) => tf.transpose(x, [2, 0, 1]), [4, 2, 3], ([i, j, k]) => [j!, k!, i!]),
  moved('slice', [3, 4], (x) => tf.slice(x, [1, 0], [2, 3]), [2, 3], ([i, j]) => [i! + 1, j!]),
  moved('concat', [2, 3], (x) => tf.concat([x, x], 1), [2, 6], ([i, j]) => [i!, j! % 3]),
]);
