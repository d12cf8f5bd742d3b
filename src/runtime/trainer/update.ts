import * as tf from '@tensorflow/tfjs';
import { explainKernels } from '../rehearsal/requireKernels.ts';
import { SpecError } from '../../support/diagnostic.ts';
import type { PlayerName } from '../models/model.ts';
import { disposeEvaluation, evaluatePlayer, type Evaluation, type Trial } from './evaluatePlayer.ts';
import { explainNonFinite } from './explainNonFinite.ts';
import type { Memory } from './memory.ts';
import type { Report } from './metrics.ts';
import type { Update } from './plan.ts';
import type { Player, Players } from './players.ts';
import { snapshotVariables } from './snapshot.ts';

export interface UpdateRecord {
  readonly player: PlayerName;
  readonly report: Report;
  readonly skipped: boolean;
}

/**
 * One update: its players are differentiated at the same weights, then their optimisers are applied.
 *
 * @throws SpecError GL6001 under onNaN 'throw', and whatever networks and batches raise; what it changed until then is the caller's to undo
 */
export async function runUpdate(trial: Trial, players: Players, update: Update): Promise<readonly UpdateRecord[]> {
  const done: { readonly player: Player; readonly evaluation: Evaluation; readonly record: UpdateRecord }[] = [];
  try {
    for (const name of update) {
      const player = players[name];
      // players of a joint update share the samples, as they do in one run of TF-GAN's graph
      const fakes = done.at(0)?.evaluation.fakes ?? null;
      const { evaluation, record } = await evaluateChecked(trial, players, player, fakes);
      done.push({ player, evaluation, record });
    }
    for (const { player, evaluation, record } of done) if (!record.skipped) applyUpdate(trial, player, evaluation.gradients);
    return done.map(({ record }) => record);
  } finally {
    for (const { evaluation } of done) disposeEvaluation(evaluation);
  }
}

/** Applies the optimisers to gradients of the player's variables, then clips and averages them. */
export function applyUpdate(trial: Trial, player: Player, gradients: Evaluation['gradients']): void {
  applyGradients(player, gradients);
  if (player.name === 'discriminator' && trial.objective.weightClip !== null) clipWeights(player, trial.objective.weightClip);
  if (player.name === 'generator' && trial.settings.ema !== null) updateEma(trial.memory, player, trial.settings.ema);
}

/**
 * Evaluates a player's loss and looks at whether it is finite. Where it is not, what the evaluation changed is undone.
 *
 * @throws SpecError GL6001 for that under onNaN 'throw'
 */
export async function evaluateChecked(trial: Trial, players: Players, player: Player, fakes: Evaluation['fakes'] | null): Promise<{ readonly evaluation: Evaluation; readonly record: UpdateRecord }> {
  const remembered = trial.memory.contents();
  const own = snapshotVariables(player.untrained);
  let undone = false;
  const undo = (): void => {
    if (undone) return;
    undone = true;
    own.restore();
    trial.memory.set(remembered);
  };
  let evaluation: Evaluation | null = null;
  try {
    evaluation = withoutTrace(players[player.name === 'generator' ? 'discriminator' : 'generator'], () => evaluatePlayer(trial, player, fakes));
    const values = await evaluation.report.data<'float32'>();
    const report: Report = new Map(evaluation.labels.map((label, index) => [label, values[index]]));
    const finite = trial.settings.onNaN === 'ignore' || (await isFinite(evaluation, values));
    if (finite) {
      own.release();
      return { evaluation, record: { player: player.name, report, skipped: false } };
    }
    undo();
    if (trial.settings.onNaN === 'skip') return { evaluation, record: { player: player.name, report, skipped: true } };
    const diagnostic = await explainNonFinite(trial, players, player, fakes, evaluation);
    throw new SpecError(diagnostic.message, [diagnostic]);
  } catch (error) {
    undo();
    if (evaluation !== null) disposeEvaluation(evaluation);
    throw explainKernels(error, trial, player);
  }
}

/** A player's update runs only its own networks' updates (BatchNorm's averages), as TF-GAN's train ops do: the other's are undone. */
function withoutTrace<T>(other: Player, run: () => T): T {
  const others = snapshotVariables(other.untrained);
  try {
    return run();
  } finally {
    others.restore();
  }
}

/** Whether the loss and all gradients are finite. */
async function isFinite({ gradients, labels }: Evaluation, values: Float32Array): Promise<boolean> {
  if (!Number.isFinite(values[0])) return false;
  const sums = values.subarray(labels.length);
  if (sums.every(Number.isFinite)) return true;
  // finite gradients may have a sum that overflows: only now look at each element
  const present = gradients.filter((gradient) => gradient !== null);
  const zeros = tf.tidy(() => tf.stack(present.map((gradient) => tf.sum(tf.mul(gradient, 0)))));
  try {
    return (await zeros.data<'float32'>()).every((zero) => zero === 0);
  } finally {
    zeros.dispose();
  }
}

function applyGradients({ variables, groups }: Player, gradients: Evaluation['gradients']): void {
  const byVariable = new Map(variables.map((variable, index) => [variable, gradients[index]]));
  for (const group of groups) {
    // every variable is listed, also without a gradient: optimisers know slots by position, and pass over null
    group.optimizer.applyGradients(group.variables.map((variable) => ({ name: variable.name, tensor: byVariable.get(variable) as tf.Tensor })));
  }
}

/** TF-GAN's clip_discriminator_weights: after the update, each variable in [-limit, limit]. */
function clipWeights({ variables }: Player, limit: number): void {
  tf.tidy(() => {
    for (const variable of variables) variable.assign(tf.clipByValue(variable, -limit, limit));
  });
}

/** TF's ExponentialMovingAverage: ema −= (1 − decay)·(ema − variable). */
function updateEma(memory: Memory, { variables }: Player, decay: number): void {
  const { ema } = memory.contents();
  if (ema === null) return;
  tf.tidy(() => {
    memory.set({ ema: ema.map((average, index) => memory.adopt(tf.sub(average, tf.mul(1 - decay, tf.sub(average, variables[index]))))) });
  });
}
