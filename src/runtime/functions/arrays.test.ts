import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateOp } from '../../ir/evaluate.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { arrayValue, sizeOf, type ArrayValue } from '../../ir/values.ts';
import { installGradients } from '../gradients/installGradients.ts';
import { normals } from '../random.ts';
import { append, descendingRank, dotGeneral, iotaLike, similarities } from './arrays.ts';

const draw = (name: string, shape: readonly number[]): ArrayValue => arrayValue(shape, normals(3, name, sizeOf(shape)));
const toTensor = ({ shape, data }: ArrayValue) => tf.tensor([...data], [...shape]);

function expectEqual(found: tf.Tensor, expected: ReturnType<typeof evaluateOp>): void {
  if (expected.kind !== 'array') throw new Error('not a tensor');
  expect(found.shape).toEqual(expected.shape);
  found.dataSync().forEach((x, i) => expect(x).toBeCloseTo(expected.data[i], 5));
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  return installGradients();
});

describe.each(['cpu', 'wasm'])('on %s, as in the reference evaluation:', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each([[[4]], [[2, 3]], [[2, 3, 2]]])('iotaLike, descendingRank and append of shape %j', (shape) => {
    const x = draw('x', shape);
    for (const dimension of [0, -1]) expectEqual(iotaLike(toTensor(x), dimension), evaluateOp('iota_like', [x], { dimension }));
    expectEqual(descendingRank(toTensor(x)), evaluateOp('descending_rank', [x], {}));
    expectEqual(append(toTensor(x), 7), evaluateOp('append', [x, arrayValue([], [7])], {}));
  });

  it('descendingRank of equal elements, the first first', () => {
    expect([...descendingRank(tf.tensor([2, 5, 2, 5, 1])).dataSync()]).toEqual([2, 0, 3, 1, 4]);
  });

  it.each([
    [[2, 3], [3, 2], [1], [0]],
    [[2, 3, 2], [2, 2, 3], [1, 0], [2, 0]],
    [[3], [2], [], []],
  ])('dotGeneral of %j and %j', (lhs, rhs, lhsAxes, rhsAxes) => {
    const [a, b] = [draw('a', lhs), draw('b', rhs)];
    const attributes: OpAttributes['dot_general'] = { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: lhsAxes, rhs_contracting_dimensions: rhsAxes };
    expectEqual(dotGeneral(toTensor(a), toTensor(b), lhsAxes, rhsAxes), evaluateOp('dot_general', [a, b], attributes));
  });

  it('similarities of samples of any rank, with gradients', () => {
    const [a, b] = [toTensor(draw('a', [3, 2, 2])), toTensor(draw('b', [4, 2, 2]))];
    expect(similarities(a, b).shape).toEqual([3, 4]);
    // the sum over all pairs is the product of the sums over the samples
    const [byA] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.sum(similarities(x, y)))([a, b]);
    const sum = tf.sum(b, 0).dataSync();
    byA.dataSync().forEach((x, i) => expect(x).toBeCloseTo(sum[i % 4], 5));
  });
});

it('similarities refuse samples of different shapes', () => {
  expect(() => similarities(tf.zeros([2, 3]), tf.zeros([2, 4]))).toThrow('samples of shape [3] and [4] have no inner product');
});
