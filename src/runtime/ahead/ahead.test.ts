import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { trainer } from '../../trainer.ts';
import { VERSION } from '../../version.ts';
import type { Batch, Networks } from '../models/model.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { compileStep } from './compileStep.ts';
import { writeModule, writeTypes } from './writeModule.ts';

/** The module's interface, as its types have it. */
interface Step {
  readonly stepCount: number;
  readonly step: (batch: unknown) => { readonly generatorLoss: number; readonly discriminatorLoss: number; readonly terms: Readonly<Record<string, Readonly<Record<string, number>>>>; readonly directions: Readonly<Record<string, Readonly<Record<string, number>>>> };
  readonly weights: () => Readonly<Record<string, readonly { readonly shape: readonly number[]; readonly data: Float32Array }[]>>;
  readonly state: () => unknown;
  readonly setParam: (name: string, value: number) => void;
}
interface Module {
  readonly init: (options?: { readonly weights?: unknown; readonly state?: unknown; readonly seed?: number; readonly params?: unknown }) => Promise<Step>;
  readonly batchShapes: Readonly<Record<string, readonly number[]>>;
}

type Target = 'wasm' | 'js';

let seed = 1;
const init = () => tf.initializers.glorotUniform({ seed: seed++ });
const { dense, leakyReLU, batchNormalization, dropout } = tf.layers;

function network(inputs: readonly number[], outputs: readonly number[], { normalized = false, dropped = false } = {}): tf.LayersModel {
  const given = inputs.map((width) => tf.input({ shape: [width] }));
  let x = given.length === 1 ? given[0] : (tf.layers.concatenate().apply(given) as tf.SymbolicTensor);
  x = dense({ units: 6, kernelInitializer: init() }).apply(x) as tf.SymbolicTensor;
  if (normalized) x = batchNormalization().apply(x) as tf.SymbolicTensor;
  x = leakyReLU({ alpha: 0.2 }).apply(x) as tf.SymbolicTensor;
  if (dropped) x = dropout({ rate: 0.25, seed: 3 }).apply(x) as tf.SymbolicTensor;
  const heads = outputs.map((units) => dense({ units, kernelInitializer: init() }).apply(x) as tf.SymbolicTensor);
  return tf.model({ inputs: given, outputs: heads.length === 1 ? heads[0] : heads });
}

const normals = (shape: number[], at: number) => tf.randomNormal(shape, 0, 1, 'float32', at);
const oneHot = (...classes: number[]) => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 3), 'float32');
const gan = () => ({ networks: { generator: network([3], [2]), discriminator: network([2], [1]) }, batch: { real: normals([4, 2], 1), generatorInputs: normals([4, 3], 2) } });
const adam = () => ({ generator: tf.train.adam(1e-2, 0.5, 0.9), discriminator: tf.train.adam(1e-2, 0.5, 0.9) });

interface Case {
  readonly spec: string;
  readonly make: () => { readonly networks: Networks; readonly batch: Batch };
  readonly options?: () => Partial<TrainerOptions>;
  readonly steps?: number;
}

const CASES: readonly Case[] = [
  { spec: 'wasserstein + 10*gp', make: gan, options: () => ({ steps: { discriminator: 2 } }) },
  { spec: 'param k = 2 objective = hinge + k*r1', make: gan, options: () => ({ params: { k: 0.5 }, schedule: 'joint', optimizers: { generator: tf.train.rmsprop(1e-2), discriminator: tf.train.momentum(1e-2, 0.9) } }) },
  { spec: 'nonsaturating + every(3, r1) + linear(1, 0, 3)*r2', make: gan, steps: 5 },
  // SGD: the first step's slope by the last bias is zero but for rounding, of which Adam makes a step
  { spec: 'hinge + 0.3*lecam', make: gan, options: () => ({ optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) } }) },
  { spec: 'weight_clip 0.3 objective = wasserstein', make: gan, options: () => ({ optimizers: { generator: tf.train.adagrad(1e-2), discriminator: tf.train.sgd(0.5) } }) },
  {
    spec: 'hinge',
    // likewise a bias before a normalisation
    options: () => ({ optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) } }),
    make: () => ({ ...gan(), networks: { generator: network([3], [2], { normalized: true }), discriminator: network([2], [1], { dropped: true }) } }),
  },
  { spec: 'model acgan objective = hinge + acgan', make: () => ({ networks: { generator: network([3, 3], [2]), discriminator: network([2], [1, 3]) }, batch: { real: normals([2, 2], 1), labels: oneHot(0, 2), generatorInputs: [normals([2, 3], 2), oneHot(0, 2)] } }) },
  { spec: 'model infogan objective = hinge + mi', make: () => ({ networks: { generator: network([3, 2], [2]), discriminator: network([2], [1, 2]) }, batch: { real: normals([4, 2], 1), generatorInputs: normals([4, 3], 2), codes: [normals([4, 2], 3)] } }) },
  {
    spec: 'least_squares + 10*cycle',
    make: () => ({
      networks: { x2y: { generator: network([2], [2]), discriminator: network([2], [1]) }, y2x: { generator: network([2], [2]), discriminator: network([2], [1]) } },
      batch: { x: normals([3, 2], 1), y: normals([3, 2], 2) },
    }),
  },
  { spec: 'model stargan objective = wasserstein + classification + reconstruction', make: () => ({ networks: { generator: network([2, 3], [2]), discriminator: network([2], [1, 3]) }, batch: { x: normals([2, 2], 1), label: oneHot(0, 2) } }) },
];

async function build({ spec, make, options }: Case, target: Target) {
  const objective = compile(spec);
  const { networks, batch } = make();
  const all = (): TrainerOptions => ({ optimizers: adam(), seed: 7, ...options?.() });
  const request = { objective, networks, options: all(), batch, math: 'strict', target, relaxedSimd: false, source: { name: 'a.ganloss', objective: objective.text, model: objective.model, version: VERSION } } as const;
  const before = weightsOf(networks);
  const plan = compileStep(request);
  expect(weightsOf(networks)).toEqual(before);
  const text = writeModule(plan);
  const module = (await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as Module;
  return { objective, networks, batch, options: all, request, plan, text, module };
}

/** Of every network, as they are. */
const weightsOf = (networks: Networks) => ('x2y' in networks ? [networks.x2y, networks.y2x] : [networks]).flatMap(({ generator, discriminator }) => [generator, discriminator].map((model) => (model as tf.LayersModel).getWeights().map((weight) => weight.arraySync())));

const numbersOf = (batch: Batch): unknown => Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, Array.isArray(value) ? value.map((tensor: tf.Tensor) => tensor.dataSync()) : (value as tf.Tensor).dataSync()]));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < actual.length; index += 1) expect(Math.abs(actual[index] - expected[index])).toBeLessThan(2e-4 * Math.max(1, Math.abs(expected[index])));
}

describe('a step ahead of time', () => {
  // each case on one of the targets, the first one on both: they are tested against each other elsewhere
  const runs = [['js', CASES[0].spec, CASES[0]] as const, ...CASES.map((each, index) => [index % 2 === 0 ? 'wasm' : 'js', each.spec, each] as const)];
  it.each(runs)('has the losses and weights of the trainer on %s: %s', async (target, _, each) => {
    const { objective, networks, batch, options, module } = await build(each, target);
    const step = await module.init();
    const trained = trainer(objective, networks, { ...options(), mode: 'tape' });
    for (let count = 0; count < (each.steps ?? 3); count += 1) {
      const metrics = step.step(numbersOf(batch));
      const expected = await trained.step(batch);
      expectClose([metrics.generatorLoss, metrics.discriminatorLoss], [expected.generatorLoss, expected.discriminatorLoss]);
      expect(Object.keys(metrics.terms).sort()).toEqual(Object.keys(expected.terms).sort());
      expect(Object.keys(metrics.directions).sort()).toEqual(Object.keys(expected.directions).sort());
    }
    expect(step.stepCount).toBe(each.steps ?? 3);
    const weights = step.weights();
    const { tensors } = await trained.state();
    for (const [name, list] of Object.entries(weights)) list.forEach(({ data }, index) => expectClose(data, tensors.find((tensor) => tensor.name === `weights/${name}/${index}`)!.data));
    trained.dispose();
  });
});

describe('a module of a step', () => {
  it('has the same bytes every time', async () => {
    for (const target of ['wasm', 'js'] as const) {
      const { request, text } = await build(CASES[0], target);
      const again = compileStep({ ...request, options: { ...request.options, optimizers: adam() } });
      expect(writeModule(again)).toBe(text);
      expect(text).not.toMatch(/tensorflow|tfjs|ganloss\/runtime/);
    }
  });

  it('goes on from a state, bit for bit, and from weights', async () => {
    const { module, batch } = await build(CASES[2], 'wasm');
    const numbers = numbersOf(batch);
    const [whole, first] = [await module.init(), await module.init()];
    for (let count = 0; count < 5; count += 1) whole.step(numbers);
    first.step(numbers);
    first.step(numbers);
    const resumed = await module.init({ state: first.state() });
    for (let count = 0; count < 3; count += 1) resumed.step(numbers);
    expect(resumed.weights()).toEqual(whole.weights());
    expect(resumed.stepCount).toBe(5);
    const given = await module.init({ weights: whole.weights() });
    expect(given.weights()).toEqual(whole.weights());
    expect((await module.init({ seed: 8 })).step(numbers)).not.toEqual((await module.init({ seed: 9 })).step({ ...(numbers as object), real: [1, 2, 3, 4, 5, 6, 7, 8] }));
    await expect(module.init({ weights: { critic: [] } })).rejects.toThrow("there is no network 'critic': there are generator, discriminator");
  });

  it('draws what the batch leaves out, as the trainer does', async () => {
    const each: Case = { ...CASES[0], options: () => ({ noise: 3 }) };
    const { objective, networks, batch, options, module } = await build(each, 'wasm');
    const step = await module.init();
    const trained = trainer(objective, networks, { ...options(), mode: 'tape' });
    for (let count = 0; count < 2; count += 1) {
      const { generatorLoss, discriminatorLoss } = step.step({ real: (batch.real as tf.Tensor).dataSync() });
      const expected = await trained.step({ real: batch.real });
      expectClose([generatorLoss, discriminatorLoss], [expected.generatorLoss, expected.discriminatorLoss]);
    }
    trained.dispose();
  });

  it('refuses what is wrong, changing nothing', async () => {
    const { module, batch } = await build(CASES[1], 'wasm');
    const step = await module.init();
    const numbers = numbersOf(batch) as { readonly real: Float32Array; readonly generatorInputs: Float32Array };
    step.step(numbers);
    const before = step.state();
    expect(() => step.step({ generatorInputs: numbers.generatorInputs })).toThrow("'real' is missing: [4,2] numbers");
    expect(() => step.step({ ...numbers, real: [1] })).toThrow("'real' has 1 numbers, not the 8 of [4,2]");
    expect(() => step.step({ ...numbers, real: numbers.real.map(() => NaN) })).toThrow("the discriminator's loss or gradient is not finite in step 2");
    expect(step.state()).toEqual(before);
    expect(() => step.setParam('l', 1)).toThrow("there is no param 'l'");
    step.setParam('k', 0);
    step.step(numbers);
    expect(step.stepCount).toBe(2);
  });

  it('tells its types', async () => {
    const { plan } = await build(CASES[0], 'js');
    expect(writeTypes(plan)).toContain('  /** [4, 2] */\n  readonly real: ArrayLike<number>;');
    expect(writeTypes(plan)).toContain("export type NetworkName = 'generator' | 'discriminator';");
  });

  it('needs a trainer for pools', async () => {
    await expect(build({ spec: 'pool tensor_pool(size: 5) objective = hinge', make: gan }, 'js')).rejects.toThrow('the pool chooses among tensors of earlier steps');
  });
});
