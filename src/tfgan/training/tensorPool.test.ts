import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { tensorPool } from './tensorPool.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const valueOf = (tensor: tf.Tensor): number => tensor.dataSync()[0];

describe('tensorPool', () => {
  it('returns the very input when its size is 0, and refuses a negative one', () => {
    const value = [tf.scalar(1), tf.scalar(2)] as const;
    expect(tensorPool({ poolSize: 0, poolingProbability: 1 })(value)).toBe(value);
    expect(() => tensorPool({ poolSize: -1 })).toThrow('`poolSize` is negative');
  });

  it('of size 1 with probability 1 is a delay of one call, in whatever structure', () => {
    const pool = tensorPool({ poolSize: 1.9, poolingProbability: 1 });
    const nest = (n: number) => ({ data: tf.scalar(n), conditions: [tf.scalar(-n), { label: tf.tensor1d([n], 'int32') }] as const });
    pool(nest(1));
    const { data, conditions } = pool(nest(2));
    expect([valueOf(data), valueOf(conditions[0]), valueOf(conditions[1].label)]).toEqual([1, -1, 1]);
    expect(conditions[1].label.dtype).toBe('int32');
  });

  it('answers as old as the recorded pools do', () => {
    const golden = JSON.parse(readFileSync('test/conformance/golden/tensor_pool.json', 'utf8')) as {
      cases: { id: string; kind: string; options: { pool_size: number; pooling_probability: number }; expect: { age_histogram: { data: number[] } } }[];
    };
    const { options, expect: expected } = golden.cases.find(({ id }) => id === 'pool/statistics/size5-prob0.5')!;
    const pool = tensorPool({ poolSize: options.pool_size, poolingProbability: options.pooling_probability, seed: 3 });
    const wanted = expected.age_histogram.data;
    const bins = wanted.map(() => 0);
    const draws = wanted.reduce((sum, count) => sum + count, 0);
    for (let i = 0; i < draws + options.pool_size; i += 1) {
      const age = tf.tidy(() => i - valueOf(pool(tf.scalar(i))));
      if (i >= options.pool_size) bins[Math.min(age, bins.length - 1)] += 1;
    }
    // two samples of one distribution: the statistic is chi-squared with a mean of as many as there are bins, less one
    const statistic = bins.reduce((sum, count, bin) => sum + (count + wanted[bin] === 0 ? 0 : (count - wanted[bin]) ** 2 / (count + wanted[bin])), 0);
    expect(statistic).toBeLessThan(2 * bins.length);
    pool.dispose();
  });

  it('keeps as many values as its size and frees them', () => {
    const before = tf.memory().numTensors;
    const pool = tensorPool({ poolSize: 3, seed: 1 });
    for (let i = 0; i < 10; i += 1) tf.tidy(() => void pool([tf.scalar(i), tf.scalar(-i)]));
    expect(tf.memory().numTensors).toBe(before + 6);
    pool.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('can be put back: the same calls then answer the same', () => {
    const before = tf.memory().numTensors;
    const pool = tensorPool({ poolSize: 3, seed: 1 });
    const run = () => Array.from({ length: 8 }, (_, i) => tf.tidy(() => valueOf(pool(tf.scalar(i)))));
    run();
    const undo = pool.snapshot();
    const first = run();
    undo.restore();
    const kept = pool.snapshot();
    expect(run()).toEqual(first);
    kept.release();
    expect(tf.memory().numTensors).toBe(before + 3);
    pool.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets gradients through to a value that it lets through, and to none that it kept', () => {
    const x = tf.scalar(3);
    const fresh = tensorPool({ poolSize: 1, poolingProbability: 1 });
    expect(valueOf(tf.grad((y) => tf.square(fresh(y)))(x))).toBe(6);
    expect(valueOf(tf.grad((y) => tf.add(tf.mul(0, y), tf.square(fresh(y))))(x))).toBe(0);
  });

  it('makes others with its settings, each with values and draws of its own', () => {
    const pool = tensorPool({ poolSize: 2, poolingProbability: 0.5, seed: 3 });
    const run = (own: typeof pool) => Array.from({ length: 12 }, (_, i) => tf.tidy(() => valueOf(own(tf.scalar(i)))));
    const [second, third] = [pool.another(), pool.another()];
    const answers = [pool, second, third].map(run);
    expect(new Set(answers.map(String)).size).toBe(3);
    const again = tensorPool({ poolSize: 2, poolingProbability: 0.5, seed: 3 });
    expect(run(again.another())).toEqual(answers[1]);
    for (const own of [pool, second, third]) own.dispose();
  });
});
