import type * as tf from '@tensorflow/tfjs';
import type { BoundNetwork, Network } from '../networks.ts';

export type ModelKind = 'gan' | 'infogan' | 'acgan' | 'cyclegan' | 'stargan';
export type PlayerName = 'generator' | 'discriminator';

/** A generator and the discriminator that judges it. */
export interface NetworkPair {
  readonly generator: Network;
  readonly discriminator: Network;
}

/** A cyclegan has a pair for each direction; every other model has one pair. */
export type Networks = NetworkPair | { readonly x2y: NetworkPair; readonly y2x: NetworkPair };

/** What a generator starts from: a tensor, or a list of them. */
export type GeneratorInputs = tf.Tensor | readonly tf.Tensor[];

/**
 * A batch, by model (DESIGN: public API):
 * gan `{ real, generatorInputs }`, acgan also `labels` (one-hot [N, K]), infogan also `codes` (a list), cyclegan `{ x, y }`,
 * stargan `{ x, label, target? }` (one-hot [N, K]); and every declared `input` under its name.
 * Images are [N, H, W, C] or whatever the networks take; the first dimension is the batch.
 */
export type Batch = { readonly [name: string]: tf.Tensor | readonly tf.Tensor[] | undefined };

/** The graph's inputs by name: tensors, lists, or the number of domains. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Draws what a batch leaves out; absent where nothing may be drawn. */
export interface Sampler {
  /** Standard normals [batch, width] for the generator, when the trainer has a `noise` width. */
  readonly noise: ((batchSize: number) => GeneratorInputs) | null;
  /** One class number of [0, classes) a sample, as one-hot [batch, classes]. */
  readonly oneHot: (batchSize: number, classes: number) => tf.Tensor;
}

export interface ModelBindOptions {
  readonly training: boolean;
  readonly codes: readonly tf.Tensor[];
  /** The variables of networks that are functions, by the names of `owned`. */
  readonly variables?: Readonly<Record<string, readonly tf.Variable[]>>;
}

/** How one kind of model binds: what its graphs' names stand for. */
export interface ModelAdapter {
  /** The networks under the graphs' names (G, D, F, Dx, Dy). */
  readonly bind: (networks: Networks, options: ModelBindOptions) => Readonly<Record<string, BoundNetwork>>;
  /** The user's networks that a player owns, by the name diagnostics and checkpoints give them. */
  readonly owned: (networks: Networks, player: PlayerName) => readonly { readonly name: string; readonly network: Network }[];
  /** The batch as graph inputs, checked; fakes are not among them. Tensors made here belong to the enclosing tidy. */
  readonly inputs: (batch: Batch, sampler: Sampler) => Inputs;
  /** The generators' outputs, by the graph's names (fake; fake_x and fake_y). */
  readonly fakes: (bound: Readonly<Record<string, BoundNetwork>>, inputs: Inputs) => Readonly<Record<string, tf.Tensor>>;
  /**
   * What a pool keeps and shows together, a group for each pool, as [input, graph input that takes the pooled one]
   * (TF-GAN pools (generator_inputs, generated_data)).
   */
  readonly pooled: readonly (readonly (readonly [from: string, to: string])[])[];
  /** Whether layers' regularisation losses are added to their player's loss; TF-GAN's stargan_loss leaves them out. */
  readonly regularised: boolean;
}
