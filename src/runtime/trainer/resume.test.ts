import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { createTrainer } from './createTrainer.ts';
import type { TrainerOptions } from './options.ts';
import type { TrainerState } from './trainerState.ts';
import { mlp, pair, tensor } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SPEC = `
pool tensor_pool(size: 2)
param lambda = 10
term drift() { discriminator = square(ema(mean(D(real)), decay: 0.5)) + 0*mean(pool(D(real), size: 2)) }
wasserstein + lambda*gp + drift()`;

/** An optimiser that tfjs does not know, which keeps its state as tfjs's do (Chen et al., 2023, without weight decay). */
class Lion extends tf.Optimizer {
  static readonly className = 'Lion';
  readonly momenta: { originalName: string; variable: tf.Variable }[] = [];
  readonly scale = tf.scalar(1).variable(false);

  applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
    if (!Array.isArray(gradients)) throw new Error('a list is wanted');
    gradients.forEach(({ name, tensor }, index) => {
      const variable = tf.engine().registeredVariables[name];
      this.momenta[index] ??= { originalName: `${name}/m`, variable: tf.tidy(() => tf.zerosLike(variable).variable(false)) };
      const { variable: momentum } = this.momenta[index];
      tf.tidy(() => {
        if (!tensor) return;
        variable.assign(tf.sub(variable, tf.mul(tf.mul(this.scale, 0.01), tf.sign(tf.add(tf.mul(momentum, 0.9), tf.mul(tensor, 0.1))))));
        momentum.assign(tf.add(tf.mul(momentum, 0.99), tf.mul(tensor, 0.01)));
      });
    });
    tf.tidy(() => this.scale.assign(tf.mul(this.scale, 0.9)));
    this.incrementIterations();
  }

  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

const OPTIMIZERS: { readonly [name: string]: () => tf.Optimizer } = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9, true),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.05),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  // tfjs subtracts epsilon under the root, where TensorFlow adds it: a positive one soon gives NaN
  'rmsprop, centered': () => tf.train.rmsprop(0.01, 0.9, 0.5, -1e-3, true),
  adam: () => tf.train.adam(0.01, 0.7, 0.9),
  'an optimizer of its own': () => new Lion(),
  adamax: () => tf.train.adamax(0.01, 0.7, 0.9),
};

const OBJECTIVE = compile(SPEC);
const norm = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.batchNormalization()] });
const batch = (index: number) => ({ real: tensor(`real${index}`, [4, 2]) });
const make = (optimizer: () => tf.Optimizer, more: Partial<TrainerOptions> = {}) =>
  createTrainer(OBJECTIVE, { generator: norm(), discriminator: mlp('d', [2, 5, 1]) }, { optimizers: { generator: optimizer(), discriminator: optimizer() }, noise: 3, ema: 0.9, ...more });

/** What does not depend on names that tfjs makes up. */
const bitsOf = ({ tensors, ...rest }: TrainerState) => ({ ...rest, tensors: tensors.map(({ name, shape, dtype, data }) => ({ name, shape, dtype, data })) });

const RUNS = [...Object.keys(OPTIMIZERS).map((name) => [name, 3] as const), ['adam', 0] as const, ['adam', 1] as const];

describe('training', () => {
  it.each(RUNS)('with %s goes on from a checkpoint after %i steps as if it had never stopped', async (name, steps) => {
    const first = make(OPTIMIZERS[name], { seed: 42 });
    for (let i = 0; i < steps; i += 1) await first.step(batch(i));
    first.setParam('lambda', 3);
    const bytes = encodeCheckpoint(await first.state());

    // another seed, other initial weights, slots of its own: all of it must go
    const second = make(OPTIMIZERS[name]);
    await second.step(batch(7));
    const others = tf.memory().numTensors - (await second.state()).tensors.length;
    await second.restore(decodeCheckpoint(bytes));
    expect(tf.memory().numTensors - (await second.state()).tensors.length).toBe(others);
    expect(second.stepCount).toBe(steps);
    expect(second.params).toEqual({ lambda: 3 });
    for (let i = steps; i < steps + 3; i += 1) {
      const { ms: _, ...wanted } = await first.step(batch(i));
      const { ms: __, ...found } = await second.step(batch(i));
      expect(found).toEqual(wanted);
    }
    expect(bitsOf(await second.state())).toEqual(bitsOf(await first.state()));
    first.dispose();
    second.dispose();
  });
});

describe('a checkpoint whose names make no sense', () => {
  it.each([
    ['pool/4000000000/0/0', "the checkpoint's pool has gaps"],
    ['pool/0/7/0', "the checkpoint's pool/0 has gaps"],
    ['pool/0/0', "the checkpoint's pools are not whole: pool/0/0"],
    ['term_pool/x', "the checkpoint's pools are not whole: term_pool/x"],
    ['ema/-1', "the checkpoint's ema has gaps"],
    ['weights/generator/1e9', "the checkpoint's weights/generator has gaps"],
  ])('is refused, changing nothing: %s', async (name, message) => {
    const trainer = make(OPTIMIZERS.adam);
    const before = await trainer.state();
    const forged: TrainerState = { ...before, tensors: [...before.tensors.filter((tensor) => !tensor.name.startsWith('pool/')), { name, label: name, dtype: 'float32', shape: [1], data: new Float32Array(1) }] };
    await expect(trainer.restore(forged)).rejects.toThrow(message);
    expect(bitsOf(await trainer.state())).toEqual(bitsOf(before));
    trainer.dispose();
  });
});

describe('a checkpoint of something else is refused, naming the first difference', () => {
  const adam = OPTIMIZERS.adam;
  const saved = async () => {
    const trainer = make(adam);
    await trainer.step(batch(0));
    const state = await trainer.state();
    trainer.dispose();
    return state;
  };
  const other = (spec: string, networks: Parameters<typeof createTrainer>[1], optimizer = adam) =>
    createTrainer(compile(spec), networks, { optimizers: { generator: optimizer(), discriminator: optimizer() }, noise: 3, ema: 0.9 });

  it.each<readonly [string, () => ReturnType<typeof other>, RegExp]>([
    ['objective', () => other('wasserstein', pair()), /another objective/],
    ['model', () => other('wasserstein + mi', pair()), /of a gan, the objective of a infogan/],
    ['optimizer', () => other(SPEC, { generator: norm(), discriminator: mlp('d', [2, 5, 1]) }, OPTIMIZERS.sgd), /the generator is trained by SGD, the checkpoint's by Adam/],
    ['depth', () => other(SPEC, { generator: norm(), discriminator: mlp('d', [2, 5, 5, 1]) }), /the discriminator has 6 variables, the checkpoint's 4/],
    ['width', () => other(SPEC, { generator: norm(), discriminator: mlp('d', [2, 6, 1]) }), /d_\d+\/kernel has shape \[2,6\], the checkpoint's \[2,5\]/],
  ])('another %s', async (_, create, message) => {
    const state = await saved();
    const trainer = create();
    await trainer.step({ ...batch(1), codes: [tensor('z', [4, 3])] }).catch(() => {});
    const before = await trainer.state();
    const error: unknown = await trainer.restore(state).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpecError);
    const [diagnostic] = (error as SpecError).diagnostics;
    expect(diagnostic.code).toBe('GL7007');
    expect(diagnostic.message).toMatch(message);
    expect(await trainer.state()).toEqual(before);
    trainer.dispose();
  });
});
