/** A point of a curve: the step and the value there. */
export type Point = readonly [step: number, value: number];

/**
 * The centred moving average over `window` values (odd; fewer near the ends). Values that are not finite are left out of the
 * averages; where a window holds nothing else, the result is NaN.
 */
export function movingAverage(values: ArrayLike<number>, window: number): Float64Array {
  const { length } = values;
  const half = window >> 1;
  const sums = new Float64Array(length + 1);
  const counts = new Float64Array(length + 1);
  for (let index = 0; index < length; index++) {
    const value = values[index]!;
    const finite = Number.isFinite(value);
    sums[index + 1] = sums[index]! + (finite ? value : 0);
    counts[index + 1] = counts[index]! + (finite ? 1 : 0);
  }
  return Float64Array.from({ length }, (_, index) => {
    const from = Math.max(0, index - half);
    const to = Math.min(length, index + half + 1);
    return (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!);
  });
}

/** The smoothing window for a curve of so many values: about a fortieth of it, odd. */
export function smoothingWindow(length: number): number {
  return 2 * Math.floor(length / 80) + 1;
}

/**
 * At most about `2 × columns` points that draw the same curve at that width: of each stretch of steps the lowest and the
 * highest value, in their order. Values that are not finite become NaN and keep their place, so a gap stays a gap.
 */
export function thinned(steps: ArrayLike<number>, values: ArrayLike<number>, columns: number): readonly Point[] {
  const { length } = values;
  const stretch = Math.max(1, Math.ceil(length / columns));
  const points: Point[] = [];
  for (let start = 0; start < length; start += stretch) {
    let low = -1;
    let high = -1;
    for (let index = start; index < Math.min(length, start + stretch); index++) {
      if (!Number.isFinite(values[index]!)) continue;
      if (low < 0 || values[index]! < values[low]!) low = index;
      if (high < 0 || values[index]! > values[high]!) high = index;
    }
    const kept = low < 0 ? [start] : low === high ? [low] : low < high ? [low, high] : [high, low];
    for (const index of kept) points.push([steps[index]!, Number.isFinite(values[index]!) ? values[index]! : NaN]);
  }
  return points;
}

/**
 * The range that an axis should show: all but the outermost `tail` of each curve's finite values, with a margin. The first steps
 * of a GAN are often a hundred times the rest, and an axis that shows them shows nothing else.
 */
export function robustRange(curves: readonly ArrayLike<number>[], tail: number): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const curve of curves) {
    const sorted = Float64Array.from(curve).filter(Number.isFinite).sort();
    if (sorted.length === 0) continue;
    const cut = Math.floor(tail * sorted.length);
    low = Math.min(low, sorted[cut]!);
    high = Math.max(high, sorted[sorted.length - 1 - cut]!);
  }
  if (low > high) return [0, 1];
  const margin = high > low ? 0.06 * (high - low) : Math.max(0.5, 0.1 * Math.abs(high));
  return [low - margin, high + margin];
}
