import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGraph } from '../../ir/parseGraph.ts';
import { printGraph } from '../../ir/print.ts';
import { inputsFor } from '../../ir/testing/randomGraph.ts';
import { differences, meetsNonFinite, referenceOf } from '../../ir/testing/reference.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Value } from '../../ir/values.ts';
import { randomStatic } from '../../passes/testing/randomStatic.ts';
import { installGradients } from '../gradients/installGradients.ts';
import { TF_DTYPES } from './row.ts';
import { runGraph } from './runGraph.ts';

function run(graph: Graph, inputs: ReadonlyMap<string, Value>): ReadonlyMap<string, ArrayLike<number>> {
  const tensors = Object.fromEntries([...inputs].flatMap(([name, value]) => (value.kind === 'array' ? [[name, tf.tensor(Float32Array.from(value.data), [...value.shape]).cast(TF_DTYPES[value.dtype])]] : [])));
  const before = tf.memory().numTensors;
  const results = runGraph(graph, tensors);
  expect(tf.memory().numTensors - before).toBe(graph.outputs.length);
  const found = new Map(Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync()]));
  tf.dispose([results, tensors]);
  return found;
}

let uninstall = (): void => undefined;
beforeAll(() => {
  uninstall = installGradients();
});
afterAll(() => uninstall());

describe.each(['cpu', 'wasm'])('runGraph on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('computes random graphs as the reference evaluation does', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const graph = randomStatic(seed);
      const inputs = inputsFor(graph, seed, { odd: seed % 3 === 0 });
      // padding counts as zeros, and XNNPACK's clamps swallow NaN
      if (meetsNonFinite(graph, inputs, 'convolution')) continue;
      const wrong = differences(referenceOf(graph, inputs), run(graph, inputs));
      if (wrong.length > 0) expect.fail(`seed ${seed}\n${wrong.slice(0, 5).join('\n')}\n${printGraph(graph)}`);
    }
  });

  it.each([
    ['depthwise', 'f32[2, 5, 7, 4]', 'f32[3, 2, 1, 8]', 'f32[2, 2, 3, 8]', 'b01f, 01io, b01f, window_strides: [2, 2], padding: [[0, 0], [1, -1]], feature_group_count: 4'],
    ['with strides and dilations', 'f32[2, 9, 8, 3]', 'f32[3, 2, 3, 4]', 'f32[2, 3, 3, 4]', 'b01f, 01io, b01f, window_strides: [2, 2], padding: [[0, 1], [0, 0]], rhs_dilation: [2, 2]'],
    ['transposed', 'f32[2, 4, 4, 3]', 'f32[4, 4, 5, 3]', 'f32[2, 8, 8, 5]', 'b01f, 01oi, b01f, padding: [[2, 2], [2, 2]], lhs_dilation: [2, 2], window_reversal: [true, true]'],
    ['of a kernel’s gradient, with groups of the batch', 'f32[4, 6, 6, 3]', 'f32[4, 4, 3, 2]', 'f32[2, 3, 3, 2]', 'b01f, 01io, b01f, batch_group_count: 2'],
    ['over three dimensions', 'f32[1, 4, 5, 3, 2]', 'f32[2, 3, 2, 2, 3]', 'f32[1, 2, 3, 2, 3]', 'b012f, 012io, b012f, window_strides: [2, 1, 1]'],
  ])('convolution %s', (_what, lhs, rhs, result, attributes) => {
    const graph = parseGraph(`graph @test(%x: ${lhs}, %w: ${rhs}) -> ${result} {\n  %0 = convolution<${attributes}> %x, %w : ${result}\n  return %0\n}\n`);
    const inputs = inputsFor(graph, 5);
    expect(differences(referenceOf(graph, inputs), run(graph, inputs))).toEqual([]);
  });
});

describe('runGraph', () => {
  it('says what it cannot take', () => {
    const graph = parseGraph('graph @test(%x: f32[2]) -> f32[2] {\n  %0 = softplus %x : f32[2]\n  return %0\n}\n');
    expect(() => run(graph, inputsFor(graph, 1))).toThrow("'softplus' is not for runGraph: decompose writes it in other ops");
  });
});
