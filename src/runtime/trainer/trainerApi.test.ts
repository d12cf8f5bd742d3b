import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import { mlp, modelsOf, pair, tensor, valuesOf } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const adam = () => tf.train.adam(0.01, 0.5, 0.9);
const options = (more: Partial<TrainerOptions> = {}): TrainerOptions => ({ optimizers: { generator: adam(), discriminator: adam() }, noise: 3, ...more });
const batch = () => ({ real: tensor('real', [4, 2]) });
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof SpecError) return error.diagnostics[0].code;
    throw error;
  }
  return null;
};

describe('params', () => {
  const SPEC = 'param lambda = 10\nparam mu = 1\nmu*wasserstein + lambda*gp';

  it('take effect from the next step', async () => {
    const trainer = createTrainer(compile(SPEC), pair(), options({ params: { lambda: 5 } }));
    const weight = async () => {
      const { raw, weighted } = (await trainer.step(batch())).terms.gp.discriminator ?? { raw: NaN, weighted: NaN };
      return weighted / raw;
    };
    expect(await weight()).toBe(5);
    trainer.setParam('lambda', 0);
    expect(trainer.params).toEqual({ lambda: 0, mu: 1 });
    expect(await weight()).toBe(0);
    trainer.dispose();
  });

  it.each([
    ['lambda', -1],
    ['lambda', NaN],
    ['mu', Infinity],
    ['toString', 1],
    ['nu', 1],
  ])('%s = %d is refused and changes nothing', (name, value) => {
    const trainer = createTrainer(compile(SPEC), pair(), options());
    expect(codeOf(() => trainer.setParam(name, value))).toBe('GL5009');
    expect(trainer.params).toEqual({ lambda: 10, mu: 1 });
    expect(codeOf(() => createTrainer(compile(SPEC), pair(), options({ params: { [name]: value } })))).toBe('GL5009');
    trainer.dispose();
  });

  it('may be negative where the weight is no auxiliary term', () => {
    const trainer = createTrainer(compile(SPEC), pair(), options());
    trainer.setParam('mu', -2);
    expect(trainer.params.mu).toBe(-2);
    trainer.dispose();
  });

  it('must not make a weight infinite', () => {
    const trainer = createTrainer(compile('param t = 1\nwasserstein + gp/t'), pair(), options());
    expect(codeOf(() => trainer.setParam('t', 0))).toBe('GL5009');
    trainer.dispose();
  });
});

describe('the moving average', () => {
  it('is decay·average + (1 − decay)·weights after each update of the generator, from the first weights on', async () => {
    const networks = pair();
    const [generator] = modelsOf(networks);
    const trainer = createTrainer(compile('wasserstein'), networks, options({ ema: 0.75, steps: { generator: 1, discriminator: 1 } }));
    let average = valuesOf([generator]).flat();
    for (let i = 0; i < 3; i += 1) {
      await trainer.step(batch());
      const now = valuesOf([generator]).flat();
      average = average.map((value, index) => 0.75 * value + 0.25 * now[index]);
    }
    const trained = valuesOf([generator]);
    trainer.withEma(() => valuesOf([generator]).flat().forEach((value, index) => expect(value).toBeCloseTo(average[index], 6)));
    expect(() =>
      trainer.withEma(() => {
        throw new Error('oops');
      }),
    ).toThrow('oops');
    expect(codeOf(() => trainer.withEma(async () => {}))).toBe('GL5009');
    expect(valuesOf([generator])).toEqual(trained);

    const count = tf.memory().numTensors;
    const [averaged, plain] = [trainer.sample(2), trainer.sample(2, { ema: false })];
    expect(tf.memory().numTensors).toBe(count + 2);
    expect(averaged.shape).toEqual([2, 2]);
    expect([...averaged.dataSync()]).not.toEqual([...plain.dataSync()]);
    expect([...trainer.sample(2).dataSync()]).toEqual([...averaged.dataSync()]);
    trainer.dispose();
  });

  it('is there only when asked for', () => {
    const trainer = createTrainer(compile('wasserstein'), pair(), options());
    expect(codeOf(() => trainer.withEma(() => 0))).toBe('GL5009');
    trainer.dispose();
  });
});

describe('samples', () => {
  it('come from given inputs, and from each direction of a cyclegan', () => {
    const networks = { x2y: { generator: mlp('g', [2, 3]), discriminator: mlp('d', [3, 1]) }, y2x: { generator: mlp('f', [3, 2]), discriminator: mlp('e', [2, 1]) } };
    const trainer = createTrainer(compile('wasserstein + cycle'), networks, options());
    const [x, y] = [tensor('x', [4, 2]), tensor('y', [4, 3])];
    expect([...trainer.sample(x).dataSync()]).toEqual([...(networks.x2y.generator.predict(x) as tf.Tensor).dataSync()]);
    expect([...trainer.sample(y, { direction: 'y2x' }).dataSync()]).toEqual([...(networks.y2x.generator.predict(y) as tf.Tensor).dataSync()]);
    trainer.dispose();
  });

  it('of a number need the width of the noise', () => {
    const trainer = createTrainer(compile('wasserstein'), pair(), options({ noise: undefined }));
    expect(codeOf(() => trainer.sample(3))).toBe('GL5001');
    trainer.dispose();
  });
});

describe('batches', () => {
  it('given to a step stay; those that a function makes are disposed, but for kept tensors', async () => {
    const trainer = createTrainer(compile('wasserstein'), pair(), options({ steps: { generator: 1, discriminator: 5 } }));
    const given = batch();
    await trainer.step(given);
    const made: tf.Tensor[] = [];
    const kept = tf.keep(tensor('kept', [4, 3]));
    await trainer.step(async () => {
      const { real } = batch();
      made.push(real);
      return { real, generatorInputs: kept };
    });
    expect(made.length).toBe(6);
    expect(made.every((tensor) => tensor.isDisposed)).toBe(true);
    expect([given.real.isDisposed, kept.isDisposed]).toEqual([false, false]);
    trainer.dispose();
  });

  it('hold declared inputs', async () => {
    const trainer = createTrainer(compile('input importance\nwasserstein(real_weights: importance)'), pair(), options());
    const { terms } = await trainer.step({ ...batch(), importance: tf.fill([4, 1], 2) });
    expect(Object.values(terms).map((parts) => Object.keys(parts))).toEqual([['generator', 'discriminator']]);
    await expect(trainer.step({ ...batch(), importance: tf.fill([4], 2) })).rejects.toThrow('weights of shape [4]');
    await expect(trainer.step(batch())).rejects.toThrow("the batch has no 'importance'");
    trainer.dispose();
  });
});

it('steps and states asked for at once happen one after the other', async () => {
  const [together, apart] = [pair(), pair()];
  const run = createTrainer(compile('wasserstein + 10*gp'), together, options());
  const [a, between, b] = await Promise.all([run.step(batch()), run.state(), run.step(batch())]);
  expect([a.step, between.step, b.step]).toEqual([1, 1, 2]);
  const other = createTrainer(compile('wasserstein + 10*gp'), apart, options());
  await other.step(batch());
  await other.step(batch());
  expect(valuesOf(modelsOf(together))).toEqual(valuesOf(modelsOf(apart)));
  run.dispose();
  other.dispose();
});

it('a reduction of none descends the sum', async () => {
  const values = async (reduction: string) => {
    const networks = pair();
    const trainer = createTrainer(compile(`reduction ${reduction}\nwasserstein`), networks, options());
    const { discriminatorLoss } = await trainer.step(batch());
    trainer.dispose();
    return [discriminatorLoss, ...valuesOf(modelsOf(networks)).flat()];
  };
  const [none, sum] = [await values('none'), await values('sum')];
  none.forEach((value, index) => expect(value).toBeCloseTo(sum[index], 5));
});

describe('options that make no sense are refused', () => {
  const shared = adam();
  const plain = Object.assign((x: tf.Tensor) => x, {});
  it.each<readonly [string, Partial<TrainerOptions>]>([
    ['one optimizer for both players', { optimizers: { generator: shared, discriminator: shared } }],
    ['optimizers for directions', { optimizers: { x2y: { generator: adam(), discriminator: adam() }, y2x: { generator: adam(), discriminator: adam() } } }],
    ['steps', { steps: { generator: 1.5 } }],
    ['seed', { seed: -1 }],
    ['noise', { noise: 0 }],
    ['ema', { ema: 1.5 }],
  ])('%s', (_, wrong) => {
    expect(codeOf(() => createTrainer(compile('wasserstein'), pair(), options(wrong)))).toBe('GL5009');
  });

  it('a function without variables', () => {
    expect(codeOf(() => createTrainer(compile('wasserstein'), { ...pair(), generator: plain }, options()))).toBe('GL5001');
  });
});

it('dispose frees the trainer and takes the gradient rules back', async () => {
  const before = tf.getGradient('Tanh');
  const networks = pair();
  const optimizers = { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) };
  const count = tf.memory().numTensors;
  const trainer = createTrainer(compile('pool tensor_pool(size: 2)\nwasserstein'), networks, { optimizers, noise: 3, ema: 0.9 });
  expect(tf.getGradient('Tanh')).not.toBe(before);
  const pending = trainer.step(() => batch());
  trainer.dispose();
  trainer.dispose();
  await pending;
  await expect(trainer.step(batch)).rejects.toThrow('disposed');
  expect(tf.getGradient('Tanh')).toBe(before);
  expect(tf.memory().numTensors).toBe(count);
});
