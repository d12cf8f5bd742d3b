/** TF-GAN's names in camelCase: models, losses and training as in `tensorflow_gan`. Importing it changes nothing in tfjs. */
export { Reduction } from './tfgan/types.ts';
export type {
  ACGANModel,
  AnyModel,
  CommonLossOptions,
  CycleGANLoss,
  CycleGANModel,
  DiscriminatorFn,
  FunctionNetwork,
  GANLoss,
  GANModel,
  GANTrainSteps,
  GeneratorFn,
  InfoDiscriminatorFn,
  InfoGANModel,
  Inputs,
  LossFn,
  NetworkFn,
  NetworkProperties,
  NetworkScope,
  NumberOrTensor,
  StarGANModel,
  SummarySink,
  TwoHeadedDiscriminatorFn,
} from './tfgan/types.ts';
export { bernoulli, categorical, normal, uniform, type Distribution } from './runtime/distributions.ts';
export { createRandom, type RandomSource } from './runtime/random.ts';
export { SpecError } from './support/diagnostic.ts';
export { acganModel } from './tfgan/models/acganModel.ts';
export { cycleganModel, type BothDirections, type CycleganModelOptions } from './tfgan/models/cycleganModel.ts';
export type { CheckedModelOptions, ModelOptions } from './tfgan/models/gan.ts';
export { ganModel } from './tfgan/models/ganModel.ts';
export { infoganModel } from './tfgan/models/infoganModel.ts';
export type { ModelData } from './tfgan/models/modelData.ts';
export { replaceFields } from './tfgan/models/replaceFields.ts';
export { starganModel } from './tfgan/models/starganModel.ts';
export { tensorPoolAdjustedModel, type TensorPoolFn } from './tfgan/models/tensorPoolAdjustedModel.ts';
export { createSummaryWriter, type ByteSink, type SummaryWriter, type SummaryWriterOptions } from './tfgan/summaryWriter/createSummaryWriter.ts';
export { createSummaryList, type RecordedSummary, type SummaryList } from './tfgan/createSummaryList.ts';
export type { GradientAndVariable } from './tfgan/training/applyGradients.ts';
export { clipDiscriminatorWeights, clipVariables } from './tfgan/training/clipVariables.ts';
export { ganTrain, type GANTrainOptions, type TrainStep } from './tfgan/training/ganTrain.ts';
export { ganTrainOps, type GANTrainOpsOptions } from './tfgan/training/ganTrainOps.ts';
export { tensorPool, type TensorPool, type TensorPoolOptions } from './tfgan/training/tensorPool.ts';
export { tfAdam } from './tfgan/training/tfAdam.ts';
export { getJointTrainHooks, getSequentialTrainHooks, type GetHooksFn, type TrainHook } from './tfgan/training/trainHooks.ts';
export type { GANTrainOps, TrainOp } from './tfgan/training/trainOps.ts';
export { ganTrainSteps, getJointTrainSteps, getSequentialTrainSteps, type TrainLosses, type TrainStepFn, type TrainStepResult } from './tfgan/training/trainSteps.ts';
export type { UpdateOptimizer } from './tfgan/training/updates.ts';
export type { LossOptions } from './tfgan/losses/options.ts';
export type { ModelLoss, PlainLoss } from './tfgan/losses/createLoss.ts';
export type { CycleLoss } from './tfgan/losses/createCycleLoss.ts';
export type { StarGANLoss } from './tfgan/losses/starganWrappers.ts';
export type { HuberLossOptions, SmoothedLossOptions, TensorLosses, TensorLossOptions } from './tfgan/losses/tensorLosses.ts';
export { cycleganLoss, ganLoss, losses, starganLoss } from './tfgan/facade.ts';
export type { GivenWeight } from './tfgan/auxLossWeight.ts';
export type { CombineAdversarialLossOptions, LossSource } from './tfgan/combineAdversarialLoss.ts';
export type { CombineAdversarialLossOfModelOptions } from './tfgan/combineAdversarialLossOfModel.ts';
export type { CycleGANLossOptions } from './tfgan/cycleganLoss.ts';
export type { GANLossOptions } from './tfgan/ganLoss.ts';
export type { StarGANLossOptions } from './tfgan/starganLoss.ts';
export type { LossRecipe, ModelRecipe } from './tfgan/recipe.ts';
