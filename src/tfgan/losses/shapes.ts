import { fail } from '../../runtime/models/fail.ts';

export type Shape = readonly number[];

/** A shape as Python prints it: (4, 1), (5,), (). */
export const printShape = (shape: Shape): string => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);

/** @throws SpecError GL5002 as `shape.assert_is_compatible_with` does */
export function assertSameShape(first: Shape, second: Shape): void {
  if (first.join() === second.join()) return;
  fail('GL5002', `Shapes ${printShape(first)} and ${printShape(second)} are incompatible`);
}

/**
 * The rule of `compute_weighted_loss`: weights are a scalar, or have the values' rank with each dimension 1 or equal.
 * @throws SpecError GL5004 in the words of `assert_broadcastable`
 */
export function assertBroadcastable(shape: Shape, values: Shape): void {
  if (shape.length === 0) return;
  const what = 'weights can not be broadcast to values.';
  if (shape.length !== values.length) {
    return fail('GL5004', `${what} values.rank=${values.length}. weights.rank=${shape.length}. values.shape=${printShape(values)}. weights.shape=${printShape(shape)}.`);
  }
  const axis = shape.findIndex((size, index) => size !== 1 && size !== values[index]);
  if (axis >= 0) fail('GL5004', `${what} Mismatch at dim ${axis}. values.shape=[${values.join(' ')}], weights.shape=[${shape.join(' ')}].`);
}

/**
 * The shape of an elementwise operation on both.
 * @throws SpecError GL5008 as TensorFlow refuses the operation
 */
export function broadcastShape(first: Shape, second: Shape): Shape {
  const rank = Math.max(first.length, second.length);
  const at = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [at(first, axis), at(second, axis)];
    if (a !== b && a !== 1 && b !== 1) fail('GL5008', `Dimensions must be equal, but are ${a} and ${b}, with input shapes: [${first}], [${second}].`);
    return a === 1 ? b : a;
  });
}
