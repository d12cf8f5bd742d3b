import type * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../runtime/distributions.ts';
import type { RandomSource } from '../runtime/random.ts';

/** What a TF-GAN model takes where Python passes a tensor, a list of tensors or a dictionary of them. */
export type Inputs = tf.Tensor | readonly tf.Tensor[] | { readonly [name: string]: tf.Tensor };

/**
 * A network: a `tf.LayersModel`, or a function. A function brings what TensorFlow would find in its variable scope: its variables, and
 * the regularisation losses of its layers. Variables with `trainable: false` are batch statistics and the like: forward passes change
 * them, optimisers do not. A function must create no variables of its own.
 */
export interface NetworkProperties {
  readonly variables?: readonly tf.Variable[];
  readonly regularizationLosses?: () => readonly tf.Scalar[];
}

/**
 * A discriminator. It is called with data, and with the generator's inputs as its condition (a StarGAN's: with the number of domains).
 * A LayersModel gets as many of the tensors as it has inputs: one of a single input sees the data alone.
 */
export type NetworkFn<Result> = tf.LayersModel | FunctionNetwork<Result>;

export interface FunctionNetwork<Result> extends NetworkProperties {
  // a function states its condition's type itself
  (data: tf.Tensor, condition: never): Result;
}

/**
 * A generator. It is called with the generator's inputs as they are, an InfoGAN's with one list, a StarGAN's with images and domain
 * labels. The inputs of a LayersModel get the tensors in their order.
 */
export type GeneratorFn = tf.LayersModel | (((inputs: never, labels: never) => tf.Tensor) & NetworkProperties);
export type DiscriminatorFn = NetworkFn<tf.Tensor>;
/** (logits, distributions); a LayersModel's further outputs are logits of a Categorical for an int32 code, else means of a Normal of scale 1. */
export type InfoDiscriminatorFn = NetworkFn<readonly [tf.Tensor, readonly Distribution[]]>;
/** (logits, class logits) of an ACGAN; (source, domains) of a StarGAN. */
export type TwoHeadedDiscriminatorFn = NetworkFn<readonly [tf.Tensor, tf.Tensor]>;

/**
 * TF-GAN's GANModel. The networks run when a field is first read, and once; a field read again after its tensor was disposed (another
 * tidy, another step) is computed again. So a model is a tuple of tensors inside one tidy or tape, as in TF-GAN, and a recipe across them.
 */
export interface GANModel {
  readonly kind: 'GANModel' | 'InfoGANModel' | 'ACGANModel';
  readonly generatorInputs: Inputs;
  readonly generatedData: tf.Tensor;
  readonly generatorVariables: readonly tf.Variable[];
  /** The scope of TensorFlow's graph; here what regularises the network, or null for nothing known (`model._replace(generator_scope=None)`). */
  readonly generatorScope: NetworkScope | null;
  readonly generatorFn: (inputs: Inputs) => tf.Tensor;
  readonly realData: tf.Tensor;
  readonly discriminatorRealOutputs: tf.Tensor;
  readonly discriminatorGenOutputs: tf.Tensor;
  readonly discriminatorVariables: readonly tf.Variable[];
  readonly discriminatorScope: NetworkScope | null;
  /** The first output alone, as TF-GAN's `discriminator_fn`; an ACGAN's gives both. */
  readonly discriminatorFn: (data: tf.Tensor, condition: unknown) => tf.Tensor | readonly [tf.Tensor, tf.Tensor];
}

export interface NetworkScope {
  readonly name: string;
  readonly regularizationLosses: () => readonly tf.Scalar[];
}

export interface InfoGANModel extends GANModel {
  readonly kind: 'InfoGANModel';
  readonly structuredGeneratorInputs: readonly tf.Tensor[];
  readonly predictedDistributions: readonly Distribution[];
  readonly discriminatorAndAuxFn: (data: tf.Tensor, condition: unknown) => readonly [tf.Tensor, readonly Distribution[]];
}

export interface ACGANModel extends GANModel {
  readonly kind: 'ACGANModel';
  readonly oneHotLabels: tf.Tensor;
  readonly discriminatorRealClassificationLogits: tf.Tensor;
  readonly discriminatorGenClassificationLogits: tf.Tensor;
}

export interface CycleGANModel {
  readonly kind: 'CycleGANModel';
  readonly modelX2y: GANModel;
  readonly modelY2x: GANModel;
  readonly reconstructedX: tf.Tensor;
  readonly reconstructedY: tf.Tensor;
}

export interface StarGANModel {
  readonly kind: 'StarGANModel';
  readonly inputData: tf.Tensor;
  readonly inputDataDomainLabel: tf.Tensor;
  readonly generatedData: tf.Tensor;
  readonly generatedDataDomainTarget: tf.Tensor;
  readonly reconstructedData: tf.Tensor;
  /** TF-GAN's spelling ("predication"). */
  readonly discriminatorInputDataSourcePredication: tf.Tensor;
  readonly discriminatorGeneratedDataSourcePredication: tf.Tensor;
  readonly discriminatorInputDataDomainPredication: tf.Tensor;
  readonly discriminatorGeneratedDataDomainPredication: tf.Tensor;
  readonly generatorVariables: readonly tf.Variable[];
  readonly generatorScope: NetworkScope | null;
  readonly generatorFn: (data: tf.Tensor, labels: tf.Tensor) => tf.Tensor;
  readonly discriminatorVariables: readonly tf.Variable[];
  readonly discriminatorScope: NetworkScope | null;
  readonly discriminatorFn: (data: tf.Tensor, domains: number) => readonly [tf.Tensor, tf.Tensor];
}

export type AnyModel = GANModel | InfoGANModel | ACGANModel | CycleGANModel | StarGANModel;

/** Losses are computed when they are read, like a model's fields: a generator's step does not pay for the discriminator's loss. */
export interface GANLoss {
  readonly generatorLoss: tf.Tensor;
  readonly discriminatorLoss: tf.Tensor;
}

export interface CycleGANLoss {
  readonly lossX2y: GANLoss;
  readonly lossY2x: GANLoss;
}

/** Updates of each player in one step of training. */
export interface GANTrainSteps {
  readonly generatorTrainSteps: number;
  readonly discriminatorTrainSteps: number;
}

/** Where losses put their summaries: a `SummaryWriter`, a list (`createSummaryList`), or what one likes. */
export interface SummarySink {
  /** The tensor may belong to a tape or a tidy: what is to outlive the call must be cloned. */
  readonly scalar: (tag: string, value: tf.Tensor) => void;
  /**
   * So many sinks, the summaries of which follow one another, here, however they arrive: a loss that is read later may come first in
   * TF-GAN. Without it summaries come in the order in which losses are read.
   */
  readonly places?: (count: number) => readonly SummarySink[];
}

/** `tf.compat.v1.losses.Reduction`. */
export const Reduction = {
  NONE: 'none',
  SUM: 'sum',
  MEAN: 'mean',
  SUM_OVER_BATCH_SIZE: 'sum_over_batch_size',
  SUM_OVER_NONZERO_WEIGHTS: 'sum_over_nonzero_weights',
  SUM_BY_NONZERO_WEIGHTS: 'sum_by_nonzero_weights',
} as const;
export type Reduction = (typeof Reduction)[keyof typeof Reduction];

/** What every loss function of TF-GAN takes beside its tensors. `null` is Python's None: in the tuple forms it means the default. */
export interface CommonLossOptions {
  readonly reduction?: Reduction | null;
  readonly addSummaries?: boolean | null;
  /** Where summaries go; without it `addSummaries` records nothing. */
  readonly summaries?: SummarySink;
  /** Where random draws (alpha) come from. Without it they are seeded from `Math.random`. */
  readonly random?: RandomSource;
}

/**
 * A loss function of a model. A function that declares a second parameter (`fn.length >= 2`) is given the reduction and the summaries of
 * `ganLoss`; one that takes the model alone is called with the model alone, as TF-GAN does by inspecting the signature.
 */
export type LossFn<Model = GANModel> = (model: Model, options: CommonLossOptions) => tf.Tensor;

/** A weight or another option that TF-GAN takes as Python number, Tensor or None. */
export type NumberOrTensor = number | tf.Tensor;
