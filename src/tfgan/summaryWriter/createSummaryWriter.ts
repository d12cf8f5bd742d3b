import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { createQueue } from '../../runtime/trainer/queue.ts';
import { share } from '../../runtime/trainer/share.ts';
import { compareKeys, createSummaryOrder, type OrderedSink, type SummaryKey } from '../summaryOrder.ts';
import { encodeFileVersion, encodeSummary, type SummaryValue } from './encodeEvent.ts';
import { encodeImages, type ImageOptions, type Pixels } from './encodeImages.ts';
import { histogram } from './histogram.ts';
import { tfRecord } from './tfRecord.ts';

/** Takes the bytes of an event file, one piece after the other; each piece holds whole records. */
export type ByteSink = (bytes: Uint8Array) => void | Promise<void>;

export interface SummaryWriterOptions {
  /** Milliseconds since 1970, the time that events carry; `Date.now` by default. */
  readonly now?: () => number;
}

/**
 * Collects what training shows and writes it as a TensorBoard event file. What a tag was given last counts, as in TF-GAN, where a
 * summary is evaluated once a step. Values given without a step get that of the next `flush`.
 */
export interface SummaryWriter extends OrderedSink {
  /** One number. A tensor may belong to a tape or a tidy, and be disposed before it is written. */
  readonly scalar: (tag: string, value: tf.Tensor | number, step?: number) => void;
  /**
   * A picture under its tag, or those of a batch [count, height, width, channels] under `tag/image/0`, `tag/image/1`, … as
   * `tf.summary.image` does. An int32 tensor holds bytes.
   */
  readonly image: (tag: string, pixels: tf.Tensor | Pixels, step?: number, options?: ImageOptions) => void;
  /** How values of any shape are distributed, in the buckets of `tf.summary.histogram`. */
  readonly histogram: (tag: string, values: tf.Tensor | ArrayLike<number>, step?: number) => void;
  /**
   * Writes what was collected, all of it or nothing.
   *
   * @param step of what was given without one
   * @throws SpecError GL3004 for a scalar that is none and for pixels of another shape, GL5009 where a step is missing, GL6001 for a
   * histogram of values that are not finite, and what the sink raises; what was collected is then gone
   */
  readonly flush: (step?: number) => Promise<void>;
  /** Forgets what was collected. */
  readonly discard: () => void;
  /** Waits until everything flushed is written; forgets what was not. */
  readonly close: () => Promise<void>;
}

type Kind = SummaryValue['kind'];

/** Values on their way: a tensor that the writer keeps, or numbers. */
interface Collected {
  readonly kind: Kind;
  readonly tag: string;
  readonly step: number | undefined;
  /** Where it stands in its event. */
  readonly key: SummaryKey;
  readonly tensor: tf.Tensor | null;
  /** The values as they stand in memory. */
  readonly read: () => Promise<readonly SummaryValue[]>;
}

/** A writer of event files to any sink; `createSummaryWriter` of `ganloss/node` writes them to a folder. */
export function createSummaryWriter(sink: ByteSink, { now = Date.now }: SummaryWriterOptions = {}): SummaryWriter {
  const queue = createQueue();
  let collected = new Map<string, Collected>();
  let begun = false;

  function collect(item: Collected): void {
    const key = JSON.stringify([item.kind, item.tag, item.step]);
    const before = collected.get(key);
    before?.tensor?.dispose();
    collected.set(key, before === undefined ? item : { ...item, key: before.key });
  }

  const scalar = (tag: string, value: tf.Tensor | number, step: number | undefined, key: SummaryKey): void => {
    const tensor = typeof value === 'number' ? null : share(value);
    collect({ kind: 'scalar', tag, step, key, tensor, read: async () => [{ kind: 'scalar', tag, value: tensor === null ? (value as number) : await readScalar(tag, tensor) }] });
  };
  const order = createSummaryOrder((tag, value, key) => scalar(tag, value, undefined, key));

  function takeAll(): readonly Collected[] {
    const items = [...collected.values()].sort((a, b) => compareKeys(a.key, b.key));
    collected = new Map();
    return items;
  }

  async function write(items: readonly Collected[], flushed: number | undefined): Promise<void> {
    try {
      const seconds = now() / 1000;
      const steps = new Map<number, SummaryValue[]>();
      for (const item of items) {
        const step = item.step ?? flushed ?? fail('GL5009', `the step of the summary '${item.tag}' is not known`, 'give it with the value, or to flush');
        steps.set(step, [...(steps.get(step) ?? []), ...(await item.read())]);
      }
      const events = [...steps].map(([step, values]) => encodeSummary(seconds, step, values));
      if (events.length === 0) return;
      await sink(join([...(begun ? [] : [encodeFileVersion(seconds)]), ...events].map(tfRecord)));
      begun = true;
    } finally {
      release(items);
    }
  }

  return {
    scalar: (tag, value, step) => scalar(tag, value, step, order.next()),
    places: order.places,
    image(tag, pixels, step, options) {
      const tensor = pixels instanceof tf.Tensor ? share(pixels) : null;
      collect({ kind: 'image', tag, step, key: order.next(), tensor, read: async () => imageValues(tag, tensor === null ? (pixels as Pixels) : await readPixels(tensor), options) });
    },
    histogram(tag, values, step) {
      const tensor = values instanceof tf.Tensor ? share(values) : null;
      collect({ kind: 'histogram', tag, step, key: order.next(), tensor, read: async () => [histogramValue(tag, tensor === null ? (values as ArrayLike<number>) : await tensor.data())] });
    },
    flush(step) {
      const items = takeAll();
      return queue.run(() => write(items, step));
    },
    discard: () => release(takeAll()),
    async close() {
      release(takeAll());
      await queue.run(async () => {});
    },
  };
}

function release(items: readonly Collected[]): void {
  for (const { tensor } of items) tensor?.dispose();
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  pieces.reduce((at, piece) => {
    bytes.set(piece, at);
    return at + piece.length;
  }, 0);
  return bytes;
}

async function readScalar(tag: string, tensor: tf.Tensor): Promise<number> {
  if (tensor.rank !== 0) return fail('GL3004', `the scalar summary '${tag}' has the shape [${tensor.shape.join(', ')}]: it must be one number`, 'a loss under the reduction none is no number: turn addSummaries off');
  return (await tensor.data<'float32'>())[0];
}

async function readPixels(tensor: tf.Tensor): Promise<Pixels> {
  const data = await tensor.data();
  return { shape: tensor.shape, data: tensor.dtype === 'int32' ? Uint8ClampedArray.from(data) : data };
}

function imageValues(tag: string, pixels: Pixels, options: ImageOptions | undefined): readonly SummaryValue[] {
  const images = encodeImages(pixels, options);
  const single = pixels.shape.length < 4;
  return images.map((image, index) => ({ kind: 'image', tag: single ? tag : options?.maxOutputs === 1 ? `${tag}/image` : `${tag}/image/${index}`, image }));
}

function histogramValue(tag: string, values: ArrayLike<number>): SummaryValue {
  const bad = Array.prototype.findIndex.call(values, (value: number) => !Number.isFinite(value));
  if (bad >= 0) return fail('GL6001', `the histogram '${tag}' has a value that is ${values[bad]}`);
  return { kind: 'histogram', tag, histogram: histogram(values) };
}
