import { tapsAt } from '../../../schedule/contractions.ts';
import type { ContractedDimension, Normalized } from './normalize.ts';

/** `count` products: lhs at a, a + step …, rhs at b, b + step …; in elements, the steps being those of the plan. */
export interface Run {
  readonly a: number;
  readonly b: number;
  readonly count: number;
}

/** How the sum of a contraction runs: an inner dimension in a loop of constant steps, all others as a list of runs. */
export interface Summation {
  /** The steps of the inner dimension in lhs and in rhs as it lies. */
  readonly a: number;
  readonly b: number;
  /** The inner dimension's step in the order of packing. */
  readonly packed: number;
  /** How many products a result has at most, those on padding included: packed rhs has as many. */
  readonly length: number;
  /** The dimensions in the order of packing, with their strides in rhs. */
  readonly packing: readonly { readonly size: number; readonly rhs: number }[];
  /** The runs for one set of positions of the windows, with offsets in lhs (from the input's first element), rhs, and packed rhs. */
  readonly runsAt: (positions: readonly number[]) => readonly (Run & { readonly packed: number })[];
}

interface TapDimension {
  readonly window: number;
  readonly taps: number;
}

/**
 * Chooses the inner dimension: the one that runs through lhs in the smallest steps, among what is contracted and the taps of windows.
 */
export function planSummation({ rows, contracted }: Normalized): Summation {
  const windows = rows.flatMap(({ window }) => (window === null ? [] : [window]));
  const taps = windows.map((window, index): TapDimension => ({ window: index, taps: window.taps }));
  const candidates = [
    ...contracted.map((dim, index) => ({ kind: 'contracted' as const, index, size: dim.size, step: Math.abs(dim.lhs) })),
    ...windows.map((window, index) => ({ kind: 'taps' as const, index, size: window.taps, step: Math.abs(window.lhs * tapStep(window)) })),
  ].filter(({ size }) => size > 1);
  const inner = candidates.sort((a, b) => a.step - b.step || b.size - a.size)[0] ?? null;
  return inner?.kind === 'taps' ? overTaps(windows, contracted, taps, inner.index) : overContracted(windows, contracted, taps, inner?.index ?? null);
}

type Window = NonNullable<Normalized['rows'][number]['window']>;

/** How far one valid tap lies from the next in the input: between dilated elements only some taps meet one. */
function tapStep({ tapStride, dilation }: Window): number {
  return tapStride / gcd(tapStride, dilation);
}

export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** All combinations of indices, the last fastest. */
function combinations(sizes: readonly number[]): readonly (readonly number[])[] {
  return sizes.reduce<readonly (readonly number[])[]>((all, size) => all.flatMap((indices) => Array.from({ length: size }, (_, i) => [...indices, i])), [[]]);
}

function overContracted(windows: readonly Window[], contracted: readonly ContractedDimension[], taps: readonly TapDimension[], innerIndex: number | null): Summation {
  const inner = innerIndex === null ? { size: 1, lhs: 0, rhs: 0 } : contracted[innerIndex];
  const outer = contracted.filter((_, i) => i !== innerIndex);
  const packing = [...taps.map(({ window, taps: size }) => ({ size, rhs: windows[window].rhs })), ...outer.map(({ size, rhs }) => ({ size, rhs })), { size: inner.size, rhs: inner.rhs }];
  const index = indexer(packing.map(({ size }) => size));
  const outerPlaces = combinations(outer.map(({ size }) => size));
  return {
    a: inner.lhs,
    b: inner.rhs,
    packed: 1,
    length: index.total,
    packing,
    runsAt(positions) {
      const valid = windows.map((window, w) => tapsAt(window, positions[w]));
      const runs = combinations(valid.map((list) => list.length)).flatMap((choice) => {
        const chosen = choice.map((i, w) => valid[w][i]);
        return outerPlaces.map((places) => ({
          a: sum(chosen, ([, at], w) => at * windows[w].lhs) + sum(places, (place, i) => place * outer[i].lhs),
          b: sum(chosen, ([tap], w) => tap * windows[w].rhs) + sum(places, (place, i) => place * outer[i].rhs),
          packed: index.of([...chosen.map(([tap]) => tap), ...places, 0]),
          count: inner.size,
        }));
      });
      return coalesce(runs, inner.lhs, inner.rhs);
    },
  };
}

function overTaps(windows: readonly Window[], contracted: readonly ContractedDimension[], taps: readonly TapDimension[], innerIndex: number): Summation {
  const inner = windows[innerIndex];
  const step = inner.dilation / gcd(inner.tapStride, inner.dilation);
  const others = taps.filter(({ window }) => window !== innerIndex);
  const packing = [...contracted.map(({ size, rhs }) => ({ size, rhs })), ...others.map(({ window, taps: size }) => ({ size, rhs: windows[window].rhs })), { size: inner.taps, rhs: inner.rhs }];
  const index = indexer(packing.map(({ size }) => size));
  const places = combinations(contracted.map(({ size }) => size));
  const [a, b] = [tapStep(inner) * inner.lhs, step * inner.rhs];
  return {
    a,
    b,
    packed: step,
    length: index.total,
    packing,
    runsAt(positions) {
      const valid = windows.map((window, w) => tapsAt(window, positions[w]));
      const first = valid[innerIndex][0];
      if (first === undefined) return [];
      const runs = places.flatMap((place) =>
        combinations(others.map(({ window }) => valid[window].length)).map((choice) => {
          const chosen = choice.map((i, o) => valid[others[o].window][i]);
          return {
            a: sum(place, (at, i) => at * contracted[i].lhs) + sum(chosen, ([, at], o) => at * windows[others[o].window].lhs) + first[1] * inner.lhs,
            b: sum(place, (at, i) => at * contracted[i].rhs) + sum(chosen, ([tap], o) => tap * windows[others[o].window].rhs) + first[0] * inner.rhs,
            packed: index.of([...place, ...chosen.map(([tap]) => tap), first[0]]),
            count: valid[innerIndex].length,
          };
        }),
      );
      return coalesce(runs, a, b, step);
    },
  };
}

function sum<T>(items: readonly T[], value: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + value(item, index), 0);
}

function indexer(sizes: readonly number[]): { readonly total: number; readonly of: (indices: readonly number[]) => number } {
  return { total: sizes.reduce((product, size) => product * size, 1), of: (indices) => indices.reduce((place, index, d) => place * sizes[d] + index, 0) };
}

/** Runs that continue the one before them, as one with it. */
function coalesce(runs: readonly (Run & { readonly packed: number })[], a: number, b: number, packedStep = 1): readonly (Run & { readonly packed: number })[] {
  const result: (Run & { readonly packed: number })[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last !== undefined && run.a === last.a + last.count * a && run.b === last.b + last.count * b && run.packed === last.packed + last.count * packedStep) {
      result[result.length - 1] = { ...last, count: last.count + run.count };
    } else result.push(run);
  }
  return result;
}
