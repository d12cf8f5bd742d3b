import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';

/** A list of tensors in the place of one, as TensorFlow converts it: stacked. @throws SpecError GL5002 where their shapes differ */
export function packTensors(name: string, list: readonly unknown[]): tf.Tensor {
  const tensors = list.map((item) => (item instanceof tf.Tensor ? item : fail('GL3004', `\`${name}\` is a list of what are no tensors`)));
  const [first] = tensors;
  if (first === undefined) return fail('GL3004', `\`${name}\` is an empty list`);
  for (const { shape } of tensors) {
    if (shape.length !== first.rank) return fail('GL5002', `Shapes must be equal rank, but are ${first.rank} and ${shape.length}: \`${name}\` is a list of tensors`);
    const at = shape.findIndex((size: number, axis: number) => size !== first.shape[axis]);
    if (at < 0) continue;
    fail('GL5002', `Dimension ${at} in both shapes must be equal, but are ${first.shape[at]} and ${shape[at]}. Shapes are [${first.shape}] and [${shape}]: \`${name}\` is a list of tensors`);
  }
  return tf.stack(tensors);
}
