import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/random.ts';
import { REDRAW } from '../recipe.ts';
import { starganModel } from './starganModel.ts';
import { denseNetwork, sample } from './testing/denseNetworks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];

function parts() {
  const trunk = denseNetwork('G', [5, 2]);
  const generator = Object.assign((data: tf.Tensor, labels: tf.Tensor) => trunk.network(tf.concat([data, labels], 1), undefined as never), { variables: [trunk.w] });
  const head = tf.tidy(() => tf.variable(sample('domains', [2, 3])));
  const D = denseNetwork('D', [2, 2], (hidden) => [tf.sum(hidden, 1), tf.matMul(hidden as tf.Tensor2D, head as tf.Tensor2D)] as const);
  return { trunk, generator, D, data: sample('data', [4, 2]), labels: tf.oneHot(tf.tensor1d([0, 2, 1, 1], 'int32'), 3).toFloat() };
}

describe('starganModel', () => {
  it('translates to drawn domains and back, and judges both', () => {
    tf.tidy(() => {
      const { trunk, generator, D, data, labels } = parts();
      const random = { ...createRandom(1, 'test'), uniform: (draw: string) => tf.tensor1d({ target: [0, 0.5, 0.99, 0.34] }[draw] ?? []) };
      const model = starganModel(generator, D.network, data, labels, { random });
      expect(numbers(tf.argMax(model.generatedDataDomainTarget, 1))).toEqual([0, 1, 2, 1]);
      const translate = (x: tf.Tensor, to: tf.Tensor) => tf.tanh(tf.matMul(tf.concat([x, to], 1) as tf.Tensor2D, trunk.w as tf.Tensor2D));
      const fake = translate(data, model.generatedDataDomainTarget);
      expect(numbers(model.generatedData)).toEqual(numbers(fake));
      expect(numbers(model.reconstructedData)).toEqual(numbers(translate(fake, labels)));
      expect(model.discriminatorInputDataSourcePredication.shape).toEqual([4]);
      expect(model.discriminatorGeneratedDataDomainPredication.shape).toEqual([4, 3]);
      void [model.discriminatorInputDataDomainPredication, model.discriminatorGeneratedDataSourcePredication];
      expect(trunk.calls).toHaveLength(2);
      expect(D.calls.map(([x, domains]) => [x, domains])).toEqual([
        [data, 3],
        [model.generatedData, 3],
      ]);
      expect(model.generatorFn).toBe(generator);
      expect(model.generatorVariables).toEqual([trunk.w]);
    });
  });

  it('joins lists', () => {
    tf.tidy(() => {
      const { generator, D, data, labels } = parts();
      const model = starganModel(generator, D.network, [data, data], [labels, labels]);
      expect(model.inputData.shape).toEqual([8, 2]);
      expect(model.inputData).toBe(model.inputData);
      expect(model.inputDataDomainLabel.shape).toEqual([8, 3]);
      expect(model.generatedDataDomainTarget.shape).toEqual([8, 3]);
    });
  });

  it('draws other targets in another run', () => {
    tf.tidy(() => {
      const { generator, D } = parts();
      const many = sample('many', [64, 2]);
      const labels = tf.oneHot(tf.zeros([64], 'int32'), 3).toFloat();
      const model = starganModel(generator, D.network, many, labels);
      const targets = (run: number) => numbers(model[REDRAW](createRandom(1, 'train', run)).generatedDataDomainTarget);
      expect(targets(0)).toEqual(targets(0));
      expect(targets(0)).not.toEqual(targets(1));
    });
  });

  it('takes LayersModels', () => {
    tf.tidy(() => {
      const { data, labels } = parts();
      const [x, to] = [tf.input({ shape: [2] }), tf.input({ shape: [3] })];
      const G = tf.model({ inputs: [x, to], outputs: tf.layers.dense({ units: 2 }).apply(tf.layers.concatenate().apply([x, to])) as tf.SymbolicTensor });
      const image = tf.input({ shape: [2] });
      const heads = [1, 3].map((units) => tf.layers.dense({ units }).apply(image) as tf.SymbolicTensor);
      const model = starganModel(G, tf.model({ inputs: image, outputs: heads }), data, labels);
      expect(model.reconstructedData.shape).toEqual([4, 2]);
      expect(model.discriminatorGeneratedDataDomainPredication.shape).toEqual([4, 3]);
    });
  });

  it('refuses labels that are not [N, K], and a discriminator of one output', () => {
    tf.tidy(() => {
      const { generator, D, data, labels } = parts();
      expect(() => starganModel(generator, D.network, data, tf.argMax(labels, 1)).generatedData).toThrow('Shape (4) must have rank 2');
      const lone = denseNetwork('one', [2, 1]);
      expect(() => starganModel(generator, lone.network as never, data, labels).discriminatorInputDataSourcePredication).toThrow('must output a tuple');
      expect(() => starganModel(generator, D.network, data, labels, { checkShapes: true } as never)).toThrow('unexpected keyword argument');
    });
  });
});
