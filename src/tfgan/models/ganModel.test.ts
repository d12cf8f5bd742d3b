import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom, type RandomSource } from '../../runtime/random.ts';
import { GENERATE, REDRAW, UNTRAINED } from '../recipe.ts';
import { ganModel } from './ganModel.ts';
import { denseNetwork, sample } from './testing/denseNetworks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];

function parts() {
  return { G: denseNetwork('G', [3, 2]), D: denseNetwork('D', [2, 1]), real: sample('real', [4, 2]), z: sample('z', [4, 3]) };
}

describe('ganModel', () => {
  it('has the values of networks called by hand', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      const model = ganModel(G.network, D.network, real, z);
      const fake = tf.tanh(tf.matMul(z as tf.Tensor2D, G.w as tf.Tensor2D));
      const judge = (x: tf.Tensor) => tf.tanh(tf.matMul(x as tf.Tensor2D, D.w as tf.Tensor2D));
      expect(model.kind).toBe('GANModel');
      expect(numbers(model.generatedData)).toEqual(numbers(fake));
      expect(numbers(model.discriminatorGenOutputs)).toEqual(numbers(judge(fake)));
      expect(numbers(model.discriminatorRealOutputs)).toEqual(numbers(judge(real)));
      expect(model.realData).toBe(real);
      expect(model.generatorInputs).toBe(z);
      expect(model.generatorVariables).toEqual([G.w]);
      expect(model.discriminatorVariables).toEqual([D.w]);
      expect(model.generatorFn).toBe(G.network);
      expect(model.discriminatorFn).toBe(D.network);
      expect(model.generatorScope?.name).toBe('Generator');
      expect(model.discriminatorScope?.name).toBe('Discriminator');
      expect(model.discriminatorScope?.regularizationLosses().map((loss) => loss.dataSync()[0])).toEqual([expect.closeTo(0.1 * numbers(tf.sum(tf.square(D.w)))[0], 5)]);
    });
  });

  it('shows the discriminator the generator’s inputs', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      const inputs = { noise: z, label: sample('label', [4, 1]) };
      const model = ganModel(Object.assign((given: typeof inputs) => G.network(given.noise, undefined as never), { variables: [G.w] }), D.network, real, inputs);
      void [model.discriminatorGenOutputs, model.discriminatorRealOutputs];
      expect(D.calls.map(([, condition]) => condition)).toEqual([inputs, inputs]);
      expect(D.calls[0][0]).toBe(model.generatedData);
      expect(D.calls[1][0]).toBe(real);
    });
  });

  it('runs a network when a field is read, and once', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      const model = ganModel(G.network, D.network, real, z);
      expect([G.calls.length, D.calls.length]).toEqual([0, 0]);
      void [model.discriminatorGenOutputs, model.discriminatorGenOutputs, model.generatedData];
      expect([G.calls.length, D.calls.length]).toEqual([1, 1]);
      void [model.discriminatorRealOutputs, model.discriminatorRealOutputs];
      expect([G.calls.length, D.calls.length]).toEqual([1, 2]);
    });
  });

  it('computes a field again where its tensor was disposed, and leaves no tensor behind', () => {
    const { G, D, real, z } = parts();
    const model = ganModel(G.network, D.network, real, z);
    const before = tf.memory().numTensors;
    const read = () => tf.tidy(() => numbers(model.discriminatorGenOutputs));
    expect(read()).toEqual(read());
    expect(D.calls).toHaveLength(2);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([real, z, G.w, D.w]);
  });

  it('is recorded by the tape that reads it, whatever was read before', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      const model = ganModel(G.network, D.network, real, z);
      const loss = () => tf.mean(model.discriminatorGenOutputs) as tf.Scalar;
      const { grads: fresh } = tf.variableGrads(loss, [G.w]);
      void model.discriminatorGenOutputs;
      const { grads: again } = tf.variableGrads(loss, [G.w]);
      expect(numbers(again[G.w.name])).toEqual(numbers(fresh[G.w.name]));
      expect(G.calls).toHaveLength(3);
    });
  });

  it('gives a tape samples that were made for good before it', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      const model = ganModel(G.network, D.network, real, z);
      model[GENERATE]();
      const { grads } = tf.variableGrads(() => tf.mean(model.discriminatorGenOutputs) as tf.Scalar, [D.w]);
      expect(G.calls).toHaveLength(1);
      expect(D.calls).toHaveLength(1);
      expect(numbers(grads[D.w.name]).some((value) => value !== 0)).toBe(true);
    });
  });

  it('draws data anew for a run; data functions that draw one name get the same numbers, and losses others', () => {
    tf.tidy(() => {
      const { G, D } = parts();
      const noise = (random: RandomSource) => random.normal('noise', [4, 3]);
      const model = ganModel(G.network, D.network, (random) => tf.slice(random.normal('noise', [4, 3]), [0, 0], [4, 2]), noise);
      const first = model[REDRAW](createRandom(1, 'run', 0));
      const second = model[REDRAW](createRandom(1, 'run', 1));
      expect(numbers(first.generatorInputs as tf.Tensor)).toEqual(numbers(model[REDRAW](createRandom(1, 'run', 0)).generatorInputs as tf.Tensor));
      expect(numbers(first.generatorInputs as tf.Tensor)).not.toEqual(numbers(second.generatorInputs as tf.Tensor));
      expect(numbers(first.realData)).toEqual(numbers(tf.slice(first.generatorInputs as tf.Tensor, [0, 0], [4, 2])));
      expect(numbers(first.generatorInputs as tf.Tensor)).not.toEqual(numbers(noise(createRandom(1, 'run', 0))));
      expect(first.realData).toBe(first.realData);
    });
  });

  it('knows what regularises a LayersModel, each layer once, also before it has run', () => {
    const shared = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2, kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) })] });
    const input = tf.input({ shape: [2] });
    const D = tf.sequential({ layers: [tf.model({ inputs: input, outputs: shared.apply(shared.apply(input)) as tf.SymbolicTensor }), tf.layers.dense({ units: 1 })] });
    tf.tidy(() => {
      const { G, real, z } = parts();
      const losses = ganModel(G.network, D, real, z).discriminatorScope?.regularizationLosses() ?? [];
      const kernel = shared.getWeights()[0];
      expect(losses.map((loss) => loss.dataSync()[0])).toEqual([expect.closeTo(0.5 * numbers(tf.sum(tf.square(kernel)))[0], 5)]);
    });
    D.dispose();
  });

  it('calls LayersModels in training mode unless told not to, and knows their batch statistics', () => {
    const G = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 }), tf.layers.batchNormalization()] });
    const D = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1, kernelRegularizer: 'l1l2' })] });
    tf.tidy(() => {
      const { real, z } = parts();
      const model = ganModel(G, D, real, z);
      expect(model.generatorVariables.map(({ shape }) => shape)).toEqual([[3, 2], [2], [2], [2]]);
      expect(model[UNTRAINED]('generator').map(({ shape }) => shape)).toEqual([[2], [2]]);
      expect(model[UNTRAINED]('discriminator')).toEqual([]);
      const mean = tf.mean(model.generatedData, 0);
      expect(numbers(mean).every((value) => Math.abs(value) < 1e-5)).toBe(true);
      const inference = ganModel(G, D, real, z, { training: false });
      expect(numbers(inference.generatedData)).toEqual(numbers(G.predict(z) as tf.Tensor));
      expect(model.discriminatorScope?.regularizationLosses()).toHaveLength(1);
      G.layers[0].trainable = false;
      expect(model.generatorVariables).toHaveLength(2);
    });
    G.dispose();
    D.dispose();
  });

  it('feeds the inputs of LayersModels in their order', () => {
    tf.tidy(() => {
      const [a, b] = [tf.input({ shape: [3] }), tf.input({ shape: [1] })];
      const G = tf.model({ inputs: [a, b], outputs: tf.layers.dense({ units: 2 }).apply(tf.layers.concatenate().apply([a, b])) as tf.SymbolicTensor });
      const [x, c, d] = [tf.input({ shape: [2] }), tf.input({ shape: [3] }), tf.input({ shape: [1] })];
      const D = tf.model({ inputs: [x, c, d], outputs: tf.layers.dense({ units: 1 }).apply(tf.layers.concatenate().apply([x, c, d])) as tf.SymbolicTensor });
      const { real, z } = parts();
      const label = sample('label', [4, 1]);
      const model = ganModel(G, D, real, [z, label]);
      expect(numbers(model.generatedData)).toEqual(numbers(G.predict([z, label]) as tf.Tensor));
      expect(numbers(model.discriminatorRealOutputs)).toEqual(numbers(D.predict([real, z, label]) as tf.Tensor));
      const unfit = ganModel(tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 })] }), D, real, [z, label]);
      expect(() => unfit.generatedData).toThrow('the generator has 1 input, but is given 2 tensors');
    });
  });

  it.each([
    [[2, 2], 'Generator output shape ((4, 2)) must be the same shape as real data ((2, 2)).'],
    [[4, 3], 'Generator output shape ((4, 2)) must be the same shape as real data ((4, 3)).'],
    [[8], 'Generator output shape ((4, 2)) must be the same shape as real data ((8,)).'],
  ])('refuses real data of another shape: %j', (shape, message) => {
    tf.tidy(() => {
      const { G, D, z } = parts();
      const real = sample('real', shape);
      expect(() => ganModel(G.network, D.network, real, z).discriminatorGenOutputs).toThrow(message);
      expect(() => ganModel(G.network, D.network, real, z, { checkShapes: false }).discriminatorGenOutputs).not.toThrow();
    });
  });

  it('refuses options and arguments that it does not have', () => {
    tf.tidy(() => {
      const { G, D, real, z } = parts();
      expect(() => ganModel(G.network, D.network, real, z, { check_shapes: false } as never)).toThrow("ganModel() got an unexpected keyword argument 'check_shapes'");
      expect(() => ganModel(G.network, D.network, undefined as never, z)).toThrow('`realData` is missing');
      expect(() => ganModel(G.network, D.network, real, [1, 2] as never).generatorInputs).toThrow('`generatorInputs` must be a tensor');
      expect(() => ganModel('G' as never, D.network, real, z)).toThrow('the generator must be a LayersModel or a function');
      expect(() => ganModel(G.network, D.network, real, z, { generatorScope: null as never })).toThrow('`generatorScope` must be a name');
    });
  });
});
