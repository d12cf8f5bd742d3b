import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distanceOfModes } from './testing/compareModes.ts';
import { layerCase } from './testing/layerCases.ts';

beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.disposeVariables());

const L = tf.layers;

const CASES: Readonly<Record<string, readonly [layer: () => tf.layers.Layer, shape: readonly number[]]>> = {
  simpleRNN: [() => L.simpleRNN({ units: 2 }), [3, 2]],
  gru: [() => L.gru({ units: 2, returnSequences: true }), [3, 2]],
  lstm: [() => L.lstm({ units: 2 }), [3, 2]],
  'lstm with dropout': [() => L.lstm({ units: 2, dropout: 0.3, recurrentDropout: 0.2 }), [3, 2]],
  'bidirectional lstm': [() => L.bidirectional({ layer: L.lstm({ units: 2, returnSequences: true }) as tf.RNN, mergeMode: 'concat' }), [2, 2]],
  convLstm2d: [() => L.convLstm2d({ filters: 2, kernelSize: 2, padding: 'same' }), [2, 2, 3, 1]],
};

for (const [name, [layer, shape]] of Object.entries(CASES)) {
  it(`${name}: values, gradients and those of a penalty are the tape's`, () => {
    expect(distanceOfModes(layerCase(layer(), shape))).toBeLessThan(3e-5);
  });
}
