import * as tf from '@tensorflow/tfjs';
import { normals } from '../../../runtime/random.ts';
import type { CycleGANLoss, CycleGANModel, GANLoss, GANModel } from '../../types.ts';

/** How often each network ran. */
export interface Runs {
  generator: number;
  discriminator: number;
}

export interface HandMadeGan {
  readonly model: GANModel;
  readonly loss: GANLoss;
  readonly generator: readonly tf.Variable[];
  readonly discriminator: readonly tf.Variable[];
  readonly runs: Runs;
}

/** A field that is computed when it is read, and again once it was disposed. */
function lazy<T extends tf.Tensor>(compute: () => T): () => T {
  let value: T | null = null;
  return () => (value = value === null || value.isDisposed ? compute() : value);
}

/**
 * A Wasserstein GAN of two dense networks, written without the facade's models and losses: z → tanh(z·w), x → tanh(x·v)·u.
 *
 * @param batch gives the real data [N, 2] of a run; the generator's inputs are the same numbers
 */
export function handMadeGan(name: string, batch: () => tf.Tensor2D): HandMadeGan {
  const variable = (field: string, shape: [number, number]) => tf.tidy(() => tf.variable(tf.tensor(normals(5, `${name}/${field}`, shape[0] * shape[1]), shape)));
  const [w, v, u] = [variable('w', [2, 2]), variable('v', [2, 3]), variable('u', [3, 1])];
  const runs: Runs = { generator: 0, discriminator: 0 };
  const G = (z: tf.Tensor): tf.Tensor => {
    runs.generator += 1;
    return tf.tanh(tf.matMul(z, w));
  };
  const D = (x: tf.Tensor): tf.Tensor => {
    runs.discriminator += 1;
    return tf.matMul(tf.tanh(tf.matMul(x, v)), u);
  };
  const real = lazy(batch);
  const fake = lazy(() => G(real()));
  const onReal = lazy(() => D(real()));
  const onFake = lazy(() => D(fake()));
  const model: Partial<GANModel> = {
    kind: 'GANModel',
    generatorVariables: [w],
    discriminatorVariables: [v, u],
    get generatedData() {
      return fake();
    },
  };
  const loss: GANLoss = {
    get generatorLoss() {
      return tf.neg(tf.mean(onFake()));
    },
    get discriminatorLoss() {
      return tf.sub(tf.mean(onFake()), tf.mean(onReal()));
    },
  };
  // the other fields are for losses, and these losses read none
  return { model: model as GANModel, loss, generator: [w], discriminator: [v, u], runs };
}

/** Two of them, each generator's loss with a share of the other's. */
export function handMadeCycleGan(batch: () => tf.Tensor2D): { readonly model: CycleGANModel; readonly loss: CycleGANLoss; readonly x2y: HandMadeGan; readonly y2x: HandMadeGan } {
  const [x2y, y2x] = [handMadeGan('x2y', batch), handMadeGan('y2x', batch)];
  const cycled = (own: HandMadeGan): GANLoss => ({
    get generatorLoss() {
      return tf.add(own.loss.generatorLoss, tf.mean(tf.abs(tf.sub(x2y.model.generatedData, y2x.model.generatedData))));
    },
    get discriminatorLoss() {
      return own.loss.discriminatorLoss;
    },
  });
  const model: Partial<CycleGANModel> = { kind: 'CycleGANModel', modelX2y: x2y.model, modelY2x: y2x.model };
  return { model: model as CycleGANModel, loss: { lossX2y: cycled(x2y), lossY2x: cycled(y2x) }, x2y, y2x };
}
