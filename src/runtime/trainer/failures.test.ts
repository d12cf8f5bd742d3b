import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { formatStart } from '../../support/source.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { createTrainer, type BatchSource, type Trainer } from './createTrainer.ts';
import type { OnNaN, Schedule, TrainerMode } from './options.ts';
import { fillWeights, mlp, tensor } from './testing/networks.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SPEC = `
pool tensor_pool(size: 2)
param lambda = 10
term drift() { discriminator = square(ema(mean(D(real)), decay: 0.5)) + 0*mean(pool(D(real), size: 2)) }
wasserstein + lambda*gp + drift()`;

const OBJECTIVE = compile(SPEC);

interface Faulty {
  readonly trainer: Trainer;
  /** From now on the given call of the network throws, counted from 1; null for none. */
  readonly breakAt: (network: 'generator' | 'discriminator', call: number | null) => void;
}

/** A trainer with every kind of state, whose networks can be made to throw. */
function faultyTrainer({ schedule = 'sequential', onNaN, mode }: { readonly schedule?: Schedule; readonly onNaN?: OnNaN; readonly mode?: TrainerMode } = {}): Faulty {
  const norm = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.batchNormalization()] });
  fillWeights(norm, 'faulty');
  const discriminator = mlp('d', [2, 5, 1]);
  const calls = { generator: Infinity, discriminator: Infinity };
  const broken = (name: 'generator' | 'discriminator', model: tf.LayersModel) =>
    Object.assign(
      (x: tf.Tensor) => {
        const output = model.apply(x, { training: true }) as tf.Tensor;
        // something of this call is already on the tape
        const result = tf.mul(output, 1);
        if (--calls[name] === 0) throw new Error(`the ${name} is broken`);
        return result;
      },
      { variables: model.weights.map((weight) => weight.read() as tf.Variable) },
    );
  const trainer = createTrainer(
    OBJECTIVE,
    { generator: broken('generator', norm), discriminator: broken('discriminator', discriminator) },
    { optimizers: { generator: tf.train.adam(0.01, 0, 0.9), discriminator: tf.train.rmsprop(0.01) }, noise: 3, ema: 0.9, steps: { generator: 1, discriminator: 3 }, schedule, onNaN, mode, warn: () => undefined },
  );
  return { trainer, breakAt: (network, call) => void (calls[network] = call ?? Infinity) };
}

const SPOILT = { short: { real: tf.ones([4, 2]) }, wide: { real: tf.ones([4, 3]) }, nan: { real: tf.fill([4, 2], NaN) } };
const batch = (index = 0) => ({ real: tensor(`real${index}`, [4, 2]) });

/** Everything but the time. */
async function stepOf(trainer: Trainer, source: BatchSource) {
  const { ms: _, ...metrics } = await trainer.step(source);
  return metrics;
}

/** Runs steps with one that fails after `done` good ones; the rest must be as if it had never been. */
async function expectNoTrace(make: () => Faulty, done: number, fail: (faulty: Faulty) => Promise<unknown>, message: string): Promise<void> {
  const [faulty, healthy] = [make(), make()];
  for (let i = 0; i < done; i += 1) {
    await faulty.trainer.step(batch(i));
    await healthy.trainer.step(batch(i));
  }
  const before = await faulty.trainer.state();
  const count = tf.memory().numTensors;
  await expect(fail(faulty)).rejects.toThrow(message);
  expect(tf.memory().numTensors).toBe(count);
  expect(await faulty.trainer.state()).toEqual(before);
  expect(faulty.trainer.stepCount).toBe(done);
  expect(await stepOf(faulty.trainer, batch(done))).toEqual(await stepOf(healthy.trainer, batch(done)));
  // names of layers differ between the two
  const values = async ({ trainer }: Faulty) => (await trainer.state()).tensors.map(({ data }) => data);
  expect(await values(faulty)).toEqual(await values(healthy));
  faulty.trainer.dispose();
  healthy.trainer.dispose();
}

const failing = (network: 'generator' | 'discriminator', call: number) => (faulty: Faulty) => {
  faulty.breakAt(network, call);
  const result = faulty.trainer.step(SPOILT.short);
  const heal = () => faulty.breakAt(network, null);
  result.then(heal, heal);
  return result;
};

describe('a step that fails leaves no trace', () => {
  // a discriminator update calls the generator once, the discriminator on fakes, reals and inside the gradient of gp
  it.each([
    ['generator', 1],
    ['generator', 2],
    ['generator', 4],
    ['discriminator', 1],
    ['discriminator', 2],
    ['discriminator', 5],
    ['discriminator', 10],
  ] as const)('call %2$i of the %1$s throws, in the first step and the fourth', async (network, call) => {
    // compiled steps do not call networks
    await expectNoTrace(() => faultyTrainer({ mode: 'tape' }), 0, failing(network, call), 'is broken');
    await expectNoTrace(() => faultyTrainer({ mode: 'tape' }), 3, failing(network, call), 'is broken');
  });

  it('in a joint update', async () => {
    await expectNoTrace(() => faultyTrainer({ schedule: 'joint' }), 2, failing('discriminator', 3), 'is broken');
  });

  it('when the batch is no batch', async () => {
    await expectNoTrace(faultyTrainer, 3, ({ trainer }) => trainer.step({}), "the batch has no 'real'");
    await expectNoTrace(faultyTrainer, 3, ({ trainer }) => trainer.step(SPOILT.wide), 'differ in shape');
    await expectNoTrace(faultyTrainer, 3, ({ trainer }) => trainer.step(() => Promise.reject(new Error('no more data'))), 'no more data');
  });

  it('when the last of several updates is not finite', async () => {
    let calls = 0;
    const poisoned = () => ({ real: ++calls === 4 ? tf.fill([4, 2], NaN) : tensor('real', [4, 2]) });
    await expectNoTrace(
      faultyTrainer,
      3,
      ({ trainer }) => {
        calls = 0;
        return trainer.step(poisoned);
      },
      "discriminator, step 4, term 'wasserstein': 'real' in the batch holds 8 NaN among 8 values",
    );
  });
});

describe('values that are not finite', () => {
  const nanTrainer = (spec: string, onNaN: OnNaN, discriminator = mlp('d', [2, 5, 1])) =>
    createTrainer(compile(spec), { generator: mlp('g', [3, 5, 2]), discriminator }, {
      optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) },
      noise: 3,
      onNaN,
    });
  const diagnosticOf = async (trainer: Trainer, source: BatchSource) => {
    const error: unknown = await trainer.step(source).catch((reason: unknown) => reason);
    if (!(error instanceof SpecError)) throw error;
    return error.diagnostics[0];
  };

  it('are traced to the operation of the specification that made them', async () => {
    const spec = 'term bad() { discriminator = mean(log(D(real) - 1000)) }\nwasserstein + 2*bad()';
    const { code, message, span } = await diagnosticOf(nanTrainer(spec, 'throw'), batch());
    expect(code).toBe('GL6001');
    expect(message.replaceAll(/-(100\d|99\d)(\.\d+)?/g, '-#')).toBe("discriminator, step 1, term 'bad': tf.log holds 4 NaN among 4 values, of between -# and -#");
    expect(span && [formatStart(span), span.source.text.slice(span.start, span.end)]).toEqual(['1:35', 'log(D(real) - 1000)']);
  });

  it('are traced to the gradient when only that is not finite', async () => {
    const spec = 'term bad() { discriminator = mean(sqrt(relu(D(real) - 1000))) }\nwasserstein + bad()';
    const { message } = await diagnosticOf(nanTrainer(spec, 'throw'), batch());
    expect(message).toMatch(/^discriminator, step 1: the gradient for .* holds \d+ NaN/);
  });

  it.each(['tape', 'captured'] as const)('are traced to the layer that made them, with the bounds of what it was given: %s', async (mode) => {
    const discriminator = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2], name: 'innocent' }), tf.layers.dense({ units: 3, name: 'guilty', useBias: false }), tf.layers.reLU(), tf.layers.dense({ units: 1 })] });
    fillWeights(discriminator, 'layers');
    discriminator.layers[1].setWeights([tf.fill([3, 3], 3e38)]);
    const trainer = createTrainer(compile('wasserstein'), { generator: mlp('g', [3, 5, 2]), discriminator }, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 3, mode });
    const { message } = await diagnosticOf(trainer, { real: tf.fill([4, 2], 100) });
    expect(message).toMatch(/^generator, step 1, term 'wasserstein': the output of the layer guilty \(Dense\) holds .* infinite among 12 values.*, of inputs between -?[\d.]+ and [\d.]+ and guilty\/kernel\S* 3e\+38$/);
    trainer.dispose();
  });

  it('are traced to weights', async () => {
    const discriminator = mlp('d', [2, 5, 1]);
    discriminator.weights[0].write(tf.fill([2, 5], Infinity));
    const { message } = await diagnosticOf(nanTrainer('wasserstein', 'throw', discriminator), batch());
    expect(message).toMatch(/the discriminator's variable .*, before the update, holds 10 infinite among 10 values/);
  });

  it("are left out and counted under 'skip', and leave no trace", async () => {
    const { trainer } = faultyTrainer({ onNaN: 'skip' });
    for (let i = 0; i < 3; i += 1) await trainer.step(batch(i));
    const before = await trainer.state();
    const metrics = await trainer.step({ real: tf.fill([4, 2], NaN) });
    const after = await trainer.state();
    expect(metrics.skipped).toEqual({ generator: 0, discriminator: 3 });
    expect(metrics.discriminatorLoss).toBeNaN();
    expect(metrics.generatorLoss).not.toBeNaN();
    expect(after.step).toBe(4);
    const changed = after.tensors.filter(({ data }, index) => String(data) !== String(before.tensors[index].data)).map(({ name }) => name.split('/').slice(0, 2).join('/'));
    expect([...new Set(changed)].sort()).toEqual(['ema/0', 'ema/1', 'ema/2', 'ema/3', 'optimizer/generator', 'weights/generator']);
    trainer.dispose();
  });

  it("are applied under 'ignore'", async () => {
    const discriminator = mlp('d', [2, 5, 1]);
    const trainer = nanTrainer('wasserstein', 'ignore', discriminator);
    const metrics = await trainer.step({ real: tf.fill([4, 2], NaN) });
    expect(metrics.skipped).toEqual({ generator: 0, discriminator: 0 });
    expect(discriminator.weights[0].read().dataSync().every(Number.isNaN)).toBe(true);
    trainer.dispose();
  });

  it('are not seen where finite gradients merely add up to more than a float32 holds', async () => {
    const v = tf.variable(tf.fill([4], 0.1));
    const networks = { generator: Object.assign((z: tf.Tensor) => tf.mul(z, v), { variables: [v] }), discriminator: mlp('d', [4, 1]) };
    const spec = 'term huge() { generator = sum(fake)*1e38 }\nwasserstein + huge()';
    const trainer = createTrainer(compile(spec), networks, { optimizers: { generator: tf.train.sgd(0), discriminator: tf.train.sgd(0) }, steps: { discriminator: 0 } });
    const metrics = await trainer.step({ real: tf.ones([1, 4]), generatorInputs: tf.tensor([[1.5, 1.5, 1.5, -1]]) });
    expect(metrics.terms.huge.generator?.raw).toBeCloseTo(0.35e38, -36);
    expect(metrics.skipped).toEqual({ generator: 0, discriminator: 0 });
    trainer.dispose();
  });
});
