import { sizeOf, stridesOf } from '../ir/values.ts';
import { invariant } from '../support/invariant.ts';
import { readsOf, writesOf, accessesOf } from './effects.ts';

import type { Buffer, BufferId, PlacedSchedule, Schedule, ScheduledKernel } from './types.ts';

export interface MemoryPlan {
  /** First byte that temporaries may take. */
  readonly base: number;
  /** Byte offsets of inputs and outputs, by name. An output at an input's offset is an update in place. */
  readonly pinned: ReadonlyMap<string, number>;
}

/** Vectors and cache lines start at multiples of this. */
const ALIGNMENT = 64;

/**
 * Gives every buffer a place. Inputs and outputs are pinned; constants and temporaries lie behind `base`, temporaries that are not alive
 * at the same time on top of each other. A value with two pinned places is copied; so is an update in place whose old value is still
 * read after the new one was made.
 */
export function planMemory(schedule: Schedule, plan: MemoryPlan): PlacedSchedule {
  const { buffers, kernels, offsets } = pinInputsAndOutputs(schedule, plan);
  const sizes = buffers.map(({ shape }) => align(4 * sizeOf(shape)));
  let end = align(plan.base);
  for (const { buffer } of schedule.constants) {
    offsets[buffer] = end;
    end += sizes[buffer];
  }
  const lives = lifetimes(kernels, buffers.length).filter(({ buffer }) => offsets[buffer] === undefined);
  const placed = placeBySize(lives, sizes, end);
  for (const { buffer, offset } of placed) offsets[buffer] = offset;
  const top = placed.reduce((most, { buffer, offset }) => Math.max(most, offset + sizes[buffer]), end);
  const peak = { live: mostAlive(lives, sizes, kernels.length), planned: top - end };
  // what no kernel touches any more has no place; nothing reads it
  return { ...schedule, buffers, kernels, offsets: buffers.map((_, buffer) => offsets[buffer] ?? top), end: top, peak };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

interface Pinned {
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly ScheduledKernel[];
  readonly offsets: (number | undefined)[];
}

function pinInputsAndOutputs(schedule: Schedule, { pinned }: MemoryPlan): Pinned {
  const buffers: Buffer[] = [...schedule.buffers];
  const copies: ScheduledKernel[] = [];
  const offsets: (number | undefined)[] = buffers.map(() => undefined);
  const placeOf = (name: string): number => {
    const offset = pinned.get(name);
    invariant(offset !== undefined && offset % 4 === 0, `'${name}' has no place in memory`);
    return offset;
  };
  const inputsAt = new Map<number, BufferId>();
  for (const { name, buffer } of schedule.inputs) {
    offsets[buffer] = placeOf(name);
    inputsAt.set(placeOf(name), buffer);
  }
  const copyTo = (from: BufferId, offset: number, name: string): void => {
    buffers.push({ ...schedule.buffers[from], name });
    offsets.push(offset);
    copies.push(copyKernel(from, buffers.length - 1, schedule.buffers[from]));
  };
  for (const { name, buffer } of schedule.outputs) {
    const offset = placeOf(name);
    if (offsets[buffer] === offset) continue;
    const replaced = inputsAt.get(offset);
    const isConstant = schedule.constants.some((constant) => constant.buffer === buffer);
    if (offsets[buffer] !== undefined || isConstant || (replaced !== undefined && !isSafeInPlace(schedule.kernels, replaced, buffer))) copyTo(buffer, offset, name);
    else offsets[buffer] = offset;
  }
  // an input that is copied to another place must be read before what replaces it is copied over it
  const order = [...copies].sort((a, b) => Number([...readsOf(b.kernel)].some((buffer) => isInput(schedule, buffer))) - Number([...readsOf(a.kernel)].some((buffer) => isInput(schedule, buffer))));
  return { buffers, kernels: [...schedule.kernels, ...order], offsets };
}

function isInput(schedule: Schedule, buffer: BufferId): boolean {
  return schedule.inputs.some((input) => input.buffer === buffer);
}

function copyKernel(from: BufferId, to: BufferId, { dtype, shape }: Buffer): ScheduledKernel {
  const strides = stridesOf(shape);
  return {
    name: 'copy',
    origin: [],
    kernel: {
      kind: 'loops',
      space: shape,
      reduced: [],
      nodes: [{ kind: 'load', dtype, access: { buffer: from, offset: 0, strides, guards: [], indirections: [], fill: 0 } }],
      reductions: [],
      epilogue: [],
      stores: [{ buffer: to, offset: 0, strides, node: 0 }],
    },
  };
}

/** Whether `next` may be written over `old`: nothing reads the old value later, and the kernel that writes reads it at the very place that it writes. */
function isSafeInPlace(kernels: readonly ScheduledKernel[], old: BufferId, next: BufferId): boolean {
  const writer = kernels.findIndex(({ kernel }) => writesOf(kernel).has(next));
  const last = kernels.findLastIndex(({ kernel }) => readsOf(kernel).has(old));
  if (writer < 0) return false;
  if (last < writer) return true;
  if (last > writer) return false;
  const { kernel } = kernels[writer];
  // tiles of a contraction overlap at the edges: what they compute twice must not start from what they wrote
  if (kernel.kind !== 'loops') return false;
  if (kernel.reduced.length > 0 && kernel.nodes.some((node) => node.kind === 'load' && node.access.buffer === old)) return false;
  const store = kernel.stores.find(({ buffer }) => buffer === next);
  return accessesOf(kernel)
    .filter(({ buffer }) => buffer === old)
    .every((access) => access.guards.length === 0 && access.indirections.length === 0 && access.offset === store?.offset && access.strides.join() === store.strides.join());
}

interface Lifetime {
  readonly buffer: BufferId;
  /** The kernels that touch it first and last. */
  readonly first: number;
  readonly last: number;
}

function lifetimes(kernels: readonly ScheduledKernel[], count: number): readonly Lifetime[] {
  const first = new Array<number>(count).fill(-1);
  const last = new Array<number>(count).fill(-1);
  kernels.forEach(({ kernel }, place) => {
    for (const buffer of [...readsOf(kernel), ...writesOf(kernel)]) {
      if (first[buffer] < 0) first[buffer] = place;
      last[buffer] = place;
    }
  });
  return first.flatMap((from, buffer) => (from < 0 ? [] : [{ buffer, first: from, last: last[buffer] }]));
}

/** The largest first, each at the lowest place where nothing lies that is alive with it. */
function placeBySize(lives: readonly Lifetime[], sizes: readonly number[], base: number): readonly { readonly buffer: BufferId; readonly offset: number }[] {
  const placed: (Lifetime & { readonly offset: number })[] = [];
  for (const life of [...lives].sort((a, b) => sizes[b.buffer] - sizes[a.buffer] || a.first - b.first)) {
    const neighbours = placed.filter(({ first, last }) => first <= life.last && life.first <= last).sort((a, b) => a.offset - b.offset);
    let offset = base;
    for (const neighbour of neighbours) {
      if (offset + sizes[life.buffer] <= neighbour.offset) break;
      offset = Math.max(offset, neighbour.offset + sizes[neighbour.buffer]);
    }
    placed.push({ ...life, offset });
  }
  return placed;
}

function mostAlive(lives: readonly Lifetime[], sizes: readonly number[], kernels: number): number {
  const change = new Array<number>(kernels + 1).fill(0);
  for (const { buffer, first, last } of lives) {
    change[first] += sizes[buffer];
    change[last + 1] -= sizes[buffer];
  }
  let alive = 0;
  return change.reduce((most, bytes) => Math.max(most, (alive += bytes)), 0);
}
