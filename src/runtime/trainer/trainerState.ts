import * as tf from '@tensorflow/tfjs';
import { fail } from '../models/fail.ts';
import type { ModelKind } from '../models/model.ts';
import type { PoolItem } from '../tensorPool.ts';
import type { Memory } from './memory.ts';
import { readOptimizer, writeOptimizer, type OptimizerState } from './optimizerState.ts';
import { PLAYERS } from './options.ts';
import type { Params } from './params.ts';
import type { OptimizerGroup, Players } from './players.ts';

export type StateDtype = 'float32' | 'int32' | 'bool';

/** A tensor as plain data. */
export interface TensorData {
  /** What it is, by place: `weights/generator/0`, `optimizer/generator/accumulatedFirstMoment/0`, `pool/0/3/1`, `ema/0`. */
  readonly name: string;
  /** What messages call it: the variable's name. */
  readonly label: string;
  readonly dtype: StateDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Everything that a trainer's future depends on, as plain data: training goes on from it bit for bit. */
export interface TrainerState {
  readonly model: ModelKind;
  /** The objective's canonical text. */
  readonly fingerprint: string;
  /** Steps done. With the seed it is the state of all random draws. */
  readonly step: number;
  readonly seed: number;
  readonly params: Params;
  /** By group: `generator`, or `x2y.generator`. */
  readonly optimizers: { readonly [group: string]: { readonly className: string; readonly iterations: number } };
  readonly tensors: readonly TensorData[];
}

/** What the tensors of a state belong to. */
export interface StateOwner {
  readonly players: Players;
  readonly memory: Memory;
}

interface LiveTensor {
  readonly name: string;
  readonly label: string;
  readonly tensor: tf.Tensor;
}

/** All tensors of the state, downloaded. */
export async function readTensors(owner: StateOwner): Promise<readonly TensorData[]> {
  return Promise.all(
    liveTensors(owner).map(async ({ name, label, tensor }) => {
      const data = await tensor.data();
      return { name, label, dtype: tensor.dtype as StateDtype, shape: [...tensor.shape], data: data.slice() };
    }),
  );
}

export function readOptimizers({ players }: StateOwner): TrainerState['optimizers'] {
  return Object.fromEntries(
    groupsOf(players).map(({ name, optimizer }) => {
      const { className, iterations } = readOptimizer(optimizer);
      return [name, { className, iterations }];
    }),
  );
}

function liveTensors({ players, memory }: StateOwner): readonly LiveTensor[] {
  const { pools, terms, termPools, ema } = memory.contents();
  const items = (prefix: string, pool: readonly PoolItem[]): readonly LiveTensor[] =>
    pool.flatMap((item, index) => item.map((tensor, member) => ({ name: `${prefix}/${index}/${member}`, label: prefix, tensor })));
  return [
    ...networksOf(players).flatMap(({ name, weights }) => weights.map((weight, index) => ({ name: `weights/${name}/${index}`, label: weight.name, tensor: weight }))),
    ...groupsOf(players).flatMap(optimizerTensors),
    ...(ema ?? []).map((tensor, index) => ({ name: `ema/${index}`, label: players.generator.variables[index].name, tensor })),
    ...pools.flatMap((pool, group) => items(`pool/${group}`, pool)),
    ...[...terms].map(([key, tensor]) => ({ name: `term/${key}`, label: key, tensor })),
    ...[...termPools].flatMap(([key, pool]) => items(`term_pool/${key}`, pool)),
  ];
}

function optimizerTensors({ name, optimizer }: OptimizerGroup): readonly LiveTensor[] {
  const { slots, scalars } = readOptimizer(optimizer);
  return [
    ...Object.entries(slots).flatMap(([field, list]) => list.map((slot, index) => ({ name: `optimizer/${name}/${field}/${index}`, label: slot.name, tensor: slot.value }))),
    ...Object.entries(scalars).map(([field, tensor]) => ({ name: `optimizer/${name}/${field}`, label: field, tensor })),
  ];
}

/**
 * Refuses a state of other networks or optimisers.
 *
 * @throws SpecError GL7007 that names the first difference
 */
export function checkState(owner: StateOwner, state: TrainerState): void {
  const saved = new Map(state.tensors.map((tensor) => [tensor.name, tensor]));
  const at = (name: string): TensorData => saved.get(name) ?? fail('GL7007', `the checkpoint has no ${name}`);
  for (const { name, weights } of networksOf(owner.players)) {
    const count = countPlaces(saved, `weights/${name}`);
    if (count === 0) return fail('GL7007', `the checkpoint has no network '${name}'`);
    if (count !== weights.length) return fail('GL7007', `the ${name} has ${weights.length} variables, the checkpoint's ${count}`);
    weights.forEach((weight, index) => checkTensor(weight.name, weight, at(`weights/${name}/${index}`)));
  }
  for (const group of groupsOf(owner.players)) {
    const found = state.optimizers[group.name];
    const { className, slots, scalars } = readOptimizer(group.optimizer);
    if (found === undefined) return fail('GL7007', `the checkpoint has no optimizer for ${group.name}`, 'a cyclegan saved with one optimizer for both directions goes on with one, and the reverse');
    if (found.className !== className) return fail('GL7007', `the ${group.name} is trained by ${className}, the checkpoint's by ${found.className}`);
    for (const field of Object.keys(slots)) {
      const count = countPlaces(saved, `optimizer/${group.name}/${field}`);
      if (count > group.variables.length) return fail('GL7007', `the checkpoint's optimizer of ${group.name} keeps ${count} variables, this one's ${group.variables.length}`);
      for (let index = 0; index < count; index += 1) {
        checkTensor(`${group.variables[index].name} (${field})`, group.variables[index], at(`optimizer/${group.name}/${field}/${index}`));
      }
    }
    for (const field of Object.keys(scalars)) if (!saved.has(`optimizer/${group.name}/${field}`)) return fail('GL7007', `the checkpoint's optimizer of ${group.name} has no ${field}`);
  }
  requireWhole(saved);
  const { ema } = owner.memory.contents();
  const averages = countPlaces(saved, 'ema');
  if (ema === null || averages === 0) return;
  if (averages !== ema.length) return fail('GL7007', `the generator has ${ema.length} variables to average, the checkpoint ${averages}`);
  ema.forEach((average, index) => checkTensor(`ema of ${owner.players.generator.variables[index].name}`, average, at(`ema/${index}`)));
}

function checkTensor(label: string, wanted: tf.Tensor, { shape, dtype }: TensorData): void {
  if (!tf.util.arraysEqual(wanted.shape, [...shape])) fail('GL7007', `${label} has shape [${wanted.shape}], the checkpoint's [${shape}]`);
  if (wanted.dtype !== dtype) fail('GL7007', `${label} is ${wanted.dtype}, the checkpoint's ${dtype}`);
}

/** Refuses pools with gaps, and whatever has a name that no checkpoint gives. */
function requireWhole(saved: ReadonlyMap<string, TensorData>): void {
  const items = (prefix: string): readonly string[] => placesIn(saved, prefix).flatMap((item) => placesIn(saved, `${prefix}/${item}`).map((member) => `${prefix}/${item}/${member}`));
  const known = [...placesIn(saved, 'pool').flatMap((group) => items(`pool/${group}`)), ...termPoolKeys(saved).flatMap((key) => items(`term_pool/${key}`))];
  const pooled = [...saved.keys()].filter((name) => name.startsWith('pool/') || name.startsWith('term_pool/'));
  const strange = pooled.find((name) => !known.includes(name)) ?? known.find((name) => !saved.has(name));
  if (strange !== undefined) fail('GL7007', `the checkpoint's pools are not whole: ${strange}`);
}

/** Puts a checked state's tensors in place. */
export function writeTensors({ players, memory }: StateOwner, state: TrainerState): void {
  const created = new Map(state.tensors.map(({ name, data, shape, dtype }) => [name, tf.keep(tf.tensor(data, [...shape], dtype))]));
  const get = (name: string): tf.Tensor => created.get(name) as tf.Tensor;
  for (const { name, weights } of networksOf(players)) weights.forEach((weight, index) => weight.assign(get(`weights/${name}/${index}`)));
  for (const group of groupsOf(players)) {
    const now = readOptimizer(group.optimizer);
    const path = (field: string) => `optimizer/${group.name}/${field}`;
    const slots = Object.keys(now.slots).map((field) => {
      const count = countPlaces(created, path(field));
      return [field, Array.from({ length: count }, (_, index) => ({ name: labelOf(state, `${path(field)}/${index}`), value: get(`${path(field)}/${index}`) }))] as const;
    });
    const restored: OptimizerState = {
      className: now.className,
      iterations: state.optimizers[group.name].iterations,
      slots: Object.fromEntries(slots),
      scalars: Object.fromEntries(Object.keys(now.scalars).map((field) => [field, get(path(field))])),
    };
    writeOptimizer(group.optimizer, restored);
  }
  const { ema } = memory.contents();
  memory.set({
    pools: placesIn(created, 'pool').map((group) => itemsIn(created, `pool/${group}`, memory)),
    terms: new Map([...created].filter(([name]) => name.startsWith('term/')).map(([name, tensor]) => [name.slice('term/'.length), memory.adopt(tensor)])),
    termPools: new Map(termPoolKeys(created).map((key) => [key, itemsIn(created, `term_pool/${key}`, memory)])),
    // where the checkpoint keeps no average, it starts from the weights, as it does in a new trainer
    ema: ema === null ? null : players.generator.variables.map((variable, index) => memory.adopt(created.get(`ema/${index}`) ?? variable)),
  });
  for (const tensor of created.values()) tensor.dispose();
}

type Named = ReadonlyMap<string, unknown>;

/** How many tensors there are at `prefix/0`, `prefix/1`, … */
function countPlaces(named: Named, prefix: string): number {
  return placesIn(named, prefix).length;
}

/** 0, 1, … as far as there is something at or below `prefix/n`. */
function placesIn(named: Named, prefix: string): readonly number[] {
  const found = new Set<number>();
  for (const name of named.keys()) {
    if (!name.startsWith(`${prefix}/`)) continue;
    const place = Number(name.slice(prefix.length + 1).split('/')[0]);
    if (Number.isInteger(place)) found.add(place);
  }
  // so that a name such as pool/4000000000/0/0 is seen before there is a list of that length
  const count = found.size;
  if ([...found].some((place) => place < 0 || place >= count)) return fail('GL7007', `the checkpoint's ${prefix} has gaps`);
  return Array.from({ length: count }, (_, place) => place);
}

function itemsIn(created: ReadonlyMap<string, tf.Tensor>, prefix: string, memory: Memory): readonly PoolItem[] {
  return placesIn(created, prefix).map((item) => placesIn(created, `${prefix}/${item}`).map((member) => memory.adopt(created.get(`${prefix}/${item}/${member}`) as tf.Tensor)));
}

/** Keys hold slashes of their own; the last two parts are item and member. */
function termPoolKeys(created: Named): readonly string[] {
  const paths = [...created.keys()].filter((name) => name.startsWith('term_pool/'));
  return [...new Set(paths.map((name) => name.slice('term_pool/'.length).split('/').slice(0, -2).join('/')))];
}

function labelOf({ tensors }: TrainerState, name: string): string {
  return tensors.find((tensor) => tensor.name === name)?.label ?? name;
}

function networksOf(players: Players): Players['generator']['networks'] {
  return PLAYERS.flatMap((player) => players[player].networks);
}

function groupsOf(players: Players): readonly OptimizerGroup[] {
  return PLAYERS.flatMap((player) => players[player].groups);
}
