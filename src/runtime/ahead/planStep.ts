import type { Graph } from '../../ir/graph.ts';
import { captureLoss, foreignVariables, type CaptureContext } from '../compiled/captureLoss.ts';
import { compileUpdate } from '../compiled/compileUpdate.ts';
import { createSession, type Session } from '../compiled/session.ts';
import { requireHooks } from '../functions/hooks.ts';
import { fail } from '../models/fail.ts';
import type { Batch, Networks, PlayerName } from '../models/model.ts';
import type { RunnableObjective } from '../runnable.ts';
import { createMemory, type Memory } from '../trainer/memory.ts';
import { PLAYERS, resolveOptions, type Settings, type TrainerOptions } from '../trainer/options.ts';
import { changeParams, type Params } from '../trainer/params.ts';
import { planUpdates, type Update } from '../trainer/plan.ts';
import { bindPlayers, type Players } from '../trainer/players.ts';
import { installGradients } from '../gradients/installGradients.ts';
import { createRecorder, type RecordedProgram, type Recorder } from './recorder.ts';
import { fillsOf } from './fillsOf.ts';
import { partOf } from './partOf.ts';
import type { Place, StepPlan, UpdatePlan, VariantPlan } from './stepPlan.ts';

export interface PlanRequest {
  readonly objective: RunnableObjective;
  readonly networks: Networks;
  readonly options: TrainerOptions;
  /** Its shapes count. */
  readonly batch: Batch;
  readonly math: 'strict' | 'fast';
  /** Passes to leave out (`OPTIONAL_PASSES`). */
  readonly without?: readonly string[];
}

/** A step whose programs are recorded, but not made into code. */
export interface RecordedStep {
  readonly programs: readonly RecordedProgram[];
  /** What was captured of each variant of each update, in the order of the programs: a graph a player, before it was differentiated. */
  readonly captured: readonly { readonly player: PlayerName; readonly graph: Graph }[];
  readonly plan: Omit<StepPlan, 'source' | 'code' | 'memory' | 'batchSize'>;
  /** The memory before the first step: weights, slots, numbers of the optimisers. */
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** More than so many circumstances (awake terms, present states) are no longer a program, but a table. */
const MOST_VARIANTS = 32;

/**
 * Records a whole training step: what the trainer would compile, and what it would write where before it runs it.
 *
 * @throws SpecError GL5005 for what cannot be captured or needs the trainer, GL50xx for networks and batches that do not fit
 */
export function recordStep({ objective, networks, options, batch, math, without }: PlanRequest): RecordedStep {
  const settings = resolveOptions(options);
  requireHooks(settings.hooks, objective.hooks);
  refuse(objective, settings);
  const players = bindPlayers(objective.model, networks, options);
  const params = changeParams(objective, objective.params, options.params ?? {});
  const recorder = createRecorder({ math, remark: () => undefined }, without);
  const memory = createMemory();
  const uninstall = installGradients();
  try {
    const session = createSession(recorder, players, memory);
    try {
      session.pull();
      return record({ objective, networks, settings, params, players, memory, recorder, session, batch, math });
    } finally {
      session.release();
    }
  } finally {
    memory.dispose();
    uninstall();
  }
}

function refuse({ pool }: RunnableObjective, { random, ema }: Settings): void {
  if (pool !== null) fail('GL5005', 'the pool chooses among tensors of earlier steps: a step of its own has none', 'train with the trainer, or leave the pool out');
  if (random !== null) fail('GL5005', "a step of its own draws from its seed: the trainer's option 'random' has no place in it");
  if (ema !== null) fail('GL5005', 'a step of its own keeps no moving average');
}

interface Recording {
  readonly objective: RunnableObjective;
  readonly networks: Networks;
  readonly settings: Settings;
  readonly params: Params;
  readonly players: Players;
  readonly memory: Memory;
  readonly recorder: Recorder;
  readonly session: Session;
  readonly batch: Batch;
  readonly math: 'strict' | 'fast';
}

interface Captures {
  readonly captured: RecordedStep['captured'][number][];
}

function record(recording: Recording): RecordedStep {
  const { objective, settings, params, recorder, session, players } = recording;
  const order = planUpdates(settings);
  const kinds = [...new Map(order.map((names) => [names.join(), names])).values()];
  const intervals = [...new Set(objective.terms.map(({ every }) => every))].filter((every) => every > 1).sort((a, b) => a - b);
  const captured: RecordedStep['captured'][number][] = [];
  const updates = recordVariants({ ...recording, captured }, { order, kinds, intervals });
  const bytes = recorder.bytes().slice();
  const places = new Map(session.persistent.weights.map(({ name, cell, variable }) => [name, { offset: cell.place, shape: variable.shape, dtype: variable.dtype as Place['dtype'] }]));
  const states = [...session.states.present()].map(([key, { shape }]) => ({ offset: session.states.placeOf(key), bytes: 4 * sizeOf(shape) }));
  return {
    programs: recorder.recorded(),
    captured,
    bytes,
    end: recorder.end(),
    plan: {
      seed: settings.seed,
      params,
      batch: batchOf(updates, recording.batch),
      networks: PLAYERS.flatMap((player) => players[player].networks.map(({ name, weights }) => ({ name, weights: weights.map((_, index) => places.get(`weight.${name}.${index}`)!) }))),
      intervals,
      updates,
      order: order.map((names) => kinds.findIndex((kind) => kind.join() === names.join())),
      lasting: [...segmentsOf(session).map(({ place, bytes: length }) => ({ offset: place, bytes: length })), ...states],
    },
  };
}

/** What the step reads of a batch, in the order of the batch. */
function batchOf(updates: readonly UpdatePlan[], batch: Batch): StepPlan['batch'] {
  const paths = Object.entries(batch).flatMap(([name, value]) => (Array.isArray(value) ? value.map((_, index) => `${name}/${index}`) : [name]));
  const fills = updates.flatMap(({ variants }) => variants.flatMap((variant) => variant.fills.flatMap((fill) => (fill.kind === 'batch' ? [fill] : []))));
  return [...new Map(fills.map((fill) => [fill.path, fill])).values()].sort((a, b) => paths.indexOf(a.path) - paths.indexOf(b.path));
}

interface Course {
  readonly order: readonly Update[];
  readonly kinds: readonly Update[];
  readonly intervals: readonly number[];
}

/** Goes through steps, as many as there may be new circumstances in, and records each update in each of them once. */
function recordVariants(recording: Recording & Captures, { order, kinds, intervals }: Course): readonly UpdatePlan[] {
  const { session } = recording;
  const period = intervals.reduce((product, interval) => product * (interval / commonDivisor(product, interval)), 1);
  const found = kinds.map((): Map<string, VariantPlan> => new Map());
  const writers = new Map<VariantPlan, () => void>();
  for (let done = 0, quiet = 0; quiet < period; done += 1, quiet += 1) {
    for (const players of order) {
      const variants = found[kinds.findIndex((kind) => kind.join() === players.join())];
      const awake = intervals.map((interval) => done % interval === 0);
      const present = [...session.states.present().keys()].sort();
      const key = JSON.stringify([awake, present]);
      const known = variants.get(key);
      if (known === undefined) {
        if (found.reduce((count, { size }) => count + size, 0) >= MOST_VARIANTS) fail('GL5005', `the terms under 'every' and their state make more than ${MOST_VARIANTS} different steps`);
        const { variant, commit } = recordVariant(recording, { players, done, awake, present, label: `${players.join('+')}${variants.size === 0 ? '' : variants.size + 1}` });
        variants.set(key, variant);
        writers.set(variant, commit);
        quiet = -1;
      }
      writers.get(variants.get(key)!)!();
    }
  }
  return kinds.map((players, index) => ({ players, variants: [...found[index].values()] }));
}

interface Circumstances {
  readonly players: Update;
  readonly done: number;
  readonly awake: readonly boolean[];
  readonly present: readonly string[];
  /** What its programs' names begin with. */
  readonly label: string;
}

function recordVariant({ objective, networks, settings, params, recorder, session, batch, math, captured }: Recording & Captures, { players, done, awake, present, label }: Circumstances): { readonly variant: VariantPlan; readonly commit: () => void } {
  const context: CaptureContext = { objective, networks, settings, params, variables: session.variables(), stepsDone: done, states: session.states.present() };
  const parts = players.map((player) => ({ player, loss: captureLoss(player, { kind: 'batch', batch }, context) }));
  captured.push(...parts.map(({ player, loss: { graph } }) => ({ player, graph })));
  const before = recorder.recorded().length;
  recorder.label(label);
  const foreign = foreignVariables(context);
  const compiled = compileUpdate(parts, {
    machine: recorder,
    persistent: session.persistent,
    states: session.states,
    foreign,
    weightClip: objective.weightClip,
    ema: null,
    context: { math, remark: () => undefined },
  });
  const programs = recorder.recorded().slice(before);
  const [evaluate] = programs;
  const commit = (): void => {
    // marks states as written; but no program has computed what it copies over the averages of batches, which stay what they are
    const before = segmentsOf(session).map(({ place, bytes }) => ({ place, data: recorder.bytes().slice(place, place + bytes) }));
    for (const part of compiled.parts) part.commit();
    for (const { place, data } of before) recorder.bytes().set(data, place);
  };
  // states that are written for the first time get their places now
  commit();
  return {
    variant: {
      awake,
      present,
      evaluate: evaluate.name,
      fills: fillsOf(evaluate, parts.map(({ loss }) => loss), { recorder, foreign, noise: settings.noise }),
      parts: parts.map(({ player, loss }) => partOf(player, loss, programs, { recorder, session })),
    },
    commit,
  };
}

function segmentsOf({ persistent }: Session): readonly { readonly place: number; readonly bytes: number }[] {
  return PLAYERS.map((player) => persistent.players[player].segment).filter(({ bytes }) => bytes > 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
