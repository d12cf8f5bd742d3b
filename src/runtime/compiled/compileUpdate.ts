import type * as tf from '@tensorflow/tfjs';
import type { Graph } from '../../ir/graph.ts';
import { sizeOf } from '../../ir/values.ts';
import type { PassContext } from '../../passes/pass.ts';
import { APPLY_NAMES, assembleApply, type UpdateGroup, type UpdateRun } from '../../step/assembleApply.ts';
import { assembleCheck } from '../../step/assembleCheck.ts';
import { assembleEvaluate } from '../../step/assembleEvaluate.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { OPTIMIZERS } from '../../step/optimizers.ts';
import { fail } from '../models/fail.ts';
import type { PlayerName } from '../models/model.ts';
import type { Report } from '../trainer/metrics.ts';
import { setIterations } from '../trainer/optimizerState.ts';
import { INPUT_NAMES, type CapturedLoss } from './captureLoss.ts';
import { createFill, type RunInputs } from './fill.ts';
import type { Machine, Program } from './machine.ts';
import type { GroupMemory, PersistentMemory, PlayerMemory } from './persistent.ts';
import type { StateMemory, StateType } from './stateMemory.ts';

export interface UpdatePart {
  readonly player: PlayerName;
  readonly loss: CapturedLoss;
  /** Further inputs to differentiate by, beside the player's variables. */
  readonly by?: readonly string[];
}

export interface UpdateOptions {
  readonly machine: Machine;
  readonly persistent: PersistentMemory;
  readonly states: StateMemory;
  /** Variables that no player owns, by the name of their graph input. */
  readonly foreign: ReadonlyMap<string, tf.Variable>;
  readonly weightClip: number | null;
  /** 1 − decay; null where no average is kept. */
  readonly ema: number | null;
  readonly context: PassContext;
}

/** A player's part in an update, after `run`. Used in this order; a part that is left out changed nothing. */
export interface CompiledPart {
  readonly player: PlayerName;
  readonly report: () => Report;
  readonly finite: () => boolean;
  /** Takes over what the forward passes changed: states, and averages of the player's own networks. */
  readonly commit: () => void;
  /** Applies the optimisers. */
  readonly apply: () => void;
  /** Where the derivative by an input lies; null where the loss does not depend on it. */
  readonly gradientAt: (input: string) => number | null;
  /** The graph input that one of the player's variables is. */
  readonly nameOf: (variable: tf.Variable) => string | null;
}

export interface CompiledUpdate {
  /** Computes losses and gradients. Changes nothing that outlives the update. */
  readonly run: (inputs: RunInputs) => void;
  readonly parts: readonly CompiledPart[];
}

/**
 * Makes the code of an update: its players' losses and gradients in one program, the finite check and the optimisers in one each.
 *
 * @throws SpecError GL5005 where a forward pass assigns variables that are trained, or no network's
 */
export function compileUpdate(parts: readonly UpdatePart[], options: UpdateOptions): CompiledUpdate {
  const { machine, persistent, states, foreign, context } = options;
  const players = parts.map(({ player, loss, by = [] }) => ({ name: player, by, memory: persistent.players[player], loss: withOwnUpdates(persistent.players[player], loss) }));
  const { graph, reached } = assembleEvaluate(
    'evaluate',
    players.map(({ name, memory, loss, by }) => ({ name, graph: loss.graph, loss: 'loss', by: [...trainedNames(memory), ...by] })),
    context,
  );
  const places = new Map<string, number>();
  const room = (bytes: number): number => machine.allocate(bytes);
  const weights = new Map(persistent.weights.map((weight) => [weight.name, weight.cell.place]));
  for (const { name, type } of graph.inputs) {
    const state = name.startsWith(STATE) ? name.slice(STATE.length) : null;
    const place = weights.get(name) ?? (state === null ? null : states.placeOf(state)) ?? room(4 * sizeOf(dimsOf(type)));
    places.set(name, place);
  }
  const built = players.map((player) => buildPart(player, { reached: new Set(reached.get(player.name)), graph, places, room, options }));
  const loaded = machine.load([{ name: 'evaluate', graph, places }, ...built.flatMap(({ programs }) => programs)]);
  const evaluate = loaded.get('evaluate')!;
  const losses = players.map(({ loss }) => loss);
  const schedules = new Map(losses.flatMap((loss) => [...loss.schedules]));
  const fill = createFill(machine, { graph, captured: losses, schedules, foreign, places, reads: evaluate.reads });
  return {
    run(inputs) {
      fill(inputs);
      evaluate.run();
    },
    parts: built.map(({ finish }) => finish((name) => loaded.get(name)!.run)),
  };
}

const STATE = INPUT_NAMES.state('');

/** The loss without the updates that forward passes make of the other player's networks: they are undone anyway. */
function withOwnUpdates({ player, groups, untrained }: PlayerMemory, loss: CapturedLoss): CapturedLoss {
  const own = new Set(untrained.map(({ name }) => name));
  const trained = new Set(groups.flatMap(({ variables }) => variables.map(({ weight }) => weight.name)));
  const odd = loss.updates.find((name) => trained.has(name) || !name.startsWith('weight.'));
  if (odd !== undefined) fail('GL5005', `the loss of the ${player.name} assigns ${odd}, which is ${trained.has(odd) ? 'trained' : "no network's"}`);
  const updates = loss.updates.filter((name) => own.has(name));
  const outputs = loss.graph.outputs.filter(({ name }) => !name.startsWith('update.') || own.has(name.slice('update.'.length)));
  return { ...loss, updates, graph: { ...loss.graph, outputs } };
}

/** Layers may be frozen and freed while training goes on. */
function trainedNames({ groups }: PlayerMemory): readonly string[] {
  return groups.flatMap(({ variables }) => variables.filter(({ weight }) => weight.variable.trainable).map(({ weight }) => weight.name));
}

interface PartContext {
  readonly reached: ReadonlySet<string>;
  readonly graph: Graph;
  /** Places of the evaluation's inputs and outputs; the part's outputs are added. */
  readonly places: Map<string, number>;
  readonly room: (bytes: number) => number;
  readonly options: UpdateOptions;
}

interface BuiltPart {
  readonly programs: readonly Program[];
  readonly finish: (runOf: (program: string) => () => void) => CompiledPart;
}

interface PartOf {
  readonly name: PlayerName;
  readonly by: readonly string[];
  readonly memory: PlayerMemory;
  readonly loss: CapturedLoss;
}

function buildPart({ name, by, memory, loss }: PartOf, { reached, graph, places, room, options }: PartContext): BuiltPart {
  const { machine, states, weightClip, ema } = options;
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const typeOf = (output: string): StateType => {
    const found = graph.outputs.find((candidate) => candidate.name === `${name}/${output}`)!;
    const type = types.get(found.value)!;
    return { shape: dimsOf(type), dtype: type.kind === 'tensor' && type.dtype !== 'f32' ? (type.dtype === 'i32' ? 'int32' : 'bool') : 'float32' };
  };
  const placeOutput = (output: string): number => {
    const place = room(4 * sizeOf(typeOf(output).shape));
    places.set(`${name}/${output}`, place);
    return place;
  };
  const reports = loss.labels.map((label) => [label, placeOutput(label)] as const);
  const writes = loss.states.map((key) => ({ key, from: placeOutput(INPUT_NAMES.state(key)), type: typeOf(INPUT_NAMES.state(key)) }));
  const updates = memory.untrained.flatMap(({ name: weight, cell }) => (loss.updates.includes(weight) ? [{ cell, from: placeOutput(`update.${weight}`) }] : []));
  for (const input of by) if (reached.has(input)) placeOutput(`gradient.${input}`);
  const applied = memory.groups.map((group) => ({ group, runs: runsOf(group, reached) }));
  const own = new Map<string, number>([['loss', reports[0][1]], ['finite', room(4)]]);
  for (const { group, runs } of applied) {
    for (const { weight, offset } of group.variables) if (reached.has(weight.name)) places.set(`${name}/gradient.${weight.name}`, group.gradientsAt + offset);
    placeGroup(own, group, runs, room);
  }
  const allRuns = applied.flatMap(({ runs }) => runs);
  const groups: readonly UpdateGroup[] = applied.map(({ group, runs }) => ({ name: group.name, optimizer: group.kind, runs }));
  const programs: readonly Program[] = [
    { name: `check.${name}`, graph: assembleCheck(`check.${name}`, allRuns), places: own },
    { name: `apply.${name}`, graph: assembleApply({ name: `apply.${name}`, groups, ema: name === 'generator' ? ema : null, weightClip: name === 'discriminator' ? weightClip : null }), places: own },
  ];
  const float = (place: number): number => machine.floats()[place / 4];
  return {
    programs,
    finish(runOf) {
      const [check, apply] = programs.map((program) => runOf(program.name));
      return {
        player: name,
        report: () => new Map(reports.map(([label, place]) => [label, float(place)])),
        finite() {
          check();
          return float(own.get('finite')!) === 1;
        },
        commit() {
          const floats = machine.floats();
          for (const { cell, from } of updates) {
            floats.copyWithin(cell.place / 4, from / 4, from / 4 + cell.size);
            cell.touch();
          }
          for (const { key, type, from } of writes) states.write(key, type, from);
        },
        apply() {
          for (const { group } of applied) writeNumbers(machine, group, own);
          apply();
          for (const cell of memory.cells) cell.touch();
          for (const { group } of applied) setIterations(group.optimizer, group.optimizer.iterations + 1);
        },
        nameOf: (variable) => memory.groups.flatMap(({ variables }) => variables).find(({ weight }) => weight.variable === variable)?.weight.name ?? null,
        gradientAt: (input) => places.get(`${name}/gradient.${input}`) ?? null,
      };
    },
  };
}

interface PlacedRun extends UpdateRun {
  readonly offset: number;
}

/** Neighbours that are all reached, or all not. */
function runsOf({ name, variables }: GroupMemory, reached: ReadonlySet<string>): readonly PlacedRun[] {
  const runs: PlacedRun[] = [];
  for (const { weight, offset, bytes } of variables) {
    const last = runs.at(-1);
    const isReached = reached.has(weight.name);
    if (last !== undefined && last.reached === isReached) runs[runs.length - 1] = { ...last, length: last.length + bytes / 4 };
    else runs.push({ name: `${name}.${runs.length}`, length: bytes / 4, reached: isReached, offset });
  }
  return runs;
}

function placeGroup(places: Map<string, number>, group: GroupMemory, runs: readonly PlacedRun[], room: (bytes: number) => number): void {
  for (const { name, offset } of runs) {
    places.set(APPLY_NAMES.weight(name), group.weightsAt + offset);
    places.set(APPLY_NAMES.gradient(name), group.gradientsAt + offset);
    for (const [field, place] of Object.entries(group.slotsAt)) places.set(APPLY_NAMES.slot(name, field), place + offset);
    if (group.emaAt !== null) places.set(APPLY_NAMES.ema(name), group.emaAt + offset);
  }
  for (const [field, place] of Object.entries(group.scalarsAt)) places.set(APPLY_NAMES.scalar(group.name, field), place);
  for (const number of Object.keys(OPTIMIZERS[group.kind].numbers)) places.set(APPLY_NAMES.number(group.name, number), room(4));
}

function writeNumbers(machine: Machine, { name, kind, settings }: GroupMemory, places: ReadonlyMap<string, number>): void {
  const floats = machine.floats();
  const current = settings();
  const { numbers } = OPTIMIZERS[kind];
  for (const number in numbers) floats[places.get(APPLY_NAMES.number(name, number))! / 4] = numbers[number](current);
}
