import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { GENERATE, REDRAW, RESTART, UNTRAINED, type ModelRecipe } from '../recipe.ts';
import { refuseUnknownOptions } from '../refuseUnknownOptions.ts';
import type { CycleGANModel, DiscriminatorFn, GeneratorFn } from '../types.ts';
import { withHidden } from './fields.ts';
import { CHECKED_MODEL_OPTIONS, scopeName, type CheckedModelOptions } from './gan.ts';
import { ganModel } from './ganModel.ts';
import { createDraws, modelData, type ModelData } from './modelData.ts';
import { rememberResult } from './remember.ts';

/** A network for each direction: TF-GAN makes two of one function, in two scopes. */
export interface BothDirections<Network> {
  readonly x2y: Network;
  readonly y2x: Network;
}

export interface CycleganModelOptions extends CheckedModelOptions {
  /** The names of the directions' scopes; `ModelX2Y` and `ModelY2X` by default. */
  readonly modelX2yScope?: string;
  readonly modelY2xScope?: string;
}

/**
 * TF-GAN's `cyclegan_model` (Zhu et al., 2017): two `ganModel`s, one that makes y of x and one that makes x of y.
 *
 * @throws SpecError as `ganModel` does
 */
export function cycleganModel(
  generatorFns: BothDirections<GeneratorFn>,
  discriminatorFns: BothDirections<DiscriminatorFn>,
  dataX: ModelData<tf.Tensor>,
  dataY: ModelData<tf.Tensor>,
  options: CycleganModelOptions = {},
): CycleGANModel & ModelRecipe<CycleGANModel> {
  refuseUnknownOptions('cycleganModel', options, [...CHECKED_MODEL_OPTIONS, 'modelX2yScope', 'modelY2xScope']);
  const { random: ownRandom, modelX2yScope, modelY2xScope, generatorScope = 'Generator', discriminatorScope = 'Discriminator', ...shared } = options;
  const draws = createDraws(ownRandom);
  const [x, y] = [modelData('dataX', dataX, draws), modelData('dataY', dataY, draws)];
  const partial = (direction: 'x2y' | 'y2x', scope: string, input: () => tf.Tensor, output: () => tf.Tensor) =>
    ganModel(networkOf('generators', generatorFns, direction), networkOf('discriminators', discriminatorFns, direction), output, input, {
      ...shared,
      generatorScope: `${scope}/${generatorScope}`,
      discriminatorScope: `${scope}/${discriminatorScope}`,
    });
  const modelX2y = partial('x2y', scopeName('modelX2yScope', modelX2yScope) ?? 'ModelX2Y', x, y);
  const modelY2x = partial('y2x', scopeName('modelY2xScope', modelY2xScope) ?? 'ModelY2X', y, x);
  const reconstructedX = rememberResult(() => modelY2x.generatorFn(modelX2y.generatedData), draws.round);
  const reconstructedY = rememberResult(() => modelX2y.generatorFn(modelY2x.generatedData), draws.round);
  const model: CycleGANModel = {
    kind: 'CycleGANModel',
    modelX2y,
    modelY2x,
    get reconstructedX() {
      return reconstructedX();
    },
    get reconstructedY() {
      return reconstructedY();
    },
  };
  const partials = [modelX2y, modelY2x];
  return withHidden(model, {
    [REDRAW]: (random: RandomSource) => cycleganModel(generatorFns, discriminatorFns, dataX, dataY, { ...options, random }),
    [RESTART]: (random: RandomSource) => {
      draws.restart(random);
      for (const part of partials) part[RESTART](random);
    },
    [GENERATE]: () => partials.forEach((part) => part[GENERATE]()),
    [UNTRAINED]: (player: PlayerName) => partials.flatMap((part) => part[UNTRAINED](player)),
  });
}

function networkOf<Network>(what: string, networks: BothDirections<Network>, direction: 'x2y' | 'y2x'): Network {
  return networks[direction] ?? fail('GL5001', `the ${what} of a CycleGAN are one for each direction: \`${direction}\` is missing`, '{ x2y, y2x }');
}
