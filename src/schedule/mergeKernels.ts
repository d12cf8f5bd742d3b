import { sizeOf, stridesOf } from '../ir/values.ts';
import type { Remark } from '../passes/pass.ts';
import { delinearize, type Affine } from './affine.ts';
import { accessesOf, readsOf, storeSpace, writesOf } from './effects.ts';
import { createNodeList, rebuildNodes } from './nodeList.ts';
import type { Access, BufferId, ContractionKernel, Kernel, LoopsKernel, Node, Schedule, ScheduledKernel, Store } from './types.ts';

/** A kernel that computes each element of its space by itself, and so can go on where another kernel ends. */
type MapKernel = LoopsKernel;
type Host = LoopsKernel | ContractionKernel;

/** More nodes at the end of one kernel would not fit the registers. */
const MOST_NODES = { loops: 96, contraction: 32 } as const;

/**
 * Puts kernels together that run over the same elements: one that reads at each point what another has just made there becomes that
 * one's continuation (of a contraction or a reduction: its epilogue), and two that read the same tensor become one pass over it.
 */
export function mergeKernels(schedule: Schedule, remark: (remark: Remark) => void): Schedule {
  const kernels: (ScheduledKernel | null)[] = [...schedule.kernels];
  const outputs = new Set(schedule.outputs.map(({ buffer }) => buffer));
  const links = createLinks(kernels, outputs);
  for (let at = 0; at < kernels.length; at++) {
    let place = at;
    for (;;) {
      const scheduled = kernels[place];
      if (scheduled === null || !isMap(scheduled.kernel)) break;
      const found = findHost(kernels, place, links);
      if (found === null) break;
      kernels[found.host] = null;
      kernels[place] = null;
      kernels[found.place] = found.merged;
      links.refresh();
      remark({ pass: 'fuse', rule: found.rule, what: found.merged.name, why: found.why, origin: found.merged.origin });
      // what was merged upwards may find a host further up
      place = found.place;
    }
  }
  return { ...schedule, kernels: kernels.filter((kernel) => kernel !== null) };
}

function isMap(kernel: Kernel): kernel is MapKernel {
  return kernel.kind === 'loops' && kernel.reduced.length === 0;
}

interface Links {
  /** The last kernel that writes a buffer; −1 for inputs and constants. */
  readonly writer: (buffer: BufferId) => number;
  readonly writers: (buffer: BufferId) => number;
  readonly readers: (buffer: BufferId) => readonly number[];
  readonly isOutput: (buffer: BufferId) => boolean;
  readonly refresh: () => void;
}

function createLinks(kernels: readonly (ScheduledKernel | null)[], outputs: ReadonlySet<BufferId>): Links {
  let writers = new Map<BufferId, number[]>();
  let readers = new Map<BufferId, number[]>();
  const put = (map: Map<BufferId, number[]>, buffer: BufferId, place: number): void => {
    const known = map.get(buffer);
    if (known === undefined) map.set(buffer, [place]);
    else known.push(place);
  };
  const refresh = (): void => {
    writers = new Map();
    readers = new Map();
    kernels.forEach((scheduled, place) => {
      if (scheduled === null) return;
      for (const buffer of writesOf(scheduled.kernel)) put(writers, buffer, place);
      for (const buffer of readsOf(scheduled.kernel)) put(readers, buffer, place);
    });
  };
  refresh();
  return {
    writer: (buffer) => writers.get(buffer)?.at(-1) ?? -1,
    writers: (buffer) => writers.get(buffer)?.length ?? 0,
    readers: (buffer) => readers.get(buffer) ?? [],
    isOutput: (buffer) => outputs.has(buffer),
    refresh,
  };
}

interface Found {
  readonly host: number;
  /** Where the merged kernel stands: the host's place or the guest's. */
  readonly place: number;
  readonly merged: ScheduledKernel;
  readonly rule: string;
  readonly why: string;
}

/** Why two kernels become one. */
export const MERGES = {
  continued: { rule: 'continued where its operand is made', why: 'each element is used where it was computed, and is not read again' },
  shared: { rule: 'one pass over a shared operand', why: 'both read the same tensor element by element' },
} as const;

/** The nearest earlier kernel that a map can continue, or share a pass with. */
function findHost(kernels: readonly (ScheduledKernel | null)[], guest: number, links: Links): Found | null {
  const scheduled = kernels[guest] as ScheduledKernel;
  const kernel = scheduled.kernel as MapKernel;
  if (kernel.stores.some(({ buffer }) => links.writers(buffer) > 1)) return null;
  const inputs = [...readsOf(kernel)];
  const producers = [...new Set(inputs.map(links.writer).filter((place) => place >= 0))].sort((a, b) => b - a);
  for (const host of producers) {
    const found = tryMerge(kernels, host, guest, links, MERGES.continued);
    if (found !== null) return found;
  }
  if (sizeOf(kernel.space) < SHARED_PASS) return null;
  const sharing = new Set(inputs.flatMap((buffer) => links.readers(buffer)).filter((place) => place < guest));
  for (const host of [...sharing].sort((a, b) => b - a)) {
    const other = kernels[host]?.kernel;
    if (other === undefined || !isMap(other)) continue;
    const found = tryMerge(kernels, host, guest, links, MERGES.shared);
    if (found !== null) return found;
  }
  return null;
}

/** Tensors with fewer elements are in the first cache when they are read again. */
const SHARED_PASS = 2048;

function tryMerge(kernels: readonly (ScheduledKernel | null)[], host: number, guest: number, links: Links, { rule, why }: Pick<Found, 'rule' | 'why'>): Found | null {
  const [first, second] = [kernels[host], kernels[guest]];
  if (first === null || first === undefined || second === null) return null;
  const [target, kernel] = [first.kernel, second.kernel as MapKernel];
  if (target.kind !== 'loops' && target.kind !== 'contraction') return null;
  const made = writesOf(target);
  if ([...made].some((buffer) => links.writers(buffer) > 1)) return null;
  const place = placeOf(host, guest, kernel, made, links);
  if (place === null) return null;
  const isDead = (buffer: BufferId) => !links.isOutput(buffer) && links.readers(buffer).every((reader) => reader === guest);
  const merged = orientations(target).reduce<Host | null>((found, side) => {
    const maps = found === null ? correspondence(side, kernel, made) : null;
    return maps === null ? found : merge(side, kernel, maps, isDead);
  }, null);
  if (merged === null) return null;
  const origin = [...new Map([...first.origin, ...second.origin].map((span) => [`${span.source.name}:${span.start}:${span.end}`, span])).values()];
  return { host, place, merged: { kernel: merged, name: `${first.name} + ${second.name}`, origin }, rule, why };
}

/** A contraction without windows can be taken with its operands exchanged: so it stores a transposed result along its columns, too. */
function orientations(host: Host): readonly Host[] {
  if (host.kind === 'loops' || host.windows.length > 0) return [host];
  const [batch, rows, columns] = [host.batch.length, host.rows.length, host.columns.length];
  const permute = (strides: readonly number[]) => [...strides.slice(0, batch), ...strides.slice(batch + rows, batch + rows + columns), ...strides.slice(batch, batch + rows)];
  const exchanged: ContractionKernel = {
    ...host,
    lhs: host.rhs,
    rhs: host.lhs,
    batch: host.batch.map(({ size, lhs, rhs }) => ({ size, lhs: rhs, rhs: lhs })),
    rows: host.columns.map(({ size, rhs }) => ({ size, lhs: rhs })),
    columns: host.rows.map(({ size, lhs }) => ({ size, rhs: lhs })),
    contracted: host.contracted.map(({ size, lhs, rhs }) => ({ size, lhs: rhs, rhs: lhs })),
    epilogue: host.epilogue.map((node) => (node.kind === 'load' ? { ...node, access: { ...node.access, strides: permute(node.access.strides) } } : node)),
    stores: host.stores.map((store) => ({ ...store, strides: permute(store.strides) })),
  };
  return [host, exchanged];
}

/** Where both can run at once: up at the host, or down at the guest. Null where something in between stands in the way. */
function placeOf(host: number, guest: number, kernel: MapKernel, made: ReadonlySet<BufferId>, links: Links): number | null {
  const others = [...readsOf(kernel)].filter((buffer) => !made.has(buffer));
  if (others.every((buffer) => links.writer(buffer) < host)) return host;
  const readBetween = [...made].some((buffer) => links.readers(buffer).some((reader) => reader > host && reader < guest));
  return readBetween ? null : guest;
}

/** The guest's index as affine functions of the host's: from a tensor that the host stores and the guest loads, or from equal spaces. */
function correspondence(host: Host, guest: MapKernel, made: ReadonlySet<BufferId>): readonly Affine[] | null {
  const space = storeSpace(host);
  if (sizeOf(space) !== sizeOf(guest.space)) return null;
  for (const store of host.stores) {
    const loads = accessesOf(guest).filter(({ buffer }) => buffer === store.buffer);
    if (loads.length === 0) continue;
    return inverse(loads[0], guest.space, store, space);
  }
  // no tensor between them: they go together point by point where both run over all of one tensor in the same order
  if ([...made].some((buffer) => readsOf(guest).has(buffer))) return null;
  return delinearize({ offset: 0, coefficients: stridesOf(space) }, guest.space, space);
}

/** Solves load(guest index) = store(host index): the load must run over a dense tensor, each dimension with its own stride. */
function inverse(load: Access, guestSpace: readonly number[], store: Store, space: readonly number[]): readonly Affine[] | null {
  if (load.guards.length > 0 || load.indirections.length > 0 || load.offset !== 0 || store.offset !== 0) return null;
  const order = guestSpace.map((_, d) => d).filter((d) => guestSpace[d] > 1).sort((a, b) => load.strides[b] - load.strides[a]);
  let stride = 1;
  for (const d of [...order].reverse()) {
    if (load.strides[d] !== stride) return null;
    stride *= guestSpace[d];
  }
  const coordinates = delinearize({ offset: 0, coefficients: store.strides }, order.map((d) => guestSpace[d]), space);
  if (coordinates === null) return null;
  const nothing: Affine = { offset: 0, coefficients: space.map(() => 0) };
  return guestSpace.map((_, d) => (order.includes(d) ? coordinates[order.indexOf(d)] : nothing));
}

/** The guest's nodes behind the host's; null where an access would be none that the host's kernel can make. */
function merge(host: Host, guest: MapKernel, maps: readonly Affine[], isDead: (buffer: BufferId) => boolean): Host | null {
  const ends = host.kind === 'loops' && host.reduced.length === 0 ? host.nodes : host.epilogue;
  const list = createNodeList();
  const rank = storeSpace(host).length;
  const roots = rebuildNodes(list, ends, host.stores.map(({ node }) => node).concat(keptRoots(host)), (node) => node);
  const stores = host.stores.map((store, i) => ({ ...store, node: roots[i] }));
  let fits = true;
  const moved = rebuildNodes(list, guest.nodes, guest.stores.map(({ node }) => node), (node): Node | number => {
    if (node.kind === 'index') {
      fits &&= host.kind === 'loops';
      const place = substitute(node.offset, node.coefficients, maps, rank);
      return { ...node, offset: place.offset, coefficients: place.coefficients };
    }
    if (node.kind !== 'load') return node;
    const access = substituteAccess(node.access, maps, rank);
    const source = stores.find(({ buffer }) => buffer === access.buffer);
    if (source === undefined) {
      fits &&= isReadable(host, access);
      return { ...node, access };
    }
    fits &&= access.guards.length === 0 && access.indirections.length === 0 && access.offset === source.offset && sameStrides(access.strides, source.strides, storeSpace(host));
    return source.node;
  });
  if (!fits || list.nodes.length > MOST_NODES[host.kind]) return null;
  const added = guest.stores.map((store, i): Store => {
    const place = substitute(store.offset, store.strides, maps, rank);
    return { ...store, offset: place.offset, strides: place.coefficients, node: moved[i] };
  });
  const all = [...stores.filter(({ buffer }) => !isDead(buffer)), ...added];
  if (host.kind === 'contraction' && !all.every((store) => isAligned(host, store))) return null;
  const final = createNodeList();
  const places = rebuildNodes(final, list.nodes, all.map(({ node }) => node), (node) => node);
  const renamed = all.map((store, i) => ({ ...store, node: places[i] }));
  if (host.kind === 'loops' && host.reduced.length === 0) return { ...host, nodes: final.nodes, stores: renamed };
  return { ...host, epilogue: final.nodes, stores: renamed };
}

/** An accumulator stays in an epilogue even where nothing but a dropped store read it. */
function keptRoots(host: Host): readonly number[] {
  return host.kind === 'loops' && host.reduced.length === 0 ? [] : host.epilogue.flatMap((node, i) => (node.kind === 'accumulator' ? [i] : []));
}

function substitute(offset: number, coefficients: readonly number[], maps: readonly Affine[], rank: number): Affine {
  const result = { offset, coefficients: new Array<number>(rank).fill(0) };
  coefficients.forEach((coefficient, d) => {
    if (coefficient === 0) return;
    result.offset += coefficient * maps[d].offset;
    maps[d].coefficients.forEach((inner, h) => (result.coefficients[h] += coefficient * inner));
  });
  return result;
}

function substituteAccess(access: Access, maps: readonly Affine[], rank: number): Access {
  const place = substitute(access.offset, access.strides, maps, rank);
  const guards = access.guards.map((guard) => {
    const position = substitute(guard.offset, guard.coefficients, maps, rank);
    return { ...guard, offset: position.offset, coefficients: position.coefficients };
  });
  return { ...access, offset: place.offset, strides: place.coefficients, guards };
}

function sameStrides(a: readonly number[], b: readonly number[], space: readonly number[]): boolean {
  return space.every((size, d) => size <= 1 || a[d] === b[d]);
}

/** A contraction's tile is a few rows by a few columns: an epilogue reads along columns, or one number a row. */
function isReadable(host: Host, access: Pick<Access, 'strides'> & Partial<Access>): boolean {
  if (host.kind === 'loops') return true;
  if ((access.guards?.length ?? 0) > 0 || (access.indirections?.length ?? 0) > 0) return false;
  const first = storeSpace(host).length - host.columns.length;
  const columns = host.columns.map(({ size }, i) => ({ size, stride: access.strides[first + i] })).filter(({ size }) => size > 1);
  return columns.every(({ stride }) => stride === 0) || isDense(columns);
}

function isDense(columns: readonly { readonly size: number; readonly stride: number }[]): boolean {
  let stride = 1;
  return [...columns].reverse().every((column) => {
    const fits = column.stride === stride;
    stride *= column.size;
    return fits;
  });
}

/** Stores go along columns, unless all of a contraction is stored the other way round. */
function isAligned(host: ContractionKernel, store: Store): boolean {
  const first = storeSpace(host).length - host.columns.length;
  return isDense(host.columns.map(({ size }, i) => ({ size, stride: store.strides[first + i] })).filter(({ size }) => size > 1));
}
