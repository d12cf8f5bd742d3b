import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../runtime/gradients/installGradients.ts';
import { createRandom } from '../runtime/random.ts';
import { differentiate } from '../runtime/trainer/differentiate.ts';
import { ganLoss, losses } from './facade.ts';
import { acganModel } from './models/acganModel.ts';
import { ganModel } from './models/ganModel.ts';

let uninstall = () => {};
beforeAll(async () => {
  await tf.setBackend('cpu');
  uninstall = installGradients();
});
afterAll(() => uninstall());

/** How often each kernel runs, but for Identity, which computes nothing: a second tensor of the same data. */
async function kernelsOf(f: () => unknown): Promise<Readonly<Record<string, number>>> {
  const { kernels } = await tf.profile(() => {
    tf.tidy(() => void f());
    return tf.scalar(0);
  });
  const counts: Record<string, number> = {};
  for (const { name } of kernels.filter((kernel) => kernel.name !== 'Identity')) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const random = createRandom(6, 'draws');
const sample = (seed: number, rows: number, columns: number) => createRandom(seed, 'data').normal('x', [rows, columns]);

function networks() {
  const [w, v, u] = [tf.variable(sample(1, 3, 2)), tf.variable(sample(2, 2, 1)), tf.variable(sample(3, 2, 5))];
  const G = Object.assign((z: tf.Tensor): tf.Tensor => tf.tanh(tf.matMul(z, w)), { variables: [w] });
  const D = Object.assign((x: tf.Tensor): tf.Tensor => tf.matMul(tf.tanh(x), v), { variables: [v] });
  const both = Object.assign((x: tf.Tensor) => [D(x), tf.matMul(x, u)] as const, { variables: [v, u] });
  return { G, D, both, real: sample(4, 4, 2), z: sample(5, 4, 3), w, v, u };
}

describe('the kernels of ganLoss', () => {
  it('are those of a gradient penalty GAN written by hand, for either player, for both and for their gradients', async () => {
    const { G, D, real, z, w, v } = networks();
    const model = () => ganLoss(ganModel(G, D, real, z), { gradientPenaltyWeight: 10, random });
    const penalty = (fake: tf.Tensor) => {
      const alpha = random.uniform('gp.0', [4, 1]);
      const point = tf.add(real, tf.mul(alpha, tf.sub(fake, real)));
      const slopes = tf.sqrt(tf.add(tf.sum(tf.square(tf.grad((x) => D(x))(point)), 1), 1e-10));
      return tf.mean(tf.square(tf.sub(slopes, 1)));
    };
    const generator = (onFake: tf.Tensor) => tf.neg(tf.mean(onFake));
    const discriminator = (fake: tf.Tensor, onFake: tf.Tensor) => tf.add(tf.sub(tf.mean(onFake), tf.mean(D(real))), tf.mul(10, penalty(fake)));
    const byHand = {
      generator: () => generator(D(G(z))),
      discriminator() {
        const fake = G(z);
        return discriminator(fake, D(fake));
      },
      both() {
        const fake = G(z);
        const onFake = D(fake);
        return [generator(onFake), discriminator(fake, onFake)];
      },
    };
    const both = () => {
      const { generatorLoss, discriminatorLoss } = model();
      return [generatorLoss, discriminatorLoss];
    };
    // compiled beforehand
    tf.tidy(() => void both());
    expect(await kernelsOf(() => model().generatorLoss)).toEqual(await kernelsOf(byHand.generator));
    expect(await kernelsOf(() => model().discriminatorLoss)).toEqual(await kernelsOf(byHand.discriminator));
    expect(await kernelsOf(both)).toEqual(await kernelsOf(byHand.both));
    expect(await kernelsOf(() => differentiate(() => model().generatorLoss, [w]))).toEqual(await kernelsOf(() => differentiate(byHand.generator, [w])));
    expect(await kernelsOf(() => differentiate(() => model().discriminatorLoss, [v]))).toEqual(await kernelsOf(() => differentiate(byHand.discriminator, [v])));
  });

  it('do not grow by summaries but by what these need', async () => {
    const { G, D, real, z } = networks();
    const seen: string[] = [];
    const summaries = { scalar: (tag: string) => void seen.push(tag) };
    const read = (options: object) => () => ganLoss(ganModel(G, D, real, z), options).discriminatorLoss;
    tf.tidy(() => void read({ summaries })());
    expect(await kernelsOf(read({ summaries }))).toEqual(await kernelsOf(read({})));
    expect(seen).toHaveLength(6);
  });

  it('call each network as often as TF-GAN does, and the heads of a call are one call', async () => {
    const { G, both, real, z } = networks();
    const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d([0, 1, 2, 3], 'int32'), 5), 'float32'));
    const read = () => {
      const loss = ganLoss(acganModel(G, both, real, z, labels), { auxCondGeneratorWeight: 1, auxCondDiscriminatorWeight: 1 });
      return [loss.generatorLoss, loss.discriminatorLoss];
    };
    const { BatchMatMul } = await kernelsOf(read);
    // G once; two products for each call of D, on real and on generated data
    expect(BatchMatMul).toBe(1 + 2 * 2);
    const alone = await kernelsOf(() => losses.acganGeneratorLoss(acganModel(G, both, real, z, labels)));
    expect(alone.BatchMatMul).toBe(1 + 2);
  });
});
