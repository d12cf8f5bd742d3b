import { basename } from 'node:path';
import { DataError } from './dataError.ts';
import type { ImageSet } from './imageSet.ts';
import { parseNpyHeader } from './npyHeader.ts';
import type { NpyType } from './npyHeader.ts';
import { readBytes } from './readBytes.ts';
import { signedUnits } from './signedUnits.ts';

/** Room for the rounding of a scaling done in float32, such as `x/127.5 - 1`. */
const TOLERANCE = 1e-5;

/**
 * Images from a NumPy file: `[N, H, W]` or `[N, H, W, C]` with C 1 or 3, in C order, of dtype `uint8` (0 … 255), `float32` or
 * `float64` (in [-1, 1] or in [0, 1]: a negative value decides for the former; `note` says which).
 *
 * @throws DataError GL7001 when it cannot be read, GL7002 for every other content
 */
export function readNpy(path: string): ImageSet {
  return parseNpy(readBytes(path), path);
}

/** {@link readNpy} for bytes that are already in memory; `shown` is how the user named the file. */
export function parseNpy(bytes: Uint8Array, shown: string): ImageSet {
  const { type, shape, offset } = parseNpyHeader(bytes, shown);
  const [count, height, width, channels] = imageShape(shape, shown);
  const size = count * height * width * channels;
  const present = bytes.length - offset;
  if (present !== size * type.bytes) {
    const problem = present < size * type.bytes ? 'is truncated' : 'is longer than its header says';
    throw new DataError('GL7002', `'${shown}' ${problem}: ${present} bytes of data where the shape (${shape.join(', ')}) needs ${size * type.bytes}`, 'write it again with numpy.save');
  }
  const data = bytes.subarray(offset);
  const set = { name: basename(shown), count, height, width, channels };
  if (type.kind === 'u1') return { ...set, images: signedUnits(data) };
  return { ...set, ...scaled(floats(data, type, size), shown) };
}

function imageShape(shape: readonly number[], shown: string): readonly [number, number, number, number] {
  const [count, height, width, channels = 1] = shape;
  const text = `(${shape.join(', ')})`;
  if (count === undefined || height === undefined || width === undefined || shape.length > 4) {
    throw new DataError('GL7002', `'${shown}' has shape ${text}, which is not a stack of images`, 'the shape must be (N, H, W) or (N, H, W, C)');
  }
  if (shape.some((dimension) => dimension === 0)) {
    throw new DataError('GL7002', `'${shown}' has shape ${text}: it holds no pixels`, 'write at least one image');
  }
  if (channels !== 1 && channels !== 3) {
    const first = shape[1] === 1 || shape[1] === 3;
    const hint = first ? 'move the channels to the end: images.transpose(0, 2, 3, 1)' : 'keep one channel (grey) or three (red, green, blue)';
    throw new DataError('GL7002', `'${shown}' has shape ${text}: ${channels} channels`, hint);
  }
  return [count, height, width, channels];
}

function floats(data: Uint8Array, type: NpyType, size: number): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(size);
  if (type.bytes === 4) for (let i = 0; i < size; i++) values[i] = view.getFloat32(4 * i, type.littleEndian);
  else for (let i = 0; i < size; i++) values[i] = view.getFloat64(8 * i, type.littleEndian);
  return values;
}

function scaled(values: Float32Array, shown: string): { readonly images: Float32Array; readonly note: string } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) throw new DataError('GL7002', `'${shown}' holds NaN`, 'remove or repair those images');
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -1 - TOLERANCE || high > 1 + TOLERANCE) {
    const hint = low >= 0 && high <= 255 ? 'divide by 255, or write them as uint8' : 'scale them to [-1, 1] or to [0, 1]';
    throw new DataError('GL7002', `'${shown}' holds values from ${short(low)} to ${short(high)}; floats must lie in [-1, 1] or in [0, 1]`, hint);
  }
  const signed = low < 0;
  for (let i = 0; i < values.length; i++) {
    const value = signed ? values[i]! : 2 * values[i]! - 1;
    values[i] = Math.min(1, Math.max(-1, value));
  }
  const range = `values from ${short(low)} to ${short(high)}`;
  return { images: values, note: signed ? `${range}: taken as [-1, 1]` : `${range}: taken as [0, 1] and moved to [-1, 1]` };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
