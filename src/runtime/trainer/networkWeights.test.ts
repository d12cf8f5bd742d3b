import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { singularStart, singularVector, spectralNorm } from '../functions/spectralNorm.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { mlp, modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';
import type { TrainerState } from './trainerState.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });
const make = (text: string, networks = pair(), more: Partial<TrainerOptions> = {}) =>
  createTrainer(compile(text), networks, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3, seed: 5, ...more });
const stateOf = ({ tensors }: TrainerState) => new Map(tensors.filter(({ name }) => name.startsWith('term/')).map(({ name, shape, data }) => [name.slice('term/'.length), { shape, data: [...data] }]));
const bitsOf = ({ tensors, ...rest }: TrainerState) => ({ ...rest, tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data })) });
const shrink = (network: string) => `term small() { discriminator = sum(sum_of_each(square(${network})))/2 generator = sum(sum_of_each(square(${network})))/2 }\nobjective = small`;

describe('the variables of a network', () => {
  it.each([
    ['variables(D)', 1, 0.9, 0.9],
    ['variables(G)', 0, 0.9, 0.9],
    // a bias has one axis
    ['kernels(D)', 1, 0.9, 1],
  ])('%s: gradients reach the network’s owner alone', async (value, owner, kernels, biases) => {
    const networks = pair();
    const before = modelsOf(networks).map((model) => valuesOf([model]));
    const trainer = make(shrink(value), networks);
    await trainer.step(batch(0));
    modelsOf(networks).forEach((model, player) =>
      valuesOf([model]).forEach((values, place) => {
        const factor = player !== owner ? 1 : model.weights[place].shape.length > 1 ? kernels : biases;
        values.forEach((number, index) => expect(number).toBeCloseTo(factor * before[player][place][index], 6));
      }),
    );
    trainer.dispose();
  });

  it('are those that are trained', () => {
    const { generator, discriminator } = pair();
    (discriminator as tf.LayersModel).layers[1].trainable = false;
    const total = (network: string) => tf.tidy(() => compile(shrink(network)).discriminatorLoss({ generator, discriminator }, { ...batch(0), generatorInputs: tensor('z', [4, 3]) }).dataSync()[0]);
    const kept = valuesOf([discriminator as tf.LayersModel]).slice(0, 0).concat((discriminator as tf.LayersModel).trainableWeights.map((weight) => [...weight.read().dataSync()]));
    expect(kept).toHaveLength(2);
    expect(total('variables(D)')).toBeCloseTo(kept.flat().reduce((sum, x) => sum + (x * x) / 2, 0), 5);
  });

  it('of a function are its property, or an option; GL5001 without either', async () => {
    const { generator, discriminator } = pair();
    const model = discriminator as tf.LayersModel;
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const call = (x: tf.Tensor) => model.apply(x) as tf.Tensor;
    const inputs = { ...batch(0), generatorInputs: tensor('z', [4, 3]) };
    const loss = (network: typeof call, options = {}) => tf.tidy(() => compile(shrink('variables(D)')).discriminatorLoss({ generator, discriminator: network }, inputs, options).dataSync()[0]);
    expect(loss(Object.assign((x: tf.Tensor) => call(x), { variables }))).toBeGreaterThan(0.1);
    expect(loss(call, { variables: { discriminator: variables } })).toBe(loss(Object.assign((x: tf.Tensor) => call(x), { variables })));
    expect(() => loss(call)).toThrow(SpecError);
    expect(() => loss(call)).toThrow('the variables of a network are not known');
    const trainer = make(shrink('variables(D)'), { generator, discriminator: call }, { variables: { discriminator: variables } });
    expect((await trainer.step(batch(0))).discriminatorLoss).toBeCloseTo(loss(call, { variables: { discriminator: variables } }) / 0.81, 4);
    trainer.dispose();
  });

  it('of a cyclegan’s D are those of each direction', async () => {
    const translator = (name: string) => ({ generator: mlp(`g${name}`, [2, 3, 2]), discriminator: mlp(`d${name}`, [2, 3, 1]) });
    const networks = { x2y: translator('a'), y2x: translator('b') };
    const trainer = createTrainer(compile('model cyclegan\nterm small() { discriminator = sum(sum_of_each(square(variables(D)))) + 0*mean(D(real)) }\nobjective = wasserstein.generator + small'), networks, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) } });
    const squares = (model: tf.LayersModel) => valuesOf([model]).flat().reduce((sum, x) => sum + x * x, 0);
    const wanted = [networks.x2y.discriminator, networks.y2x.discriminator].map(squares);
    const { terms } = await trainer.step({ x: tensor('x', [4, 2]), y: tensor('y', [4, 2]) });
    expect([terms['x2y.small'].discriminator?.raw, terms['y2x.small'].discriminator?.raw].map((x) => x?.toFixed(4))).toEqual(wanted.map((x) => x.toFixed(4)));
    trainer.dispose();
  });
});

describe('historical averaging', () => {
  const TEXT = 'wasserstein + 0.5*historical_averaging';

  it('keeps the mean of each of the player’s variables, the first step’s included', async () => {
    const networks = pair();
    const trainer = make(TEXT, networks);
    const seen: (readonly (readonly number[])[])[] = [];
    for (let index = 0; index < 3; index += 1) {
      seen.push(valuesOf([networks.discriminator as tf.LayersModel]));
      const { terms } = await trainer.step(batch(index));
      if (index === 0) expect(terms.historical_averaging.discriminator?.raw).toBe(0);
    }
    const state = stateOf(await trainer.state());
    const names = [0, 1, 2, 3].map((place) => `discriminator/historical_averaging.past_judge/${place}`);
    names.forEach((name, place) => {
      const kept = state.get(name);
      kept?.data.forEach((value, index) => expect(value).toBeCloseTo((seen[0][place][index] + seen[1][place][index] + seen[2][place][index]) / 3, 5));
      expect(kept?.data).toHaveLength(seen[0][place].length);
    });
    expect(state.get('discriminator/historical_averaging.past_judge.steps')?.data).toEqual([3]);
    expect(state.get('generator/historical_averaging.past_maker.steps')?.data).toEqual([3]);
    trainer.dispose();
  });

  it.each([TEXT, 'hinge + 0.1*spectral_norm_penalty', 'hinge + 0.3*lecam', 'modified + every(2, path_length)', 'hinge + every(2, historical_averaging)'])('%s goes on bit for bit from a checkpoint', async (text) => {
    const first = make(text);
    for (let index = 0; index < 3; index += 1) await first.step(batch(index));
    const bytes = encodeCheckpoint(await first.state());
    expect(stateOf(decodeCheckpoint(bytes)).size).toBeGreaterThan(0);
    const second = make(text, pair(), { seed: 99 });
    await second.restore(decodeCheckpoint(bytes));
    for (let index = 3; index < 6; index += 1) {
      await first.step(batch(index));
      await second.step(batch(index));
    }
    expect(bitsOf(await second.state())).toEqual(bitsOf(await first.state()));
    first.dispose();
    second.dispose();
  });

  it('leaves its state alone in a step that fails, and no tensor behind', async () => {
    const networks = pair();
    const trainer = make(TEXT, networks);
    const fed = [batch(0), batch(1), { real: tf.fill([4, 2], NaN) }];
    await trainer.step(fed[0]);
    const before = bitsOf(await trainer.state());
    await expect(trainer.step(fed[2])).rejects.toThrow(/NaN/);
    expect(bitsOf(await trainer.state())).toEqual(before);
    const tensors = tf.memory().numTensors;
    await trainer.step(fed[1]);
    expect(tf.memory().numTensors).toBe(tensors);
    trainer.dispose();
  });
});

describe('the spectral norm', () => {
  const image = tensor('kernel', [3, 2, 4, 5]);

  it('of a convolution’s kernel is that of the matrix [height·width·inputs, outputs]', () => {
    tf.tidy(() => {
      const matrix = tf.reshape(image, [24, 5]);
      const norm = (w: tf.Tensor) => spectralNorm(w, singularVector(w, singularStart(w), 200)).dataSync()[0];
      expect(norm(image)).toBe(norm(matrix));
      // the greatest stretch of any vector
      const gram = tf.matMul(matrix, matrix, true);
      let v = tf.ones([5, 1]);
      for (let round = 0; round < 200; round += 1) v = tf.div(tf.matMul(gram, v), tf.norm(tf.matMul(gram, v)));
      expect(norm(image)).toBeCloseTo(tf.norm(tf.matMul(matrix, v)).dataSync()[0], 5);
    });
  });

  it('of zeros is 0, and so is its gradient', () => {
    const { value, grads } = tf.variableGrads(() => spectralNorm(zeros, singularVector(zeros, singularStart(zeros), 1)).asScalar(), [zeros]);
    expect([value.dataSync()[0], ...grads[zeros.name].dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
  const zeros = tf.variable(tf.zeros([3, 2]));

  it('gets better from step to step, as its vectors go on', async () => {
    const norms: number[] = [];
    const networks = pair();
    // nothing trains the discriminator: the weight is as good as 0
    const trainer = make('param w = 0\nobjective = wasserstein.generator + w*spectral_norm_penalty', networks);
    for (let index = 0; index < 60; index += 1) norms.push((await trainer.step(batch(index))).terms.spectral_norm_penalty.discriminator?.raw ?? NaN);
    const exact = tf.tidy(() => {
      const kernels = modelsOf(networks)[1].weights.map((weight) => weight.read()).filter(({ rank }) => rank === 2);
      return kernels.reduce((sum, w) => sum + spectralNorm(w, singularVector(w, singularStart(w), 500)).dataSync()[0] ** 2, 0);
    });
    expect(norms[59]).toBeCloseTo(exact, 4);
    for (let index = 1; index < 60; index += 1) expect(norms[index]).toBeGreaterThanOrEqual(norms[index - 1] - 1e-5);
    trainer.dispose();
  });
});
