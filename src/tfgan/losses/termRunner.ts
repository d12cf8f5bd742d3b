import * as tf from '@tensorflow/tfjs';
import { compile } from '../../compile.ts';
import type { Objective } from '../../objective.ts';
import { invariant } from '../../support/invariant.ts';
import { execute } from '../../runtime/execute.ts';
import { forgetfulState } from '../../runtime/losses.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import { anySeed, createRandom, type RandomSource } from '../../runtime/random.ts';
import { Reduction } from '../types.ts';
import type { LossFields, LossTerm, NameInput, TermValues } from './builtinLoss.ts';
import { bindFields } from './bindFields.ts';
import { createCache } from './cache.ts';

export interface WeightedTerm {
  readonly term: LossTerm;
  /** 1 unless given. A finite number other than 0 is written into the objective; anything else is a value of the run. */
  readonly weight?: number | tf.Tensor;
}

export interface RunTermsOptions {
  /** Where draws (alpha) come from; seeded from `Math.random` without it. */
  readonly random?: RandomSource | undefined;
  /**
   * Called with the values of each term before they are disposed: for summaries. The tensors that it returns are left to the caller.
   * Without it nothing is computed but the loss.
   */
  readonly observe?: ((values: readonly TermValues[]) => readonly tf.Tensor[] | void) | undefined;
}

/** Compiles sums of terms, and runs them. Holds the objectives that it compiled. */
export interface TermRunner {
  /**
   * The weighted sum of terms, as one compiled objective run on their fields; differentiable by tfjs's tape. Only the sum is left
   * behind: it, and fields that are read for the first time, belong to the caller.
   *
   * @param parts at least one; names of their inputs differ (one `createNameInput()` for all)
   * @throws SpecError where shapes are refused
   */
  readonly run: (parts: readonly WeightedTerm[], options?: RunTermsOptions) => tf.Tensor;
}

/** Names `a0`, `a1`, … */
export function createNameInput(): NameInput {
  let count = 0;
  return () => `a${count++}`;
}

const MAX_OBJECTIVES = 256;

export function createTermRunner(): TermRunner {
  const compiled = createCache<Objective>(MAX_OBJECTIVES);
  return {
    run(parts, { random = createRandom(anySeed(), 'losses'), observe } = {}) {
      invariant(parts.length > 0, 'a sum of no terms');
      // what is read here belongs to the caller, like the model that it is a part of
      for (const { term } of parts) {
        term.check();
        for (const name of term.reads) void term.fields[name];
      }
      const written = writeObjective(parts);
      const objective = compiled.get(`${observe === undefined ? '' : 'observed '}${written.text}`, () => compile(written.text, { observe: observe !== undefined }));
      const [loss] = tf.tidy(() => {
        const outputs = runPlayers(objective, written, parts, random);
        const kept = observe?.(valuesOf(objective, written.calls, outputs)) ?? [];
        return [outputs.map(({ values }) => toTensor(values.loss)).reduce((sum, part) => tf.add(sum, part)), ...kept];
      });
      return loss;
    },
  };
}

interface Written {
  readonly text: string;
  /** Of each part, its call. Equal calls are one instance. */
  readonly calls: readonly { readonly player: PlayerName; readonly call: string }[];
  readonly params: Readonly<Record<string, tf.Tensor | number>>;
}

function writeObjective(parts: readonly WeightedTerm[]): Written {
  const params: Record<string, tf.Tensor | number> = {};
  const either = parts.map(({ term }) => term.player).find((player) => player !== 'either') ?? 'generator';
  const calls = parts.map(({ term }) => ({ call: term.call, player: term.player === 'either' ? either : term.player }));
  const sum = parts.map(({ weight = 1 }, index) => {
    const half = `${calls[index].call}.${calls[index].player}`;
    if (weight === 1) return half;
    if (typeof weight === 'number' && Number.isFinite(weight) && weight !== 0) return `(${weight})*${half}`;
    params[`w${index}`] = weight;
    return `w${index}*${half}`;
  });
  const reductions = new Set(parts.flatMap(({ term }) => (term.reduction === null ? [] : [term.reduction])));
  invariant(reductions.size <= 1, 'terms of one objective have one reduction');
  const [reduction = Reduction.SUM_BY_NONZERO_WEIGHTS] = reductions;
  const lines = [
    `reduction ${reduction}`,
    ...Object.keys(params).map((name) => `param ${name} = 1`),
    ...parts.flatMap(({ term }) => Object.keys(term.inputs)).map((name) => `input ${name}`),
    ...new Set(parts.map(({ term }) => term.definitions).filter((text) => text !== '')),
    `objective = ${sum.join(' + ')}`,
  ];
  return { text: lines.join('\n'), calls, params };
}

interface PlayerValues {
  readonly player: PlayerName;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Usually one player's; a generator's loss in the discriminator's place is run as what it is. */
function runPlayers({ stages }: Objective, { calls, params }: Written, parts: readonly WeightedTerm[], random: RandomSource): readonly PlayerValues[] {
  const { inputs, networks } = bindFields(mergeFields(parts.map(({ term }) => term)));
  const declared = Object.fromEntries(parts.flatMap(({ term }) => Object.entries(term.inputs)).map(([name, input]) => [name, input()]));
  const context = { random, params, state: forgetfulState, step: 0 };
  const players = [...new Set(calls.map(({ player }) => player))];
  return players.map((player) => {
    const fn = stages.program.functions.find(({ name }) => name === `${player}Loss`);
    invariant(fn !== undefined, `the program has no ${player}Loss`);
    const given = Object.fromEntries(fn.inputs.map((name) => [name, name in declared ? declared[name] : inputs(name)]));
    return { player, values: execute(fn, { networks, inputs: given, context }) };
  });
}

/** Terms of one model agree on what they both read. */
function mergeFields(terms: readonly LossTerm[]): LossFields {
  const merged: Record<string, unknown> = {};
  for (const { fields, reads } of terms) for (const name of reads) merged[name] = fields[name];
  return merged;
}

function valuesOf({ stages }: Objective, calls: Written['calls'], outputs: readonly PlayerValues[]): readonly TermValues[] {
  const { instances } = stages.typed;
  const distinct = [...new Set(calls.map(({ call }) => call))];
  invariant(distinct.length === instances.length, `${distinct.length} calls became ${instances.length} instances`);
  return calls.map(({ call, player }) => {
    const { label } = instances[distinct.indexOf(call)];
    const values = outputs.find((output) => output.player === player)?.values ?? {};
    const output = (name: string) => {
      invariant(name in values, `the program has no output ${name}`);
      return toTensor(values[name]);
    };
    return { term: output(`term.${label}`), named: (name) => output(`let.${label}.${name}`), part: (index) => output(`part.${label}.${index}`) };
  });
}

/** What is known while compiling is a number in the program. */
function toTensor(value: unknown): tf.Tensor {
  return value instanceof tf.Tensor ? value : tf.scalar(value as number);
}
