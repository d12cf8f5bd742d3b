import type * as tf from '@tensorflow/tfjs';
import type { SummarySink } from './types.ts';

/** Where a summary stands among others: compared number by number, from the left. */
export type SummaryKey = readonly number[];

/** A sink that has places. */
export interface OrderedSink extends SummarySink {
  readonly places: (count: number) => readonly OrderedSink[];
}

/** Keys in the order of arrival, and places that are taken before anything stands there. */
export interface SummaryOrder {
  readonly next: () => SummaryKey;
  readonly places: (count: number) => readonly OrderedSink[];
}

/** @param scalar is told where each summary that is given to a place stands */
export function createSummaryOrder(scalar: (tag: string, value: tf.Tensor, key: SummaryKey) => void, within: SummaryKey = []): SummaryOrder {
  let count = 0;
  const next = (): SummaryKey => [...within, count++];
  return {
    next,
    places(places) {
      const block = next();
      return Array.from({ length: places }, (_, place) => {
        const order = createSummaryOrder(scalar, [...block, place]);
        return { scalar: (tag, value) => scalar(tag, value, order.next()), places: order.places };
      });
    },
  };
}

export function compareKeys(a: SummaryKey, b: SummaryKey): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? a.length - b.length : at >= b.length ? 1 : a[at] - b[at];
}

/** A sink for each of so many groups of summaries, which follow one another however they arrive, if the sink can see to it. */
export function placesOf(sink: SummarySink, count: number): readonly SummarySink[] {
  return sink.places?.(count) ?? Array.from({ length: count }, () => sink);
}
