import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { differentiate } from '../../runtime/trainer/differentiate.ts';
import { ganTrainOps } from './ganTrainOps.ts';
import { handMadeCycleGan, handMadeGan } from './testing/handMadeGan.ts';
import { tfAdam } from './tfAdam.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batch = () => tf.tensor2d([[1, 2], [-0.5, 0.3], [0.1, -1]]);
const valuesOf = (variables: readonly tf.Variable[]) => variables.map((variable) => [...variable.dataSync()]);

/** What gradient descent makes of variables. */
function descended(loss: () => tf.Tensor, variables: readonly tf.Variable[], rate: number): readonly (readonly number[])[] {
  return tf.tidy(() => differentiate(loss, variables).gradients.map((gradient, index) => [...tf.sub(variables[index], tf.mul(rate, gradient!)).dataSync()]));
}

describe('a train op', () => {
  it("updates its player's variables alone and gives the loss from before", async () => {
    const { model, loss, generator, discriminator } = handMadeGan('a', batch);
    const ops = ganTrainOps(model, loss, tf.train.sgd(0.5), tf.train.sgd(0.1));
    const wanted = { loss: tf.tidy(() => loss.discriminatorLoss.dataSync()[0]), values: descended(() => loss.discriminatorLoss, discriminator, 0.1) };
    const before = valuesOf(generator);
    expect(await ops.discriminatorTrainOp()).toBe(wanted.loss);
    expect(valuesOf(discriminator)).toEqual(wanted.values);
    expect(valuesOf(generator)).toEqual(before);
    const next = descended(() => loss.generatorLoss, generator, 0.5);
    await ops.generatorTrainOp();
    expect(valuesOf(generator)).toEqual(next);
  });

  it('leaves no tensor behind', async () => {
    const { model, loss } = handMadeGan('a', batch);
    const ops = ganTrainOps(model, loss, tfAdam(0.01), tf.train.momentum(0.01, 0.9));
    const step = async () => {
      await ops.generatorTrainOp();
      await ops.discriminatorTrainOp();
      await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
    };
    await step();
    const count = tf.memory().numTensors;
    for (let i = 0; i < 3; i += 1) await step();
    expect(tf.memory().numTensors).toBe(count);
  });

  it('that fails changes nothing, optimisers included', async () => {
    let data = batch();
    const { model, loss, generator, discriminator } = handMadeGan('a', () => data.clone());
    const ops = ganTrainOps(model, loss, tfAdam(0.1), tfAdam(0.1));
    const both = [ops.generatorTrainOp, ops.discriminatorTrainOp];
    await ops.run(both);
    const [then, count] = [valuesOf([...generator, ...discriminator]), tf.memory().numTensors];
    data.dispose();
    data = tf.tensor2d([[NaN, 0]]);
    await expect(ops.run(both)).rejects.toThrow('LossTensor is inf or nan: the loss of the generator is NaN');
    data.dispose();
    data = tf.ones([1, 3]) as tf.Tensor2D;
    await expect(ops.run(both)).rejects.toThrow();
    expect(valuesOf([...generator, ...discriminator])).toEqual(then);
    expect(tf.memory().numTensors).toBe(count);

    data.dispose();
    data = batch();
    await ops.run(both);
    const after = valuesOf([...generator, ...discriminator]);
    // the same two runs without a failure between
    const again = handMadeGan('a', batch);
    const opsAgain = ganTrainOps(again.model, again.loss, tfAdam(0.1), tfAdam(0.1));
    for (let i = 0; i < 2; i += 1) await opsAgain.run([opsAgain.generatorTrainOp, opsAgain.discriminatorTrainOp]);
    expect(after).toEqual(valuesOf([...again.generator, ...again.discriminator]));
  });

  it('applies a NaN where checkNumerics is off', async () => {
    const { model, loss, generator } = handMadeGan('a', () => tf.tensor2d([[NaN, 0]]));
    const ops = ganTrainOps(model, loss, tf.train.sgd(1), tf.train.sgd(1), { checkNumerics: false });
    expect(await ops.generatorTrainOp()).toBeNaN();
    expect(valuesOf(generator)[0].every(Number.isNaN)).toBe(true);
  });

  it('hands gradients to transformGradsFn', async () => {
    const { model, loss, generator } = handMadeGan('a', batch);
    const before = valuesOf(generator)[0];
    const ops = ganTrainOps(model, loss, tf.train.sgd(1), tf.train.sgd(1), {
      transformGradsFn: (pairs) => pairs.map(({ gradient, variable }) => ({ gradient: tf.fill(gradient!.shape, 0.25), variable })),
    });
    await ops.generatorTrainOp();
    expect(valuesOf(generator)[0]).toEqual(before.map((value) => Math.fround(value - 0.25)));
  });

  it('refuses a loss that no variable leads to, and networks without variables', async () => {
    const { model, loss } = handMadeGan('a', batch);
    const constant = { generatorLoss: tf.scalar(1), discriminatorLoss: loss.discriminatorLoss };
    await expect(ganTrainOps(model, constant, tf.train.sgd(1), tf.train.sgd(1)).generatorTrainOp()).rejects.toThrow('the loss of the generator depends on none of its variables');
    expect(() => ganTrainOps({ ...model, generatedData: tf.scalar(0), discriminatorVariables: [] }, loss, tf.train.sgd(1), tf.train.sgd(1))).toThrow('the discriminator has no variables to train');
  });

  it('waits for runs under way', async () => {
    const [one, other] = [handMadeGan('a', batch), handMadeGan('a', batch)];
    const ops = ganTrainOps(one.model, one.loss, tf.train.sgd(0.1), tf.train.sgd(0.1));
    await Promise.all([ops.generatorTrainOp(), ops.discriminatorTrainOp(), ops.generatorTrainOp()]);
    const inTurn = ganTrainOps(other.model, other.loss, tf.train.sgd(0.1), tf.train.sgd(0.1));
    await inTurn.generatorTrainOp();
    await inTurn.discriminatorTrainOp();
    await inTurn.generatorTrainOp();
    expect(valuesOf(one.generator)).toEqual(valuesOf(other.generator));
  });
});

describe('ops that run together', () => {
  it('see the variables from before and share the forward passes', async () => {
    const { model, loss, generator, discriminator, runs } = handMadeGan('a', batch);
    const ops = ganTrainOps(model, loss, tf.train.sgd(0.5), tf.train.sgd(0.1));
    const wanted = [...descended(() => loss.generatorLoss, generator, 0.5), ...descended(() => loss.discriminatorLoss, discriminator, 0.1)];
    Object.assign(runs, { generator: 0, discriminator: 0 });
    const losses = await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
    expect(losses).toHaveLength(2);
    expect(runs).toEqual({ generator: 1, discriminator: 2 });
    expect(valuesOf([...generator, ...discriminator])).toEqual(wanted);
  });

  it('may share one optimiser, which keeps its slots apart', async () => {
    const [one, other] = [handMadeGan('a', batch), handMadeGan('a', batch)];
    const shared = tf.train.momentum(0.1, 0.9);
    const sharing = ganTrainOps(one.model, one.loss, shared, shared);
    const apart = ganTrainOps(other.model, other.loss, tf.train.momentum(0.1, 0.9), tf.train.momentum(0.1, 0.9));
    for (const ops of [sharing, apart]) {
      for (let i = 0; i < 2; i += 1) {
        await ops.discriminatorTrainOp();
        await ops.generatorTrainOp();
        await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
      }
    }
    expect(valuesOf([...one.generator, ...one.discriminator])).toEqual(valuesOf([...other.generator, ...other.discriminator]));
  });

  it('belong to one GANTrainOps', async () => {
    const [one, other] = [handMadeGan('a', batch), handMadeGan('b', batch)];
    const [ops, others] = [one, other].map(({ model, loss }) => ganTrainOps(model, loss, tf.train.sgd(1), tf.train.sgd(1)));
    await expect(ops.run([others.generatorTrainOp])).rejects.toThrow('its own GANTrainOps');
  });
});

describe("a cyclegan's ops", () => {
  it.each(['one optimiser for both directions', 'one each'])('update both directions at once, with %s', async (how) => {
    const { model, loss, x2y, y2x } = handMadeCycleGan(batch);
    const optimizer = () => (how === 'one each' ? { x2y: tf.train.sgd(0.1), y2x: tf.train.sgd(0.1) } : tf.train.sgd(0.1));
    const ops = ganTrainOps(model, loss, optimizer(), optimizer());
    const wanted = [...descended(() => loss.lossX2y.generatorLoss, x2y.generator, 0.1), ...descended(() => loss.lossY2x.generatorLoss, y2x.generator, 0.1)];
    const total = tf.tidy(() => tf.add(loss.lossX2y.generatorLoss, loss.lossY2x.generatorLoss).dataSync()[0]);
    Object.assign(x2y.runs, { generator: 0, discriminator: 0 });
    expect(await ops.generatorTrainOp()).toBeCloseTo(total, 5);
    expect(x2y.runs).toEqual({ generator: 1, discriminator: 1 });
    expect(valuesOf([...x2y.generator, ...y2x.generator])).toEqual(wanted);
  });

  it('have a part for each direction', async () => {
    const { model, loss, x2y, y2x } = handMadeCycleGan(batch);
    const ops = ganTrainOps(model, loss, tf.train.sgd(0.1), tf.train.sgd(0.1));
    const before = valuesOf(x2y.discriminator);
    const wanted = tf.tidy(() => [loss.lossX2y, loss.lossY2x].map(({ discriminatorLoss }) => discriminatorLoss.dataSync()[0]));
    const after = descended(() => loss.lossY2x.discriminatorLoss, y2x.discriminator, 0.1);
    expect(await ops.discriminatorTrainOp.parts[1]()).toBe(wanted[1]);
    expect(valuesOf(x2y.discriminator)).toEqual(before);
    expect(valuesOf(y2x.discriminator)).toEqual(after);
    expect((await ops.run(ops.discriminatorTrainOp.parts))[0]).toBe(wanted[0]);
  });
});
