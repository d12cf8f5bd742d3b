import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../../runtime/gradients/installGradients.ts';
import { fail } from '../../runtime/models/fail.ts';
import { createRandom, type RandomSource } from '../../runtime/random.ts';
import type { Differentiated } from '../../runtime/trainer/differentiate.ts';
import { PLAYERS } from '../../runtime/trainer/options.ts';
import { createQueue } from '../../runtime/trainer/queue.ts';
import { joinSnapshots, snapshotOptimizer, snapshotVariables, type Snapshot } from '../../runtime/trainer/snapshot.ts';
import type { AnyModel, CycleGANLoss, GANLoss } from '../types.ts';
import { applyGradients, placesOf, type GradientAndVariable } from './applyGradients.ts';
import { differentiateTogether } from './differentiateTogether.ts';
import { createRunSource } from './runSource.ts';
import type { GANTrainOps, TrainOp } from './trainOps.ts';
import { bindUpdates, type Update, type UpdateOptimizer } from './updates.ts';

export interface GANTrainOpsOptions {
  /** Whole number that all random draws derive from, together with how many runs went before; 1 by default. */
  readonly seed?: number;
  /** Where a run's draws come from in place of the seed; runs are counted from 0. */
  readonly random?: (run: number) => RandomSource;
  /** Whether a loss that is NaN or infinite fails the run: it does by default, as in TF-GAN's `create_train_op`. */
  readonly checkNumerics?: boolean;
  /** Changes an update's gradients before they are applied, to clip them for example. It runs inside a tidy. */
  readonly transformGradsFn?: (gradients: readonly GradientAndVariable[]) => readonly GradientAndVariable[];
}

/**
 * TF-GAN's `gan_train_ops`. Each run of an op computes a model and its losses anew, from data that is drawn anew where the model was
 * given functions for it, differentiates the op's loss by its player's variables alone, and applies the player's optimiser. The
 * corrected gradients are installed while it runs. Batch statistics of a network change with its own player's op only.
 *
 * Any optimiser of tfjs will do, also one for both players; for a CycleGANModel one for both directions, or `{ x2y, y2x }`. One that is
 * shared is applied once a run, to all that it updates.
 *
 * @throws SpecError GL5001 for a network without variables, GL5009 for options and optimisers that do not fit
 */
export function ganTrainOps(
  model: AnyModel,
  loss: GANLoss | CycleGANLoss,
  generatorOptimizer: UpdateOptimizer,
  discriminatorOptimizer: UpdateOptimizer,
  options: GANTrainOpsOptions = {},
): GANTrainOps {
  const { seed = 1, checkNumerics = true, transformGradsFn = (gradients) => gradients } = options;
  const random = options.random ?? ((run: number) => createRandom(seed, 'train', run));
  const optimizers = { generator: generatorOptimizer, discriminator: discriminatorOptimizer };
  const updates = { generator: bindUpdates('generator', model, optimizers), discriminator: bindUpdates('discriminator', model, optimizers) };
  const places = placesOf(PLAYERS.flatMap((player) => updates[player]));
  const source = createRunSource(model, loss);
  const queue = createQueue();
  let [runs, globalStep] = [0, 0];

  const snapshot = (chosen: readonly Update[]): Snapshot =>
    joinSnapshots([
      () => snapshotVariables([...new Set([...chosen.flatMap(({ variables }) => variables), ...PLAYERS.flatMap(source.untrained)])]),
      ...[...new Set(chosen.map(({ optimizer }) => optimizer))].map((optimizer) => () => snapshotOptimizer(optimizer)),
      ...source.pools.map((pool) => () => pool.snapshot()),
    ]);

  /** The chosen losses and their gradients, which the caller disposes. */
  function evaluate(chosen: readonly Update[]): readonly Differentiated[] {
    const bystanders = PLAYERS.filter((player) => chosen.every((update) => update.player !== player));
    const theirs = snapshotVariables(bystanders.flatMap(source.untrained));
    const uninstall = installGradients();
    let found: readonly Differentiated[] = [];
    try {
      tf.tidy(() => {
        const fresh = source.draw(random(runs));
        // the discriminator's tape need not remember how its samples were made
        if (bystanders.includes('generator')) fresh.generate();
        found = differentiateTogether(chosen.map((update) => ({ loss: () => update.loss(fresh.loss), variables: trainable(update) })));
      });
      return found;
    } finally {
      uninstall();
      theirs.restore();
    }
  }

  function apply(chosen: readonly Update[], found: readonly Differentiated[]): void {
    tf.tidy(() => {
      const all = chosen.map((update, index) => {
        const pairs = trainable(update).map((variable, place) => ({ gradient: found[index].gradients[place], variable }));
        if (pairs.every(({ gradient }) => gradient === null)) fail('GL3012', `the loss of the ${update.name} depends on none of its variables`);
        return { optimizer: update.optimizer, gradients: transformGradsFn(pairs) };
      });
      applyGradients(all, places);
    });
  }

  async function runUpdates(chosen: readonly Update[]): Promise<readonly number[]> {
    const undo = snapshot(chosen);
    let found: readonly Differentiated[] = [];
    try {
      found = evaluate(chosen);
      const losses = await readLosses(found);
      const bad = losses.findIndex((value) => !Number.isFinite(value));
      if (checkNumerics && bad >= 0) fail('GL6001', `LossTensor is inf or nan: the loss of the ${chosen[bad].name} is ${losses[bad]} in run ${runs}`);
      apply(chosen, found);
      undo.release();
      runs += 1;
      return losses;
    } catch (error) {
      undo.restore();
      throw error;
    } finally {
      for (const { value, gradients } of found) tf.dispose([value, ...gradients.filter((gradient) => gradient !== null)]);
    }
  }

  const updatesOf = new Map<TrainOp, readonly Update[]>();
  async function run(ops: readonly TrainOp[]): Promise<readonly number[]> {
    const parts = ops.map((op) => updatesOf.get(op) ?? fail('GL5009', 'a run takes ops of its own GANTrainOps only'));
    const chosen = [...new Set(parts.flat())];
    if (chosen.length === 0) return [];
    const losses = await queue.run(() => runUpdates(chosen));
    return parts.map((part) => part.reduce((sum, update) => sum + losses[chosen.indexOf(update)], 0));
  }

  const makeOp = (own: readonly Update[]): TrainOp => {
    const op = async (): Promise<number> => (await run([made]))[0];
    const made: TrainOp = Object.assign(op, { parts: [] as readonly TrainOp[] });
    updatesOf.set(made, own);
    return Object.assign(made, { parts: own.length === 1 ? [made] : own.map((update) => makeOp([update])) });
  };

  return {
    generatorTrainOp: makeOp(updates.generator),
    discriminatorTrainOp: makeOp(updates.discriminator),
    globalStepIncOp: () => (globalStep += 1),
    get globalStep() {
      return globalStep;
    },
    run,
  };
}

/** Layers may be frozen while training goes on. */
function trainable({ name, variables }: Update): readonly tf.Variable[] {
  const found = variables.filter((variable) => variable.trainable);
  return found.length > 0 ? found : fail('GL5001', `all variables of the ${name} are frozen`);
}

/** Each loss as a number; the sum of one that is no scalar, since that is what was differentiated. */
async function readLosses(found: readonly Differentiated[]): Promise<readonly number[]> {
  const losses = tf.tidy(() => tf.stack(found.map(({ value }) => tf.sum(value))));
  try {
    return [...(await losses.data<'float32'>())];
  } finally {
    losses.dispose();
  }
}
