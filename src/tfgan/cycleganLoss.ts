import * as tf from '@tensorflow/tfjs';
import { fail } from '../runtime/models/fail.ts';
import type { RandomSource } from '../runtime/random.ts';
import { validateAuxLossWeight, type GivenWeight } from './auxLossWeight.ts';
import type { FacadeTools } from './facadeTools.ts';
import type { GanLossInScope, GANLossOptions } from './ganLoss.ts';
import { createLossParts } from './lossParts.ts';
import { isTensorPool, unseededLoss, validLossFn } from './lossSettings.ts';
import { withHidden } from './models/fields.ts';
import { rememberResult } from './models/remember.ts';
import { prefixDraws } from './prefixDraws.ts';
import { POOLS, RECOMPUTE, type LossRecipe } from './recipe.ts';
import { placesOf } from './summaryOrder.ts';
import type { CycleGANLoss, CycleGANModel, GANLoss, LossFn } from './types.ts';

/** Parameters of TF-GAN's `cyclegan_loss`: its own, and those of `gan_loss` for either direction. */
export interface CycleGANLossOptions extends GANLossOptions {
  /** `losses.cycleConsistencyLoss` by default. */
  readonly cycleConsistencyLossFn?: LossFn<CycleGANModel>;
  /** 10 by default. A 0 is a weight as any other here: the loss is computed. */
  readonly cycleConsistencyLossWeight?: GivenWeight;
}

export type CycleganLoss = (model: CycleGANModel, options?: CycleGANLossOptions) => CycleGANLoss & LossRecipe<CycleGANLoss, CycleGANModel>;

export function createCycleganLoss({ losses, runner }: FacadeTools, ganLoss: GanLossInScope): CycleganLoss {
  const cycleganLoss = (model: CycleGANModel, options: CycleGANLossOptions, pools: Pools): CycleGANLoss & LossRecipe<CycleGANLoss, CycleGANModel> => {
    if (model?.kind !== 'CycleGANModel') return fail('GL3006', `\`model\` must be a \`CycleGANModel\`. Instead, was ${(model as { kind?: string } | null)?.kind ?? typeof model}.`);
    const { cycleConsistencyLossFn, cycleConsistencyLossWeight = 10, ...shared } = options;
    const { addSummaries = true, random = unseededLoss() } = options;
    const sink = addSummaries === true ? options.summaries : undefined;
    const [ofCycle, ofX2y, ofY2x] = sink === undefined ? [] : placesOf(sink, 3);

    const parts = createLossParts({ runner, random, scope: '' });
    const cycleFn = validLossFn('cycleConsistencyLossFn', cycleConsistencyLossFn, losses.cycleConsistencyLoss);
    const weight = validateAuxLossWeight(cycleConsistencyLossWeight, 'cycleConsistencyLossWeight');
    if (weight === null) return fail('GL3004', 'None values not supported: `cycleConsistencyLossWeight` is null', '0 makes it count for nothing');
    // one value, part of both generators' losses
    const cycle = parts.share([parts.call(cycleFn, model, { addSummaries }, { summaries: ofCycle })], weight);

    const direction = (name: 'x2y' | 'y2x', summaries: typeof ofCycle) => {
      const partial = { x2y: model.modelX2y, y2x: model.modelY2x }[name];
      const adversarial = ganLoss(
        partial,
        {
          ...shared,
          generatorLossFn: validLossFn('generatorLossFn', options.generatorLossFn, losses.leastSquaresGeneratorLoss),
          discriminatorLossFn: validLossFn('discriminatorLossFn', options.discriminatorLossFn, losses.leastSquaresDiscriminatorLoss),
          tensorPoolFn: pools[name],
          summaries: summaries ?? options.summaries,
          random: prefixDraws(random, `${name}.`),
        },
        `cyclegan_loss_${name}/`,
      );
      const generatorLoss = rememberResult(() => tf.add(adversarial.generatorLoss, cycle.compute()));
      const loss: GANLoss = {
        get generatorLoss() {
          return generatorLoss();
        },
        get discriminatorLoss() {
          return adversarial.discriminatorLoss;
        },
      };
      return withHidden(loss, { [POOLS]: adversarial[POOLS] });
    };
    const [lossX2y, lossY2x] = [direction('x2y', ofX2y), direction('y2x', ofY2x)];
    return withHidden({ lossX2y, lossY2x }, {
      [RECOMPUTE]: (other: CycleGANModel, source: RandomSource) => cycleganLoss(other, { ...options, random: source }, pools),
      [POOLS]: [...new Set([...lossX2y[POOLS], ...lossY2x[POOLS]])],
    });
  };
  return (model, options = {}) => cycleganLoss(model, options, poolsOf(options));
}

interface Pools {
  readonly x2y: GANLossOptions['tensorPoolFn'];
  readonly y2x: GANLossOptions['tensorPoolFn'];
}

/** TF-GAN's `tensor_pool` makes a queue at each call: each direction has one of its own. */
function poolsOf({ tensorPoolFn }: CycleGANLossOptions): Pools {
  return { x2y: tensorPoolFn, y2x: isTensorPool(tensorPoolFn) ? tensorPoolFn.another() : tensorPoolFn };
}
