import type * as tf from '@tensorflow/tfjs';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import { fail } from '../models/fail.ts';
import type { PlayerName } from '../models/model.ts';
import { forgetfulState, pooledInputs } from '../losses.ts';
import { playerLoss } from '../playerLoss.ts';
import type { RandomSource } from '../random.ts';
import type { RunnableObjective } from '../runnable.ts';
import { compileFunction, type CompileFunctionOptions } from './compileFunction.ts';

/** One player's loss of logits, as compiled code. */
export interface CompiledLosses<Name extends string> {
  /** Tensors of the shapes of the examples; the results are the caller's. */
  readonly call: (tensors: { readonly [N in Name]: tf.Tensor }) => {
    /** `loss`, and each term before its weight as `term.gp`. */
    readonly loss: tf.Tensor;
    readonly values: Readonly<Record<string, tf.Tensor>>;
    /** The loss's sum differentiated by each input; null where it does not depend on it. Empty unless asked for. */
    readonly gradients: { readonly [N in Name]?: tf.Tensor | null };
  };
  readonly dispose: () => void;
}

/**
 * Compiles a player's loss of what the discriminator said: `real` and `fake` are its outputs, and whatever else the objective reads of a
 * batch goes under its own name. For objectives of the gan model that call no network inside (no gradient penalty).
 *
 * @throws SpecError GL5005 for an objective that draws, keeps state or needs networks
 */
export function compileLosses<Name extends string>(objective: RunnableObjective, player: PlayerName, examples: { readonly [N in Name]: tf.Tensor }, options: CompileFunctionOptions = {}): CompiledLosses<Name> {
  if (objective.model !== 'gan') return fail('GL5005', `losses of logits are those of the gan model, not of the ${objective.model}`);
  const names = Object.keys(examples) as Name[];
  const networks = { generator: (z: tf.Tensor) => z, discriminator: (x: tf.Tensor) => x };
  const bound = MODEL_ADAPTERS.gan.bind(networks, { training: true, codes: [] });
  const f = (...tensors: tf.Tensor[]): Readonly<Record<string, tf.Tensor>> => {
    const given = Object.fromEntries(names.map((name, index) => [name, tensors[index]]));
    const inputs = pooledInputs('gan', { z: given.fake, ...given }, {});
    const { loss, terms } = playerLoss(objective, player, { networks, bound, inputs, random: NO_DRAWS, params: objective.params, state: forgetfulState, step: 0, hooks: {} });
    return { loss, ...Object.fromEntries(Object.entries(terms).map(([name, value]) => [`term.${name}`, value])) };
  };
  const compiled = compileFunction(f, Object.values<tf.Tensor>(examples), options);
  const args: tf.Tensor[] = [];
  return {
    call(tensors) {
      for (let index = 0; index < names.length; index += 1) args[index] = tensors[names[index]];
      const { value, gradients } = compiled.call(...args);
      const byName: { [N in Name]?: tf.Tensor | null } = {};
      for (let index = 0; index < gradients.length; index += 1) byName[names[index]] = gradients[index];
      return { loss: value.loss, values: value, gradients: byName };
    },
    dispose: compiled.dispose,
  };
}

const refuse = (): never => fail('GL5005', 'the objective draws random numbers: its losses are compiled by a trainer only');
const NO_DRAWS: RandomSource = { uniform: refuse, normal: refuse, numbers: refuse };
