import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import type { Objective } from '../../src/index.ts';
import * as runtime from '../../src/runtime.ts';
import { createSampler, declaredInputs, pooledInputs } from '../../src/runtime/losses.ts';
import { MODEL_ADAPTERS } from '../../src/runtime/models/adapters.ts';
import type { StateAccess } from '../../src/runtime/state.ts';
import { HOOKS, outcome, SEED, STEP, type Outcome } from './runs.ts';
import type { World } from './world.ts';

interface PrintedLosses {
  readonly loss: tf.Tensor;
  readonly losses?: Readonly<Record<string, tf.Tensor>>;
  readonly terms: Readonly<Record<string, tf.Tensor>>;
}

type LossFunction = (networks: unknown, inputs: unknown, context: unknown) => PrintedLosses;
export type PrintedModule = { readonly [P in `${Player}Loss`]: LossFunction };

/** Runs the text of a generated module, in place of a loader: its imports become arguments, its exports the result. */
export function loadPrinted(text: string): PrintedModule {
  const body = text
    .replace("import * as tf from '@tensorflow/tfjs';", '')
    .replace(/^import (\{[^}]*\}) from 'ganloss\/runtime';$/m, 'const $1 = runtime;')
    .replace(/^export function/gm, 'function');
  const load = new Function('tf', 'runtime', `'use strict';\n${body}\nreturn { generatorLoss, discriminatorLoss };`) as (...args: readonly unknown[]) => PrintedModule;
  return load(tf, { ...runtime, installGradients: () => () => undefined });
}

const state: StateAccess = { read: (_key, initial) => initial, write: () => undefined, pool: (_key, value) => value };

/** What the generated module gives for the batch that `runtimeOutcome` runs on. */
export function printedOutcome(objective: Objective, world: World, player: Player): Outcome {
  const printed = loadPrinted(objective.emit('tfjs'));
  const adapter = MODEL_ADAPTERS[objective.model];
  return outcome(world, player, () => {
    const random = runtime.createRandom(SEED, 'losses');
    const given = { ...adapter.inputs(world.batch, createSampler(random, null)), ...declaredInputs(objective, world.batch) };
    const networks = adapter.bind(world.networks, { training: true, codes: (given as { codes?: readonly tf.Tensor[] }).codes ?? [] });
    const fakes = adapter.fakes(networks, given);
    const stopped = Object.fromEntries(Object.entries(fakes).map(([name, fake]) => [name, runtime.stopGradient(fake)]));
    const inputs = player === 'generator' ? { ...given, ...fakes } : pooledInputs(objective.model, given, stopped);
    const { loss, losses = {}, terms } = printed[`${player}Loss`](networks, inputs, { random, params: objective.params, state, step: STEP, hooks: HOOKS });
    const group = (prefix: string, values: Readonly<Record<string, tf.Tensor>>) => Object.entries(values).map(([name, value]): [string, tf.Tensor] => [`${prefix}.${name}`, value]);
    return [['loss', loss], ...group('loss', losses), ...group('term', terms)];
  });
}
