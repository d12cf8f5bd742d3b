import type * as tf from '@tensorflow/tfjs';
import { compareKeys, createSummaryOrder, type OrderedSink, type SummaryKey } from './summaryOrder.ts';

/** A summary as it was recorded. */
export interface RecordedSummary {
  readonly tag: string;
  /** Null for a tensor that is no scalar, which TensorFlow cannot evaluate as a summary. */
  readonly value: number | null;
}

/** Summaries in memory. What a tag was given last counts, where it stood first. */
export interface SummaryList extends OrderedSink {
  /** In the order in which TF-GAN records them. */
  readonly read: () => readonly RecordedSummary[];
  readonly clear: () => void;
}

/** A sink that keeps its summaries, to be looked at while one experiments or tests. Values are read as they arrive. */
export function createSummaryList(): SummaryList {
  const recorded = new Map<string, RecordedSummary & { readonly key: SummaryKey }>();
  const record = (tag: string, value: tf.Tensor, key: SummaryKey): void => {
    recorded.set(tag, { tag, value: value.rank === 0 ? value.dataSync()[0] : null, key: recorded.get(tag)?.key ?? key });
  };
  const order = createSummaryOrder(record);
  return {
    scalar: (tag, value) => record(tag, value, order.next()),
    places: order.places,
    read: () => [...recorded.values()].sort((a, b) => compareKeys(a.key, b.key)).map(({ tag, value }) => ({ tag, value })),
    clear: () => recorded.clear(),
  };
}
