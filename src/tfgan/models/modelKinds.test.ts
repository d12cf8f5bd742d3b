import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { categorical, normal } from '../../runtime/distributions.ts';
import { createRandom } from '../../runtime/random.ts';
import { GENERATE, REDRAW, UNTRAINED } from '../recipe.ts';
import { acganModel } from './acganModel.ts';
import { cycleganModel } from './cycleganModel.ts';
import { infoganModel } from './infoganModel.ts';
import { denseNetwork, sample } from './testing/denseNetworks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];
const head = (name: string, units: number) => tf.variable(sample(name, [4, units]));
const dense = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);

describe('acganModel', () => {
  it('takes both heads of one call', () => {
    tf.tidy(() => {
      const [logits, classes] = [head('logits', 1), head('classes', 3)];
      const G = denseNetwork('G', [3, 2]);
      const D = denseNetwork('D', [2, 4], (hidden) => [dense(hidden, logits), dense(hidden, classes)] as const);
      const [real, z, labels] = [sample('real', [5, 2]), sample('z', [5, 3]), tf.oneHot(tf.tensor1d([0, 1, 2, 1, 0], 'int32'), 3)];
      const model = acganModel(G.network, D.network, real, z, labels);
      const hidden = tf.tanh(dense(real, D.w));
      expect(numbers(model.discriminatorRealOutputs)).toEqual(numbers(dense(hidden, logits)));
      expect(numbers(model.discriminatorRealClassificationLogits)).toEqual(numbers(dense(hidden, classes)));
      void [model.discriminatorGenOutputs, model.discriminatorGenClassificationLogits];
      expect(D.calls).toHaveLength(2);
      expect(model.oneHotLabels).toBe(labels);
      expect(model.discriminatorFn).toBe(D.network);
      const drawn = acganModel(G.network, D.network, real, z, (random) => random.uniform('labels', [5, 3]));
      expect(numbers(drawn[REDRAW](createRandom(1, 'a')).oneHotLabels)).not.toEqual(numbers(drawn[REDRAW](createRandom(2, 'a')).oneHotLabels));
    });
  });

  it.each([
    ['one output', (hidden: tf.Tensor) => hidden],
    ['three outputs', (hidden: tf.Tensor) => [hidden, hidden, hidden]],
  ])('refuses a discriminator of %s', (_, after) => {
    tf.tidy(() => {
      const D = denseNetwork<never>('D', [2, 4], after as never);
      const model = acganModel(denseNetwork('G', [3, 2]).network, D.network, sample('real', [2, 2]), sample('z', [2, 3]), tf.ones([2, 3]));
      const message = 'A discriminator function for ACGAN must output a tuple consisting of (discrimination logits, classification logits).';
      expect(() => model.discriminatorRealOutputs).toThrow(message);
      expect(() => model.discriminatorGenClassificationLogits).toThrow(message);
    });
  });
});

describe('infoganModel', () => {
  const codes = () => [tf.tensor1d([2, 0, 1], 'int32'), sample('code', [3, 2])];

  function infogan(after: (hidden: tf.Tensor) => unknown) {
    const seen: unknown[] = [];
    const w = head('w', 2);
    const G = Object.assign(
      (inputs: readonly tf.Tensor[]) => {
        seen.push(inputs);
        return dense(inputs[0], w);
      },
      { variables: [w] },
    );
    const D = denseNetwork<never>('D', [2, 4], after as never);
    const [noise, structured] = [sample('noise', [3, 4]), codes()];
    return { G, D, seen, noise, structured, model: infoganModel(G, D.network, sample('real', [3, 2]), [noise], structured) };
  }

  it('gives the generator unstructured and structured inputs as one list, and keeps the distributions', () => {
    tf.tidy(() => {
      const logits = head('logits', 3);
      const { D, seen, noise, structured, model } = infogan((hidden) => [tf.mean(hidden, 1, true), [categorical(dense(hidden, logits)), normal(hidden, 0.5)]]);
      expect(model.generatorInputs).toEqual([noise, ...structured]);
      expect(model.generatorInputs).toBe(model.generatorInputs);
      expect(model.structuredGeneratorInputs).toEqual(structured);
      const hidden = tf.tanh(dense(model.generatedData, D.w));
      const [first] = model.predictedDistributions;
      expect(numbers(first.logProb(structured[0]))).toEqual(numbers(categorical(dense(hidden, logits)).logProb(structured[0])));
      expect(numbers(model.discriminatorGenOutputs)).toEqual(numbers(tf.mean(hidden, 1, true)));
      void model.discriminatorRealOutputs;
      expect(seen).toEqual([model.generatorInputs]);
      expect(D.calls.map(([, condition]) => condition)).toEqual([model.generatorInputs, model.generatorInputs]);
      expect(model.discriminatorFn(model.realData, null)).toBeInstanceOf(tf.Tensor);
      expect(model.discriminatorAndAuxFn(model.realData, null)[1]).toHaveLength(2);
    });
  });

  it('reads the distributions of a LayersModel’s outputs by the codes they are for', () => {
    tf.tidy(() => {
      const inputs = [tf.input({ shape: [4] }), tf.input({ shape: [2] })];
      const G = tf.model({ inputs, outputs: tf.layers.dense({ units: 2 }).apply(tf.layers.concatenate().apply(inputs)) as tf.SymbolicTensor });
      const x = tf.input({ shape: [2] });
      const D = tf.model({ inputs: x, outputs: [1, 2].map((units) => tf.layers.dense({ units }).apply(x) as tf.SymbolicTensor) });
      const [, code] = codes();
      const model = infoganModel(G, D, sample('real', [3, 2]), [sample('noise', [3, 4])], [code]);
      const [, mean] = D.predict(model.generatedData) as tf.Tensor[];
      expect(numbers(model.predictedDistributions[0].logProb(code))).toEqual(numbers(normal(mean, 1).logProb(code)));
    });
  });

  it.each([
    ['too few distributions', (hidden: tf.Tensor) => [hidden, [normal(hidden, 1)]], 'Length of `predictedDistributions` 1 must be the same as the length of structured noise 2.'],
    ['too many', (hidden: tf.Tensor) => [hidden, [1, 2, 3].map((scale) => normal(hidden, scale))], 'Length of `predictedDistributions` 3 must be the same as the length of structured noise 2.'],
    ['a bare distribution', (hidden: tf.Tensor) => [hidden, normal(hidden, 1)], '`predictedDistributions` must be a list. Instead, found a distribution.'],
    ['logits alone', (hidden: tf.Tensor) => hidden, 'A discriminator function for InfoGAN must output a tuple'],
  ])('refuses a discriminator that returns %s', (_, after, message) => {
    tf.tidy(() => {
      const { model } = infogan(after);
      expect(() => model.predictedDistributions).toThrow(message);
      expect(() => model.discriminatorGenOutputs).toThrow(message);
    });
  });

  it('checks shapes always, and wants lists', () => {
    tf.tidy(() => {
      const { G, D, noise, structured } = infogan((hidden) => [hidden, structured.map(() => normal(hidden, 1))]);
      expect(() => infoganModel(G, D.network, sample('real', [2, 2]), [noise], structured).generatedData).toThrow('Generator output shape ((3, 2)) must be the same shape as real data ((2, 2)).');
      expect(() => infoganModel(G, D.network, sample('real', [3, 2]), noise as never, structured).generatedData).toThrow('`unstructuredGeneratorInputs` must be a list of tensors');
      expect(() => infoganModel(G, D.network, sample('real', [3, 2]), [noise], structured, { checkShapes: false } as never)).toThrow('unexpected keyword argument');
    });
  });
});

describe('cycleganModel', () => {
  function cyclegan(x = sample('x', [4, 2]), y = sample('y', [4, 2])) {
    const [F, G] = [denseNetwork('F', [2, 2]), denseNetwork('G', [2, 2])];
    const [Dx, Dy] = [denseNetwork('Dx', [2, 1]), denseNetwork('Dy', [2, 1])];
    return { F, G, Dx, Dy, x, y, model: cycleganModel({ x2y: F.network, y2x: G.network }, { x2y: Dy.network, y2x: Dx.network }, x, y) };
  }

  it('has a model for each direction, and the way back', () => {
    tf.tidy(() => {
      const { F, G, Dx, Dy, x, y, model } = cyclegan();
      const { modelX2y, modelY2x } = model;
      expect([modelX2y.generatorInputs, modelX2y.realData, modelY2x.generatorInputs, modelY2x.realData]).toEqual([x, y, y, x]);
      expect(numbers(model.reconstructedX)).toEqual(numbers(tf.tanh(dense(tf.tanh(dense(x, F.w)), G.w))));
      expect(numbers(model.reconstructedY)).toEqual(numbers(tf.tanh(dense(tf.tanh(dense(y, G.w)), F.w))));
      void [model.reconstructedX, modelX2y.discriminatorGenOutputs, modelX2y.discriminatorRealOutputs, modelY2x.discriminatorGenOutputs];
      expect([F, G, Dx, Dy].map(({ calls }) => calls.length)).toEqual([2, 2, 1, 2]);
      expect(Dy.calls[0]).toEqual([modelX2y.generatedData, x]);
      expect(modelX2y.generatorScope?.name).toBe('ModelX2Y/Generator');
      expect(modelY2x.discriminatorScope?.name).toBe('ModelY2X/Discriminator');
    });
  });

  it('draws one batch of each domain a run', () => {
    tf.tidy(() => {
      const { F, G, Dx, Dy } = cyclegan();
      const model = cycleganModel({ x2y: F.network, y2x: G.network }, { x2y: Dy.network, y2x: Dx.network }, (random) => random.normal('x', [4, 2]), (random) => random.normal('y', [4, 2]));
      const run = model[REDRAW](createRandom(1, 'run'));
      expect(run.modelX2y.generatorInputs).toBe(run.modelY2x.realData);
      expect(run.modelY2x.generatorInputs).toBe(run.modelX2y.realData);
      run[GENERATE]();
      expect([F.calls.length, G.calls.length]).toEqual([1, 1]);
      expect(model[UNTRAINED]('generator')).toEqual([]);
    });
  });

  it('refuses domains of two batch sizes, and a direction without networks', () => {
    tf.tidy(() => {
      const { model, F, Dy } = cyclegan(sample('x', [2, 2]), sample('y', [3, 2]));
      expect(() => model.modelX2y.generatedData).toThrow('Generator output shape ((2, 2)) must be the same shape as real data ((3, 2)).');
      expect(() => cycleganModel({ x2y: F.network } as never, { x2y: Dy.network, y2x: Dy.network }, tf.ones([2, 2]), tf.ones([2, 2]))).toThrow('`y2x` is missing');
    });
  });
});
