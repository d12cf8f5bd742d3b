import * as tf from '@tensorflow/tfjs';
import type { Batch, Networks, RandomSource, TrainerOptions } from '../../../../src/index.ts';
import { dataOf, weightsOf, type Phase } from '../../cases.ts';
import { NETWORKS, tensorsOf, variablesOf, type NetworkOf, type SteppedCase } from '../../networks.ts';

/**
 * The objective of a case. The cyclegan's, L_G = mean (DB(GA(a)) − 1)² + mean (DA(GB(b)) − 1)² + 10·(the cycle's L1 of a plus that of b),
 * is not `least_squares + 10*cycle`: TF-GAN halves the squares of both players, where the case halves the discriminators' alone, and its
 * cycle is the mean of the two directions, where the case has their sum.
 */
const OBJECTIVES: { readonly [C in SteppedCase]: string } = {
  mlp64: 'wasserstein + 10*gp',
  mlp256: 'wasserstein + 10*gp',
  dcgan: 'wasserstein + 10*gp',
  cyclegan: 'least_squares.discriminator + 2*least_squares.generator + 20*cycle',
};

export interface Setup {
  readonly objective: string;
  readonly networks: Networks;
  readonly batch: Batch;
  readonly options: Omit<TrainerOptions, 'optimizers' | 'steps'>;
}

/** What a trainer is given for a case: networks with the case's weights, its batch, and its draws. */
export function setUp(name: SteppedCase): Setup {
  const { D, G } = NETWORKS[name];
  const weights = Object.fromEntries(Object.entries(weightsOf(name)).map(([network, values]) => [network, variablesOf(tensorsOf(values))]));
  const { alpha, ...data } = tensorsOf(dataOf(name));
  const network = (run: NetworkOf, key: string) => Object.assign((x: tf.Tensor) => run(weights[key], x), { variables: Object.values(weights[key]) });
  const random = (): RandomSource => fixed(alpha);
  const objective = OBJECTIVES[name];
  if (name === 'cyclegan') {
    const networks = { x2y: { generator: network(G, 'GA'), discriminator: network(D, 'DB') }, y2x: { generator: network(G, 'GB'), discriminator: network(D, 'DA') } };
    return { objective, networks, batch: { x: data.a, y: data.b }, options: {} };
  }
  return { objective, networks: { generator: network(G, 'G'), discriminator: network(D, 'D') }, batch: { real: data.real, generatorInputs: data.z }, options: { random } };
}

export function adam(): tf.Optimizer {
  return tf.train.adam(1e-4, 0.5, 0.9, 1e-7);
}

export function updatesOf(phase: Phase): { readonly generator: number; readonly discriminator: number } {
  return phase === 'D' ? { generator: 0, discriminator: 1 } : { generator: 1, discriminator: 0 };
}

/** A source whose only draw is the same at every step. */
function fixed(alpha: tf.Tensor): RandomSource {
  const none = (draw: string): never => {
    throw new Error(`the case draws no '${draw}'`);
  };
  return {
    uniform(draw, shape) {
      if (shape.join() !== alpha.shape.join()) throw new Error(`'${draw}' has the shape [${shape}], the case's alpha [${alpha.shape}]`);
      return tf.clone(alpha);
    },
    normal: none,
    numbers: none,
  };
}
