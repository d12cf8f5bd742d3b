import type { ValueId } from '../../ir/graph.ts';
import { range } from '../../passes/shapes.ts';
import type { GraphWriter } from '../capture/graphWriter.ts';

/** What one place of a result is made of: places of the source along the same axis, and their weights. */
export type Share = readonly (readonly [from: number, weight: number])[];

/** The transpose: what each of `size` places of the source gives to the result becomes what it gets. */
export function transposed(shares: readonly Share[], size: number): readonly Share[] {
  const turned = range(size).map((): [number, number][] => []);
  shares.forEach((share, place) => {
    for (const [from, weight] of share) turned[from].push([place, weight]);
  });
  return turned;
}

/** How many neighbours in a row are one copy of the source's place, all of the same weight; 0 where it is not so. */
function copies(shares: readonly Share[], size: number): number {
  const block = shares.length / size;
  const weight = shares[0]?.[0]?.[1];
  return Number.isInteger(block) && shares.every((share, place) => share.length === 1 && share[0][0] === Math.floor(place / block) && share[0][1] === weight) ? block : 0;
}

/** How many neighbours of the source each place adds up, all with the same weight; 0 where it is not so. */
function blocks(shares: readonly Share[], size: number): number {
  const block = size / shares.length;
  const weight = shares[0]?.[0]?.[1];
  return Number.isInteger(block) && shares.every((share, place) => share.length === block && share.every(([from, each], i) => from === place * block + i && each === weight)) ? block : 0;
}

/** `alongAxis` on numbers, by plain loops: x [outer, size, inner] → [outer, shares.length, inner]. */
export function alongAxisOf(x: Float32Array, outer: number, inner: number, size: number, shares: readonly Share[]): Float32Array {
  const out = new Float32Array(outer * shares.length * inner);
  for (let o = 0; o < outer; o++) {
    shares.forEach((share, place) => {
      const to = (o * shares.length + place) * inner;
      for (const [from, weight] of share) {
        const start = (o * size + from) * inner;
        for (let i = 0; i < inner; i++) out[to + i]! += weight * x[start + i]!;
      }
    });
  }
  return out;
}

/** x times a matrix along one axis, most of which is 0: each place of the result is a weighted sum of a few of x's. */
export function alongAxis(write: GraphWriter, x: ValueId, axis: number, shares: readonly Share[]): ValueId {
  const shape = write.shape(x);
  const size = shape[axis];
  const along = (values: readonly number[]): ValueId => write.reshape(write.constant(values, [values.length]), shape.map((_, i) => (i === axis ? values.length : 1)));
  const resized = shape.map((length, i) => (i === axis ? shares.length : length));
  const scaled = (value: ValueId, weight: number): ValueId => (weight === 1 ? value : write.binary('multiply', value, write.number(weight)));
  const copied = copies(shares, size);
  if (copied > 0) {
    if (copied === 1) return scaled(x, shares[0][0][1]);
    const spread = write.builder.emit('broadcast_in_dim', [x], { shape: [...shape.slice(0, axis + 1), copied, ...shape.slice(axis + 1)], broadcast_dimensions: shape.map((_, i) => (i > axis ? i + 1 : i)) });
    return scaled(write.reshape(spread, resized), shares[0][0][1]);
  }
  const added = blocks(shares, size);
  if (added > 0) {
    const split = write.reshape(x, [...shape.slice(0, axis), shares.length, added, ...shape.slice(axis + 1)]);
    return scaled(write.reduce('add', split, [axis + 1], false), shares[0][0][1]);
  }
  const most = Math.max(0, ...shares.map(({ length }) => length));
  const terms = range(most).map((k) => {
    const from = shares.map((share) => (share[k] ?? share[0] ?? [0])[0]);
    const weights = shares.map((share) => share[k]?.[1] ?? 0);
    const taken = write.take(x, write.constant(from, [from.length], 'i32'), axis);
    const term = weights.every((weight) => weight === 1) ? taken : write.binary('multiply', taken, along(weights));
    if (shares.every((share) => share.length > k)) return term;
    // not by a weight of 0, which a NaN would not heed
    return write.select(write.compare('GT', along(shares.map((share) => (share.length > k ? 1 : 0))), write.number(0)), term, write.number(0));
  });
  return terms.length === 0 ? write.filled(0, resized) : terms.reduce((sum, term) => write.binary('add', sum, term));
}
