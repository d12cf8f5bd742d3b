import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cycleganLoss, cycleganModel, ganLoss, ganModel, ganTrainOps, infoganModel, normal, starganLoss, starganModel, tensorPool, type CycleGANLoss, type GANLoss } from '../../tfgan.ts';
import { denseNetwork, sample, type Counted } from '../models/testing/denseNetworks.ts';
import type { AnyModel } from '../types.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Trained {
  readonly model: AnyModel;
  readonly loss: GANLoss | CycleGANLoss;
  readonly networks: readonly Pick<Counted<unknown>, 'calls'>[];
}

const twoHeads = (name: string) => denseNetwork(name, [2, 4], (hidden) => [tf.slice(hidden, [0, 0], [-1, 1]), tf.slice(hidden, [0, 1], [-1, 3])] as const);

/** Each model, its loss and how often the graph runs its networks. */
const CASES: Readonly<Record<string, () => Trained>> = {
  gan() {
    const [G, D] = [denseNetwork('G', [3, 2]), denseNetwork('D', [2, 1])];
    const model = ganModel(G.network, D.network, (random) => random.normal('x', [4, 2]), (random) => random.normal('z', [4, 3]));
    return { model, loss: ganLoss(model, { gradientPenaltyWeight: 10 }), networks: [G, D] };
  },
  pooled() {
    const { model, networks } = CASES.gan();
    return { model, loss: ganLoss(model as ReturnType<typeof ganModel>, { tensorPoolFn: tensorPool({ poolSize: 3, seed: 1 }) }), networks };
  },
  infogan() {
    const G = denseNetwork('G', [5, 2]);
    const D = denseNetwork('D', [2, 2], (hidden) => [tf.sum(hidden, 1, true), [normal(hidden, 1)]] as const);
    const model = infoganModel(G.network, D.network, sample('x', [4, 2]), [sample('z', [4, 3])], (random) => [random.uniform('code', [4, 2])]);
    return { model, loss: ganLoss(model, { mutualInformationPenaltyWeight: 1 }), networks: [G, D] };
  },
  cyclegan() {
    const [F, G, Dy, Dx] = [denseNetwork('F', [2, 2]), denseNetwork('G', [2, 2]), denseNetwork('Dy', [2, 1]), denseNetwork('Dx', [2, 1])];
    const model = cycleganModel({ x2y: F.network, y2x: G.network }, { x2y: Dy.network, y2x: Dx.network }, (random) => random.normal('x', [4, 2]), sample('y', [4, 2]));
    return { model, loss: cycleganLoss(model), networks: [F, G, Dy, Dx] };
  },
  stargan() {
    const [G, D] = [denseNetwork('G', [5, 2]), twoHeads('D')];
    const translate = Object.assign((data: tf.Tensor, labels: tf.Tensor) => G.network(tf.concat([data, labels], 1), undefined as never), { variables: [G.w] });
    const model = starganModel(translate, D.network, sample('x', [4, 2]), tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3).toFloat());
    return { model, loss: starganLoss(model), networks: [G, D] };
  },
};

describe('a run evaluates networks as often as TF-GAN’s graph', () => {
  it.each([
    // name, runs of each network for an update of the generator, of the discriminator, of both together
    ['gan', [1, 1], [1, 3], [1, 3]],
    ['pooled', [1, 1], [1, 2], [1, 3]],
    ['infogan', [1, 1], [1, 2], [1, 2]],
    ['cyclegan', [2, 2, 1, 1], [1, 1, 2, 2], [2, 2, 2, 2]],
    ['stargan', [2, 1], [1, 3], [2, 3]],
  ])('%s', async (name, generator, discriminator, both) => {
    const { model, loss, networks } = CASES[name]();
    const ops = ganTrainOps(model, loss, tf.train.sgd(0.01), tf.train.sgd(0.01));
    const runsOf = async (train: () => Promise<unknown>): Promise<readonly number[]> => {
      const before = networks.map(({ calls }) => calls.length);
      await train();
      return networks.map(({ calls }, index) => calls.length - before[index]);
    };
    expect(await runsOf(ops.generatorTrainOp)).toEqual(generator);
    expect(await runsOf(ops.discriminatorTrainOp)).toEqual(discriminator);
    expect(await runsOf(() => ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]))).toEqual(both);
    const count = tf.memory().numTensors;
    await ops.run([ops.generatorTrainOp, ops.discriminatorTrainOp]);
    // a pool that is not full yet keeps the batch: inputs and samples
    expect(tf.memory().numTensors).toBe(name === 'pooled' ? count + 2 : count);
  });
});
