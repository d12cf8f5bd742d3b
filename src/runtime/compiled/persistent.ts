import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../ir/values.ts';
import { OPTIMIZERS, type OptimizerKind, type OptimizerSettings } from '../../step/optimizers.ts';
import { fail } from '../models/fail.ts';
import type { PlayerName } from '../models/model.ts';
import type { Memory } from '../trainer/memory.ts';
import { slotOf, scalarOf } from '../trainer/optimizerState.ts';
import { PLAYERS } from '../trainer/options.ts';
import type { Player, Players } from '../trainer/players.ts';
import { createCell, type Cell } from './cells.ts';
import { aligned, type Machine } from './machine.ts';
import { optimizerKind, settingsReader } from './optimizerKinds.ts';
import type { TensorDtype } from './transfer.ts';
import { watchVariable, type WatchedVariable } from './watchVariable.ts';

/** A variable of a network and its place. */
export interface WeightCell {
  /** The graph input that it is: `weight.x2y.generator.0` */
  readonly name: string;
  readonly variable: tf.Variable;
  readonly cell: Cell;
}

/** An optimiser's variables and all that goes with them; the same offsets lead to a variable's value, slots, average and gradient. */
export interface GroupMemory {
  readonly name: string;
  readonly optimizer: tf.Optimizer;
  readonly kind: OptimizerKind;
  readonly settings: () => OptimizerSettings;
  readonly variables: readonly { readonly weight: WeightCell; readonly offset: number; readonly bytes: number }[];
  readonly weightsAt: number;
  readonly gradientsAt: number;
  readonly slotsAt: Readonly<Record<string, number>>;
  readonly emaAt: number | null;
  readonly scalarsAt: Readonly<Record<string, number>>;
}

export interface PlayerMemory {
  readonly player: Player;
  readonly groups: readonly GroupMemory[];
  readonly untrained: readonly WeightCell[];
  /** All cells: weights, slots, averages, scalars. */
  readonly cells: readonly Cell[];
  /** The bytes in which they lie. */
  readonly segment: { readonly place: number; readonly bytes: number };
}

/** What outlives a step, of both players. */
export interface PersistentMemory {
  readonly players: { readonly [P in PlayerName]: PlayerMemory };
  readonly weights: readonly WeightCell[];
  /** Variables are ordinary ones again. */
  readonly release: () => void;
}

interface PersistentOptions {
  readonly machine: Machine;
  readonly players: Players;
  readonly memory: Memory;
}

/**
 * Gives all that training changes its place in the machine's memory.
 *
 * @throws SpecError GL5005 for optimisers of the user's own and variables that both players own
 */
export function createPersistentMemory({ machine, players, memory }: PersistentOptions): PersistentMemory {
  requireOwners(players);
  const watched: WatchedVariable[] = [];
  const weightCell = (name: string, variable: tf.Variable, place: number): WeightCell => {
    // the cell is there before anything can read the variable
    let cell: Cell | null = null;
    const watch = watchVariable(variable, () => cell?.push());
    watched.push(watch);
    cell = createCell(machine, place, {
      shape: variable.shape,
      dtype: variable.dtype as TensorDtype,
      identity: watch.identity,
      read: () => variable,
      write: (value) => variable.assign(value),
      start: () => 0,
    });
    return { name, variable, cell };
  };
  const of = (name: PlayerName): PlayerMemory => layPlayer(players[name], { machine, memory, weightCell });
  const release = (): void => watched.forEach((watch) => watch.release());
  try {
    const laid = { generator: of('generator'), discriminator: of('discriminator') };
    return {
      players: laid,
      weights: PLAYERS.flatMap((name) => [...laid[name].groups.flatMap(({ variables }) => variables.map(({ weight }) => weight)), ...laid[name].untrained]),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function requireOwners({ generator, discriminator }: Players): void {
  for (const { name, optimizer } of [...generator.groups, ...discriminator.groups]) {
    if (optimizerKind(optimizer) === null) fail('GL5005', `the optimizer of the ${name} is not one of tf.train: its updates run on the tape`);
  }
  const own = new Set([...generator.variables, ...generator.untrained]);
  const shared = [...discriminator.variables, ...discriminator.untrained].find((variable) => own.has(variable));
  if (shared !== undefined) fail('GL5005', `both players own the variable ${shared.name}`);
}

interface LayTools {
  readonly machine: Machine;
  readonly memory: Memory;
  readonly weightCell: (name: string, variable: tf.Variable, place: number) => WeightCell;
}

function layPlayer(player: Player, { machine, memory, weightCell }: LayTools): PlayerMemory {
  const names = namesOf(player);
  const bytesOf = (variable: tf.Variable): number => aligned(4 * sizeOf(variable.shape));
  const sum = (variables: readonly tf.Variable[]): number => variables.reduce((total, variable) => total + bytesOf(variable), 0);
  const averaged = player.name === 'generator' && memory.contents().ema !== null;
  const plans = player.groups.map((group) => {
    const kind = optimizerKind(group.optimizer) as OptimizerKind;
    const rule = OPTIMIZERS[kind];
    return { group, kind, rule, bytes: sum(group.variables), copies: 1 + rule.slots.length + (averaged ? 1 : 0) };
  });
  const total = plans.reduce((all, { bytes, copies, rule }) => all + bytes * copies + aligned(4) * rule.scalars.length, sum(player.untrained));
  const segment = { place: machine.allocate(total), bytes: total };
  let next = segment.place;
  const take = (bytes: number): number => {
    const place = next;
    next += bytes;
    return place;
  };
  const cells: Cell[] = [];
  let emaIndex = 0;
  const groups = plans.map(({ group, kind, rule, bytes }): GroupMemory => {
    const settings = settingsReader(group.optimizer);
    const weightsAt = take(bytes);
    let offset = 0;
    const variables = group.variables.map((variable) => {
      const at = { weight: weightCell(names.get(variable) as string, variable, weightsAt + offset), offset, bytes: bytesOf(variable) };
      offset += at.bytes;
      cells.push(at.weight.cell);
      return at;
    });
    const slotsAt = Object.fromEntries(
      rule.slots.map(({ field, suffix, start }) => {
        const place = take(bytes);
        variables.forEach(({ weight: { variable }, offset: at }, index) => {
          const slot = slotOf(group.optimizer, field, index, `${variable.name}/${suffix}`);
          cells.push(createCell(machine, place + at, { ...slot, shape: variable.shape, dtype: 'float32', start: () => start(settings()) }));
        });
        return [field, place] as const;
      }),
    );
    const emaAt = averaged ? take(bytes) : null;
    if (emaAt !== null) for (const { weight, offset: at } of variables) cells.push(createCell(machine, emaAt + at, averageOf(memory, emaIndex++, weight.variable)));
    const scalarsAt = Object.fromEntries(
      rule.scalars.map((field) => {
        const place = take(aligned(4));
        cells.push(createCell(machine, place, { ...scalarOf(group.optimizer, field), shape: [], dtype: 'float32', start: () => 0 }));
        return [field, place] as const;
      }),
    );
    return { name: group.name, optimizer: group.optimizer, kind, settings, variables, weightsAt, gradientsAt: machine.allocate(bytes), slotsAt, emaAt, scalarsAt };
  });
  const untrained = player.untrained.map((variable) => {
    const weight = weightCell(names.get(variable) as string, variable, take(bytesOf(variable)));
    cells.push(weight.cell);
    return weight;
  });
  return { player, groups, untrained, cells, segment };
}

/** A variable's name as a graph input: where its network keeps it first. */
function namesOf({ networks }: Player): ReadonlyMap<tf.Variable, string> {
  const names = new Map<tf.Variable, string>();
  for (const { name, weights } of networks) {
    weights.forEach((weight, index) => {
      if (!names.has(weight)) names.set(weight, `weight.${name}.${index}`);
    });
  }
  return names;
}

/** One of the averages that the trainer's memory keeps. */
function averageOf(memory: Memory, index: number, { shape }: tf.Variable) {
  const average = (): tf.Tensor => (memory.contents().ema as readonly tf.Tensor[])[index];
  return {
    shape,
    dtype: 'float32',
    identity: () => average().dataId,
    read: average,
    write(value: tf.Tensor) {
      const { ema } = memory.contents();
      memory.set({ ema: ema?.map((old, place) => (place === index ? memory.adopt(value) : old)) ?? null });
    },
    start: () => 0,
  } as const;
}

