import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printGraph } from '../../ir/print.ts';
import { recordAsOne } from '../functions/recordAsOne.ts';
import { divideNoNan, gradient, sigmoidCrossEntropy, softmaxCrossEntropy, stopGradient } from '../functions/losses.ts';
import { singularStart, singularVector, spectralNorm } from '../functions/spectralNorm.ts';
import { capture } from './capture.ts';
import { capturedResults, distanceOfModes, type ModeCase } from './testing/compareModes.ts';
import { modelCase } from './testing/layerCases.ts';

beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.disposeVariables());

const L = tf.layers;
const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) => layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;

function expectTape(test: ModeCase): void {
  expect(distanceOfModes(test)).toBeLessThan(3e-5);
}

describe('models', () => {
  it('with branches, merges and a layer used twice', () => {
    const input = tf.input({ shape: [4] });
    const shared = L.dense({ units: 4, activation: 'tanh' });
    const [once, twice] = [apply(shared, input), apply(shared, apply(shared, input))];
    const merged = [L.add(), L.multiply(), L.average(), L.maximum(), L.minimum()].map((layer) => apply(layer, once, twice));
    const output = apply(L.dense({ units: 2 }), apply(L.concatenate(), ...merged, apply(L.dot({ axes: 1 }), once, twice)));
    expectTape(modelCase(tf.model({ inputs: input, outputs: output }), [2, 4]));
  });

  it('of several inputs and outputs', () => {
    const [a, b] = [tf.input({ shape: [3] }), tf.input({ shape: [2] })];
    const hidden = apply(L.dense({ units: 3, activation: 'elu' }), apply(L.concatenate(), a, b));
    const model = tf.model({ inputs: [a, b], outputs: [apply(L.dense({ units: 1 }), hidden), apply(L.dense({ units: 2, activation: 'sigmoid' }), hidden)] });
    const inputs = { b: { shape: [2, 2], dtype: 'float32' as const, values: [1, -1, 0.5, 2] } };
    expectTape(modelCase(model, [2, 3], { inputs, f: (x, given) => model.apply([x, given.b]) as tf.Tensor[] }));
  });

  it('within models, and regularisation', () => {
    const inner = tf.sequential({ layers: [L.dense({ units: 3, inputShape: [4], activation: 'relu', kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) }), L.dropout({ rate: 0.3 })] });
    const input = tf.input({ shape: [4] });
    const model = tf.model({ inputs: input, outputs: apply(L.dense({ units: 2 }), inner.apply(input) as tf.SymbolicTensor) });
    expectTape(modelCase(model, [3, 4], { f: (x) => [model.apply(x, { training: true }) as tf.Tensor, inner.calculateLosses()[0]] }));
  });

  it('in inference', () => {
    const model = tf.sequential({ layers: [L.conv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1] }), L.batchNormalization(), L.dropout({ rate: 0.5 }), L.flatten()] });
    expectTape(modelCase(model, [2, 3, 3, 1], { f: (x) => model.apply(x, { training: false }) as tf.Tensor }));
  });
});

describe('functions', () => {
  it('of tensors that were made before', () => {
    const weights = tf.variable(tf.tensor2d([[1, 2], [3, -1]]));
    const constant = tf.tensor1d([0.5, -2]);
    expectTape({ shape: [3, 2], variables: [weights], f: (x) => tf.add(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D), constant) });
    expectTape({ shape: [3, 2], variables: [], f: (x) => tf.tidy(() => tf.mul(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D), constant)) });
    constant.dispose();
  });

  it('that differentiate inside', () => {
    const grad = tf.grad((x) => tf.sum(tf.mul(tf.exp(x), x)));
    const both = tf.grads((a, b) => tf.mul(tf.square(a), b));
    const value = tf.valueAndGrad((x) => tf.tanh(x));
    expectTape({
      shape: [4],
      f: (x) => {
        const [a, b] = both([x, tf.tensor1d([1, -2, 3, 0.5])]);
        const { value: y, grad: slope } = value(x, tf.square(x));
        return [grad(x), a, b, y, slope, tf.grad((at) => tf.sum(tf.grad((again) => tf.pow(again, 4))(at)))(x)];
      },
    });
  });

  it('that differentiate by two values of which one is made of the other: each counts by itself', () => {
    // the tape, inside another gradient, adds the way from x over x² to the derivative by x
    const both = tf.grads((a, b) => tf.mul(tf.square(a), b));
    const slopes = capturedResults({ shape: [2], values: [3, 2], penalty: false, f: (x) => both([x, tf.square(x)])[0] });
    const alone = capturedResults({ shape: [2], values: [3, 2], penalty: false, f: (x) => tf.mul(tf.mul(x, tf.square(x)), 2) });
    expect(slopes.get('loss')).toEqual(alone.get('loss'));
  });

  it('that differentiate what they have computed already', () => {
    expectTape({
      shape: [3],
      f: (x) => {
        const y = tf.mul(tf.exp(x), x);
        return tf.mul(y, stopGradient(tf.norm((tf.engine().gradients(() => y, [x]) as { grads: tf.Tensor[] }).grads[0])));
      },
    });
  });

  it('that differentiate by variables', () => {
    const weights = tf.variable(tf.tensor1d([1, 2, 3]));
    const test: ModeCase = {
      shape: [3],
      variables: [weights],
      f: (x) => {
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(tf.square(weights), x)) as tf.Scalar, [weights]);
        return [value, grads[weights.name], weights];
      },
      penalty: false,
    };
    expectTape(test);
  });

  it('with gradients of their own, and those that have none', () => {
    const clipped = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor]);
      return { value: tf.square(x as tf.Tensor), gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.clipByValue(saved[0], -1, 1)) };
    });
    const reversed = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.mul(dy, -0.5) }));
    expectTape({ shape: [5], values: [-2, -0.5, 0, 0.5, 2], f: (x) => [clipped(x), reversed(tf.square(x)), tf.mul(stopGradient(tf.exp(x)), x)] });
  });

  it('recorded as one', () => {
    expectTape({
      shape: [4],
      f: (x) => recordAsOne({ x, y: tf.exp(x) }, { forward: ({ x: a, y }) => tf.mul(a, y), gradients: { x: (dy, { y }) => tf.mul(dy, y), y: (dy, { x: a }) => tf.mul(tf.mul(dy, a), 2) } }),
    });
  });

  it('of the runtime: cross-entropies, spectral norms, quotients', () => {
    expectTape({
      shape: [3, 4],
      f: (x) => {
        const labels = tf.softmax(tf.square(x));
        return [
          sigmoidCrossEntropy(1, x), sigmoidCrossEntropy(labels, x), softmaxCrossEntropy(labels, x),
          divideNoNan(x, tf.relu(tf.reverse(x, 0))), spectralNorm(x, singularVector(x, singularStart(x), 2)),
          gradient((at) => sigmoidCrossEntropy(0.3, at), x),
        ];
      },
    });
    expectTape({ shape: [3, 4], f: (x) => tf.losses.softmaxCrossEntropy(tf.softmax(tf.reverse(x, 0)), x) as tf.Tensor, penalty: false });
  });
});

describe('the graph', () => {
  it('of a small program, as it is read', () => {
    const weights = tf.variable(tf.tensor2d([[1], [2]]));
    const { graph, variables, draws } = capture(
      (tracer) => {
        const x = tracer.argument('x', [3, 2], 'float32');
        const noisy = tf.add(x, tracer.random('D').normal('noise', [3, 2]));
        return { loss: tf.mean(tf.relu(tf.matMul(noisy, weights as tf.Tensor2D))), slope: gradient((at) => tf.square(at), x) };
      },
      { variables: [{ name: 'weight.0', variable: weights }] },
    );
    expect(variables).toEqual(['weight.0']);
    expect(draws).toEqual([{ input: 'draw.D/noise', kind: 'normal', stream: 'D', draw: 'noise', shape: [3, 2] }]);
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph @captured(%weight.0: f32[2, 1], %x: f32[3, 2], %"draw.D/noise": f32[3, 2]) -> (loss: f32[], slope: f32[3, 2]) {
        %0 = add %x, %"draw.D/noise" : f32[3, 2]
        %1 = dot_general<lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0]> %0, %weight.0 : f32[3, 1]
        %2 = constant<0> : f32[]
        %3 = broadcast_in_dim<[]> %2 : f32[3, 1]
        %4 = maximum %1, %3 : f32[3, 1]
        %5 = constant<0> : f32[]
        %6 = broadcast_in_dim<[]> %5 : f32[3, 1]
        %7 = optimization_barrier %6 : f32[3, 1]
        %8 = constant<0> : f32[]
        %9 = broadcast_in_dim<[]> %8 : f32[3, 1]
        %10 = compare<GT> %1, %9 : i1[3, 1]
        %11 = convert %10 : f32[3, 1]
        %12 = multiply %7, %11 : f32[3, 1]
        %13 = custom_vjp %4, %7, %1, %12 : f32[3, 1]
        %14 = reduce<add, [0, 1]> %13 : f32[]
        %15 = constant<3> : f32[]
        %16 = divide %14, %15 : f32[]
        %17 = optimization_barrier %x : f32[3, 2]
        %18 = multiply %17, %17 : f32[3, 2]
        %19 = gradient %18, %17 : f32[3, 2]
        return %16, %19
      }
      "
    `);
  });

  it('names the layers behind equations, after the spans that are given', () => {
    const source = { name: 'spec', text: 'wasserstein' };
    const model = tf.sequential({ layers: [L.dense({ units: 1, inputShape: [2], name: 'judge' })] });
    const { graph } = capture(
      (tracer) => ({ loss: tracer.at([{ source, start: 0, end: 11 }], () => tf.mean(model.apply(tracer.argument('x', [3, 2], 'float32')) as tf.Tensor)) }),
      { variables: [] },
    );
    const texts = graph.equations.map(({ op, origin }) => [op, ...origin.map(({ source: { text }, start, end }) => text.slice(start, end))].join(' '));
    expect(texts).toContain('dot_general wasserstein judge');
    expect(texts).toContain('reduce wasserstein');
  });

  it('holds what BatchNorm makes of its averages', () => {
    const model = tf.sequential({ layers: [L.batchNormalization({ inputShape: [2], momentum: 0.9 })] });
    const test = modelCase(model, [3, 2]);
    const variables = test.variables!.map((variable, i) => ({ name: `w${i}`, variable }));
    const { updates, graph } = capture((tracer) => ({ y: model.apply(tracer.argument('x', [3, 2], 'float32'), { training: true }) as tf.Tensor }), { variables });
    expect(updates).toEqual(['w2', 'w3']);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y', 'update.w2', 'update.w3']);
  });
});
