import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOptimizer } from '../../runtime/trainer/optimizerState.ts';
import { snapshotOptimizer } from '../../runtime/trainer/snapshot.ts';
import { clipDiscriminatorWeights, clipVariables } from './clipVariables.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const loss = (...variables: tf.Variable[]) => () => tf.addN(variables.map((variable) => tf.sum(variable))) as tf.Scalar;

describe('clipVariables', () => {
  it('clips after each update the variables it was given, and of these those that were updated', () => {
    const [clipped, free, still] = [tf.variable(tf.tensor1d([5, 0.1, -5])), tf.variable(tf.tensor1d([5])), tf.variable(tf.tensor1d([5]))];
    const optimizer = clipVariables(tf.train.sgd(1), [clipped, still], 0.5);
    optimizer.minimize(loss(clipped, free), false, [clipped, free]);
    expect([...clipped.dataSync()]).toEqual([0.5, -0.5, -0.5]);
    expect([...free.dataSync()]).toEqual([4]);
    expect([...still.dataSync()]).toEqual([5]);
  });

  it("is the optimiser that it wraps, slots and class included", () => {
    const x = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = clipDiscriminatorWeights(tf.train.adam(0.1), { discriminatorVariables: [x] }, 1.5);
    const undo = snapshotOptimizer(optimizer);
    const first = x.clone();
    optimizer.minimize(loss(x));
    const after = x.arraySync();
    expect(readOptimizer(optimizer)).toMatchObject({ className: 'Adam', iterations: 1, slots: { accumulatedFirstMoment: [{}] } });
    undo.restore();
    x.assign(first);
    optimizer.minimize(loss(x));
    expect(x.arraySync()).toEqual(after);
  });

  it('takes 0, which is allowed, and refuses what is negative', () => {
    const x = tf.variable(tf.tensor1d([1, -2]));
    clipVariables(tf.train.sgd(1), [x], 0).minimize(loss(x));
    expect([...x.dataSync()].map(Math.abs)).toEqual([0, 0]);
    expect(() => clipVariables(tf.train.sgd(1), [x], -0.1)).toThrow('`discriminatorWeightClip` must be positive. Instead, was -0.1');
  });

  it('leaves no tensor behind', () => {
    const x = tf.variable(tf.tensor1d([1, -2]));
    const optimizer = clipVariables(tf.train.sgd(1), [x], 1);
    const before = tf.memory().numTensors;
    optimizer.minimize(loss(x));
    expect(tf.memory().numTensors).toBe(before);
  });
});
