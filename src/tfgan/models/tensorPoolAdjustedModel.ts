import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { Nest } from '../../runtime/nest.ts';
import type { ACGANModel, AnyModel, GANModel, InfoGANModel, Inputs } from '../types.ts';
import { joinFields, overrideFields } from './fields.ts';
import { rememberData, rememberResult } from './remember.ts';

/** Takes values that belong together and answers with such that it was given before, or with these: `tensorPool()` makes one. */
export type TensorPoolFn = (values: readonly Nest[]) => readonly Nest[];

/**
 * TF-GAN's `tensor_pool_adjusted_model`: the model whose discriminator sees pooled samples, together with the inputs they were made
 * from. The pool is asked once, when a pooled field is first read.
 *
 * @throws SpecError GL3006 for a model that TF-GAN does not pool
 */
export function tensorPoolAdjustedModel<Model extends AnyModel>(model: Model, tensorPoolFn: TensorPoolFn): Model {
  const pooled = POOLED[model.kind];
  if (pooled === null) return fail('GL3006', `Tensor pool does not support \`model\`: ${model.kind}.`);
  return overrideFields<Model>(model, pooled(model as never, tensorPoolFn) as Partial<Model>);
}

/** How each kind of model is pooled. */
const POOLED: { readonly [Kind in AnyModel['kind']]: ((model: never, tensorPoolFn: TensorPoolFn) => Partial<GANModel>) | null } = {
  GANModel: poolGan,
  ACGANModel: poolAcgan,
  InfoGANModel: poolInfogan,
  CycleGANModel: null,
  StarGANModel: null,
};

/** The fields that all kinds have in common: what the pool answers, and what the discriminator's outputs on it are. */
function pooledFields<Output>(pooled: () => readonly [Inputs, tf.Tensor, ...unknown[]], outputs: () => Output, logitsOf: (output: Output) => tf.Tensor) {
  return {
    get generatorInputs() {
      return pooled()[0];
    },
    get generatedData() {
      return pooled()[1];
    },
    get discriminatorGenOutputs() {
      return logitsOf(outputs());
    },
  };
}

/** Inputs and samples that go through the pool together. */
function poolSamples(model: GANModel, tensorPoolFn: TensorPoolFn) {
  return rememberData(() => tensorPoolFn([model.generatorInputs, model.generatedData]) as readonly [Inputs, tf.Tensor]);
}

function poolGan(model: GANModel, tensorPoolFn: TensorPoolFn): Partial<GANModel> {
  const pooled = poolSamples(model, tensorPoolFn);
  const outputs = rememberResult(() => model.discriminatorFn(pooled()[1], pooled()[0]) as tf.Tensor);
  return pooledFields(pooled, outputs, (output) => output);
}

function poolAcgan(model: ACGANModel, tensorPoolFn: TensorPoolFn): Partial<ACGANModel> {
  const pooled = poolSamples(model, tensorPoolFn);
  const outputs = rememberResult(() => model.discriminatorFn(pooled()[1], pooled()[0]) as readonly [tf.Tensor, tf.Tensor]);
  return joinFields(pooledFields(pooled, outputs, ([logits]) => logits), {
    get discriminatorGenClassificationLogits() {
      return outputs()[1];
    },
  });
}

function poolInfogan(model: InfoGANModel, tensorPoolFn: TensorPoolFn): Partial<InfoGANModel> {
  const pooled = rememberData(() => tensorPoolFn([model.generatorInputs, model.generatedData, model.structuredGeneratorInputs]) as readonly [Inputs, tf.Tensor, readonly tf.Tensor[]]);
  const outputs = rememberResult(() => model.discriminatorAndAuxFn(pooled()[1], pooled()[0]));
  return joinFields(pooledFields(pooled, outputs, ([logits]) => logits), {
    get structuredGeneratorInputs() {
      return pooled()[2];
    },
    get predictedDistributions() {
      return outputs()[1];
    },
  });
}
