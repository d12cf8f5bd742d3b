import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distanceOfModes, type ModeCase } from './testing/compareModes.ts';

beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.disposeVariables());

/** A layer alone, in training, on a batch of two. */
function layer(make: () => tf.layers.Layer, shape: readonly number[], more: Partial<ModeCase> = {}): () => ModeCase {
  return () => {
    const input = tf.input({ shape: [...shape] });
    const model = tf.model({ inputs: input, outputs: make().apply(input) as tf.SymbolicTensor });
    // LayerVariable.val is what the layers read
    const variables = model.weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
    return { shape: [2, ...shape], variables, f: (x) => model.apply(x, { training: true }) as tf.Tensor, ...more };
  };
}

const L = tf.layers;
const seeded = (seed: number) => tf.initializers.randomNormal({ stddev: 0.5, seed });

const CASES: Readonly<Record<string, () => ModeCase>> = {
  dense: layer(() => L.dense({ units: 3, kernelInitializer: seeded(1) }), [4]),
  'dense with relu': layer(() => L.dense({ units: 3, activation: 'relu', kernelInitializer: seeded(1) }), [4]),
  'dense over a sequence': layer(() => L.dense({ units: 3, activation: 'tanh', kernelInitializer: seeded(1) }), [3, 4]),
  conv2d: layer(() => L.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu', kernelInitializer: seeded(2) }), [5, 6, 2]),
};

for (const [name, make] of Object.entries(CASES)) {
  it(`${name}: values, gradients and those of a penalty are the tape's`, () => {
    expect(distanceOfModes(make())).toBeLessThan(2e-5);
  });
}
