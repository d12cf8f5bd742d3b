import { encode } from 'fast-png';
import { fail } from '../../runtime/models/fail.ts';
import type { EncodedImage } from './encodeEvent.ts';

/** A picture, or a batch of pictures, row by row, with channels last. */
export interface Pixels {
  /** [height, width], [height, width, channels] or [count, height, width, channels]; 1 to 4 channels. */
  readonly shape: readonly number[];
  /** Bytes are shown as they are; other numbers are brought into their range, as `brightness` says. */
  readonly data: ArrayLike<number>;
}

export interface ImageOptions {
  /** How many pictures of a batch are shown; 3 by default. */
  readonly maxOutputs?: number;
  /**
   * The numbers that are black and white: [-1, 1] for a generator that ends in tanh. By default TensorFlow's rule, for each picture:
   * without negative numbers its largest becomes white; with them 0 becomes grey, and the number farthest from it black or white.
   */
  readonly range?: readonly [number, number];
}

/** The first pictures of a batch as PNGs of 8 bits. What is not finite becomes red (the lowest channel, where there is no colour). */
export function encodeImages({ shape, data }: Pixels, { maxOutputs = 3, range }: ImageOptions = {}): readonly EncodedImage[] {
  const [count, height, width, channels] = shape.length === 2 ? [1, ...shape, 1] : shape.length === 3 ? [1, ...shape] : shape;
  if (shape.length < 2 || shape.length > 4 || channels < 1 || channels > 4) {
    return fail('GL3004', `a picture has the shape [height, width, channels] with 1 to 4 channels, or a batch of such, not [${shape.join(', ')}]`);
  }
  const size = height * width * channels;
  return Array.from({ length: Math.min(count, maxOutputs) }, (_, index) => {
    const values = Array.prototype.slice.call(data, index * size, (index + 1) * size) as number[];
    const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray ? Uint8Array.from(values) : toBytes(values, channels, range);
    return { height, width, channels, png: encode({ width, height, channels, depth: 8, data: bytes }) };
  });
}

/** TensorFlow's colour of pixels that are not finite: [255, 0, 0, 255]. */
const BAD_COLOUR = [255, 0, 0, 255];

function toBytes(values: readonly number[], channels: number, range: readonly [number, number] | undefined): Uint8Array {
  const { scale, offset } = brightness(values, range);
  const bytes = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at += channels) {
    const pixel = values.slice(at, at + channels);
    const good = pixel.every(Number.isFinite);
    pixel.forEach((value, channel) => {
      bytes[at + channel] = good ? Math.max(0, Math.min(255, Math.trunc(value * scale + offset))) : BAD_COLOUR[channel];
    });
  }
  return bytes;
}

/** What takes a number to a byte. The default is that of TensorFlow's ImageSummary (summary_image_op.cc). */
function brightness(values: readonly number[], range: readonly [number, number] | undefined): { readonly scale: number; readonly offset: number } {
  if (range !== undefined) {
    const scale = 255 / (range[1] - range[0]);
    // half a unit, so that numbers are rounded
    return { scale, offset: 0.5 - range[0] * scale };
  }
  const finite = values.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const negative = finite.some((value) => value < 0);
  const scale = largest < 1e-6 ? 0 : (negative ? 127 : 255) / largest;
  return { scale, offset: negative ? 128 : 0 };
}
