/** What TensorBoard draws a histogram from: counts of values below limits that rise, each above the limit before. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** The histogram of values, in the buckets of TensorFlow 1's `tf.summary.histogram`. The values are finite. */
export function histogram(values: ArrayLike<number>): Histogram {
  const limits = bucketLimits();
  const counts = new Float64Array(limits.length);
  let [min, max, sum, sumOfSquares] = [Number.MAX_VALUE, -Number.MAX_VALUE, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    counts[bucketOf(limits, value)] += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
  }
  return { min, max, count: values.length, sum, sumOfSquares, ...collapse(limits, counts) };
}

/** ±1e-12, growing by a tenth up to ±1e20, with 0 in the middle and the largest numbers at the ends. */
function bucketLimits(): readonly number[] {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  return [...positive.map((limit) => -limit).reverse(), 0, ...positive];
}

/** The first limit above a value. */
function bucketOf(limits: readonly number[], value: number): number {
  let [low, high] = [0, limits.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Runs of empty buckets become one: most of 1,549 are empty. */
function collapse(limits: readonly number[], counts: Float64Array): Pick<Histogram, 'limits' | 'counts'> {
  const kept = limits.flatMap((_, index) => (counts[index] === 0 && counts[index + 1] === 0 ? [] : [index]));
  return { limits: kept.map((index) => limits[index]), counts: kept.map((index) => counts[index]) };
}
