import { fail } from '../runtime/models/fail.ts';
import { anySeed, createRandom, type RandomSource } from '../runtime/random.ts';
import { PLAIN_TERM } from './losses/builtinLoss.ts';
import type { LossPart } from './lossParts.ts';
import type { TensorPoolFn } from './models/tensorPoolAdjustedModel.ts';
import type { TensorPool } from './training/tensorPool.ts';
import type { NetworkScope } from './types.ts';

/** A loss function that was given, or the default. @throws SpecError GL3004 for what is no function, None included */
export function validLossFn<Fn>(option: string, given: Fn | undefined, byDefault: Fn): Fn {
  if (given === undefined) return byDefault;
  if (typeof given === 'function' && PLAIN_TERM in given) {
    return fail('GL3004', `\`${option}\` is a loss of plain tensors, but is given a model`, 'losses of models are in `losses`; for a stargan wrap it: losses.starganGeneratorLossWrapper(…)');
  }
  return typeof given === 'function' ? given : fail('GL3004', `\`${option}\` must be a function of the model. Instead, was ${String(given)}`);
}

/** What regularises a network, as TF-GAN gathers it by the network's scope. */
export function regularization(scope: NetworkScope | null): readonly LossPart[] {
  return (scope?.regularizationLosses() ?? []).map((loss) => ({ kind: 'value', compute: () => loss }));
}

export function unseededLoss(): RandomSource {
  return createRandom(anySeed(), 'losses');
}

/** Whether it is a pool of `tensorPool()`, which training can take back to what it was. */
export function isTensorPool(pool: TensorPoolFn | TensorPool | null | undefined): pool is TensorPool {
  return typeof pool === 'function' && 'snapshot' in pool;
}
