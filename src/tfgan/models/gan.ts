import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { GENERATE, REDRAW, RESTART, UNTRAINED, type ModelRecipe } from '../recipe.ts';
import type { GANModel, Inputs } from '../types.ts';
import { withHidden } from './fields.ts';
import { modelData, type Draws, type ModelData } from './modelData.ts';
import { bindDiscriminator, bindGenerator, type ModelNetwork } from './modelNetwork.ts';
import { rememberResult, type Remembered } from './remember.ts';

/** Options of every builder of a model. */
export interface ModelOptions {
  /** The names of the networks' scopes; `Generator` and `Discriminator` by default. */
  readonly generatorScope?: string;
  readonly discriminatorScope?: string;
  /** Whether the layers of LayersModels run in training mode (batch statistics, dropout): they do by default. */
  readonly training?: boolean;
  /** Where draws come from while the model is not part of a training run; by default seeded from `Math.random`. */
  readonly random?: RandomSource;
}

export interface CheckedModelOptions extends ModelOptions {
  /** Whether to refuse a generator that makes samples of another shape than the real ones; it is refused by default. */
  readonly checkShapes?: boolean;
}

export const MODEL_OPTIONS = ['generatorScope', 'discriminatorScope', 'training', 'random'] as const;
export const CHECKED_MODEL_OPTIONS = [...MODEL_OPTIONS, 'checkShapes'] as const;

export interface GanDescription<Output> {
  readonly generatorFn: Parameters<typeof bindGenerator>[0];
  readonly discriminatorFn: Parameters<typeof bindDiscriminator>[0];
  readonly realData: ModelData<tf.Tensor>;
  readonly generatorInputs: () => Inputs;
  readonly options: CheckedModelOptions;
  readonly draws: Draws;
  /** The discriminator's outputs, checked. */
  readonly outputOf: (raw: unknown) => Output;
}

/** What the models of one generator and one discriminator have in common. */
export interface Gan<Output> {
  readonly draws: Draws;
  readonly generator: ModelNetwork<(inputs: Inputs) => tf.Tensor>;
  readonly discriminator: ModelNetwork<(data: tf.Tensor, condition: unknown) => unknown>;
  readonly generatorInputs: () => Inputs;
  readonly realData: () => tf.Tensor;
  readonly generatedData: Remembered<tf.Tensor>;
  readonly onGenerated: () => Output;
  readonly onReal: () => Output;
}

export function createGan<Output>(description: GanDescription<Output>): Gan<Output> {
  const { options, draws, outputOf, generatorInputs } = description;
  const training = options.training ?? true;
  const generator = bindGenerator(description.generatorFn, { role: 'generator', training, scope: scopeName('generatorScope', options.generatorScope) });
  const discriminator = bindDiscriminator(description.discriminatorFn, { role: 'discriminator', training, scope: scopeName('discriminatorScope', options.discriminatorScope) });
  const realData = modelData('realData', description.realData, draws);
  const generatedData = rememberResult(() => {
    const generated = generator.call(generatorInputs());
    if (options.checkShapes ?? true) checkAlike(generated, realData());
    return generated;
  }, draws.round);
  return {
    draws,
    generator,
    discriminator,
    generatorInputs,
    realData,
    generatedData,
    onGenerated: rememberResult(() => outputOf(discriminator.call(generatedData(), generatorInputs())), draws.round),
    onReal: rememberResult(() => outputOf(discriminator.call(realData(), generatorInputs())), draws.round),
  };
}

/** Fields that mean the same in these models; `logits` takes the discriminator's own output from all that it returns. */
export function ganFields<Output>(gan: Gan<Output>, logits: (output: Output) => tf.Tensor): Omit<GANModel, 'kind' | 'discriminatorFn'> {
  return {
    get generatorInputs() {
      return gan.generatorInputs();
    },
    get generatedData() {
      return gan.generatedData();
    },
    get generatorVariables() {
      return gan.generator.variables();
    },
    generatorScope: gan.generator.scope,
    generatorFn: gan.generator.call,
    get realData() {
      return gan.realData();
    },
    get discriminatorRealOutputs() {
      return logits(gan.onReal());
    },
    get discriminatorGenOutputs() {
      return logits(gan.onGenerated());
    },
    get discriminatorVariables() {
      return gan.discriminator.variables();
    },
    discriminatorScope: gan.discriminator.scope,
  };
}

export function ganRecipe<Model extends GANModel>(gan: Gan<unknown>, redraw: (random: RandomSource) => Model & ModelRecipe<Model>, model: Model): Model & ModelRecipe<Model> {
  return withHidden(model, {
    [REDRAW]: redraw,
    [RESTART]: gan.draws.restart,
    [GENERATE]: gan.generatedData.pin,
    [UNTRAINED]: (player: PlayerName) => gan[player].untrained(),
  });
}

/** TensorFlow has no scope of no name. */
export function scopeName(option: string, name: string | undefined): string | undefined {
  if (name === undefined || typeof name === 'string') return name;
  return fail('GL3004', `\`${option}\` must be a name`, `for a model without one: replaceFields(model, { ${option}: null })`);
}

function checkAlike(generated: tf.Tensor, real: tf.Tensor): void {
  if (!tf.util.arraysEqual(generated.shape, real.shape)) {
    fail('GL5008', `Generator output shape (${shapeText(generated)}) must be the same shape as real data (${shapeText(real)}).`);
  }
}

/** A shape as Python prints it: `(3, 4)`, `(3,)`. */
function shapeText({ shape }: tf.Tensor): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
