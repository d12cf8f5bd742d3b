import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { createTrainer } from '../trainer/createTrainer.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { pair, tensor } from '../trainer/testing/networks.ts';
import type { Hook, Hooks } from './hooks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batch = { real: tensor('real', [4, 2]), generatorInputs: tensor('z', [4, 3]) };
const noisy: Hook = (x, random) => tf.add(tf.mul(1.5, x), tf.mul(0.2, random.normal('noise', x.shape)));
const objective = compile('hinge + consistency(balanced: true)');
const lossWith = (hooks: Hooks | undefined, seed = 3) => tf.tidy(() => objective.losses(pair(), batch, { seed, hooks }).terms.discriminator.consistency.dataSync()[0]);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof SpecError ? `${error.diagnostics[0]?.code ?? ''} ${error.message}` : String(error);
  }
  return 'nothing';
};

describe('a hook', () => {
  it('is called with the tensor, once for each place of the text', () => {
    const seen: number[] = [];
    lossWith({ augment: (x) => (seen.push(x.dataSync()[0]), tf.clone(x)) });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(batch.real.dataSync()[0]);
    expect(lossWith({ augment: (x) => tf.clone(x) })).toBe(0);
  });

  it('draws by the seed, at each place other numbers', () => {
    expect(lossWith({ augment: noisy })).toBe(lossWith({ augment: noisy }));
    expect(lossWith({ augment: noisy }, 4)).not.toBe(lossWith({ augment: noisy }));
    const draws: number[] = [];
    lossWith({ augment: (x, random) => (draws.push(random.numbers('a', 1)[0], random.uniform('b', [1]).dataSync()[0]), tf.clone(x)) });
    expect(new Set(draws).size).toBe(4);
  });

  it('is differentiated by the tape', () => {
    const { generator, discriminator } = pair();
    const text = 'term t() { discriminator = mean(sum_per_sample(grad(D(augment(real)), real)^2)) }\nhinge + t';
    // the slope of D(3x) by x is 3 times that at 3x
    const slopes = (factor: number, real: tf.Tensor) =>
      tf.tidy(() => compile(text).losses({ generator, discriminator }, { ...batch, real }, { hooks: { augment: (x) => tf.mul(factor, x) } }).terms.discriminator.t.dataSync()[0]);
    expect(slopes(3, batch.real)).toBeCloseTo(9 * slopes(1, tf.mul(3, batch.real)), 4);
  });

  it('of any name may give another shape', () => {
    const text = 'term t() { generator = mean(hook("sizes", fake)) }\nhinge + t';
    const value = tf.tidy(() => compile(text).losses(pair(), batch, { hooks: { sizes: (x) => tf.tensor1d(x.shape) } }).terms.generator.t.dataSync()[0]);
    expect(value).toBe(3);
  });

  it('that is missing is refused, by losses and as soon as a trainer is made', () => {
    expect(objective.hooks).toEqual(['augment']);
    expect(codeOf(() => lossWith(undefined))).toBe("GL5001 the hook 'augment' is missing, which the objective calls");
    expect(codeOf(() => lossWith({ augmented: noisy }))).toMatch(/^GL5001/);
    const options: TrainerOptions = { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3 };
    expect(codeOf(() => createTrainer(objective, pair(), options))).toBe("GL5001 the hook 'augment' is missing, which the objective calls");
  });

  it('must give a tensor, and augment one of the same shape', () => {
    expect(codeOf(() => lossWith({ augment: (x) => tf.sum(x, 1) }))).toBe("GL5002 the hook 'augment' makes [4] of [4,2]: it must keep the shape");
    expect(codeOf(() => lossWith({ augment: (() => Promise.resolve(batch.real)) as unknown as Hook }))).toBe("GL5009 the hook 'augment' returns a promise, not a tensor");
    expect(codeOf(() => lossWith({ augment: (() => 1) as unknown as Hook }))).toBe("GL5009 the hook 'augment' returns 1, not a tensor");
  });

  it('is part of a step that the seed repeats, wherever training is taken up', async () => {
    const make = () => createTrainer(objective, pair(), { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3, seed: 8, hooks: { augment: noisy } });
    const [first, second] = [make(), make()];
    const losses: number[] = [];
    for (let step = 0; step < 3; step += 1) losses.push((await first.step({ real: batch.real })).discriminatorLoss);
    await second.step({ real: batch.real });
    const state = await second.state();
    const third = make();
    await third.restore(state);
    expect((await third.step({ real: batch.real })).discriminatorLoss).toBe(losses[1]);
    expect(new Set(losses).size).toBe(3);
    for (const trainer of [first, second, third]) trainer.dispose();
  });
});
