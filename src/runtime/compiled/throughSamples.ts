import * as tf from '@tensorflow/tfjs';
import { withLayerDraws } from '../capture/layerDraws.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import type { Inputs } from '../models/model.ts';
import { differentiate } from '../trainer/differentiate.ts';
import { createSampler, type Trial } from '../trainer/evaluatePlayer.ts';
import { layerSource } from '../trainer/layerSource.ts';
import { randomOf } from '../trainer/options.ts';
import type { Player } from '../trainer/players.ts';
import { snapshotVariables } from '../trainer/snapshot.ts';
import { INPUT_NAMES, SAMPLES } from './captureLoss.ts';
import type { CompiledPart } from './compileUpdate.ts';
import type { Machine } from './machine.ts';
import { download } from './transfer.ts';

/** A generator's update whose samples the tape makes, while their loss is compiled. */
export interface Through {
  readonly part: CompiledPart;
  /** For each of the player's variables; null where the loss does not depend on it. */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** Puts back what the generators' forward pass changed. Exactly one of the two is called. */
  readonly undo: () => void;
  readonly keep: () => void;
}

/**
 * Makes samples under the tape, asks `run` for their loss and its derivative by them, and lets the tape take it on to the variables.
 *
 * @param run the compiled loss of these graph inputs; also gives derivatives by the arguments that are named
 */
export function throughSamples(machine: Machine, trial: Trial, player: Player, run: (inputs: Inputs, by: readonly string[]) => CompiledPart): Through {
  const { objective, networks, settings, batch, update, step } = trial;
  const adapter = MODEL_ADAPTERS[objective.model];
  const samples = randomOf(settings, `${SAMPLES}/${update}`, step);
  const given = adapter.inputs(batch, createSampler(settings, samples));
  const declared = Object.fromEntries(objective.inputs.map((name) => [name, batch[name]]));
  const bound = adapter.bind(networks, { training: settings.training, codes: (given.codes ?? []) as readonly tf.Tensor[], variables: settings.variables });
  const before = snapshotVariables(player.untrained);
  const trained = player.variables.filter((variable) => variable.trainable);
  let part: CompiledPart | null = null;
  try {
    const { gradients } = differentiate(() => {
      const fakes = withLayerDraws(layerSource(samples), () => adapter.fakes(bound, given));
      part = run({ ...declared, ...given, ...fakes }, Object.keys(fakes).map(INPUT_NAMES.batch));
      // Σ fake·∂L/∂fake, with ∂L/∂fake a constant, has the derivative by the weights that L has by way of the samples
      const products = Object.entries(fakes).flatMap(([name, fake]) => {
        const place = part!.gradientAt(INPUT_NAMES.batch(name));
        return place === null ? [] : [tf.sum(tf.mul(fake, download(machine, place, fake.shape, 'float32')))];
      });
      return tf.addN([tf.scalar(0), ...products]);
    }, trained);
    const found = part as unknown as CompiledPart;
    const byVariable = new Map(trained.map((variable, index) => [variable, gradients[index]]));
    return {
      part: found,
      gradients: player.variables.map((variable) => total(machine, found, variable, byVariable.get(variable) ?? null)),
      undo: before.restore,
      keep: before.release,
    };
  } catch (error) {
    before.restore();
    throw error;
  }
}

/** What comes by way of the samples, and what the loss has of its own (what regularises the weights). */
function total(machine: Machine, part: CompiledPart, variable: tf.Variable, through: tf.Tensor | null): tf.Tensor | null {
  const name = part.nameOf(variable);
  const place = name === null ? null : part.gradientAt(name);
  const own = place === null ? null : download(machine, place, variable.shape, 'float32');
  if (own === null || through === null) return own ?? through;
  return tf.add(own, through);
}

/** Whether all numbers of all tensors are finite. */
export function allFinite(tensors: readonly (tf.Tensor | null)[]): boolean {
  return tensors.every((tensor) => tensor === null || tf.tidy(() => tf.all(tf.isFinite(tensor)).dataSync()[0] === 1));
}
