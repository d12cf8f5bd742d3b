import { decode } from 'fast-png';
import type { DecodedPng } from 'fast-png';
import { DataError } from './dataError.ts';
import { pngChunks } from './pngChunks.ts';

/** One picture, with values in [-1, 1] in the order row, column, channel. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly values: Float32Array;
}

/**
 * Decodes a PNG of any colour type and depth: grey stays one channel, colour and palettes become red, green, blue; what is
 * transparent is laid on white, as a browser's page shows it.
 *
 * @throws DataError GL7002 when the file is damaged (checksums are verified) or is interlaced with less than 8 bits
 */
export function pngPixels(bytes: Uint8Array, shown: string): Pixels {
  const header = { depth: bytes[24] ?? 8, interlaced: bytes[28] === 1 };
  // the decoder takes interlaced pixels for whole bytes
  if (header.interlaced && header.depth < 8) {
    throw new DataError('GL7002', `'${shown}' is an interlaced PNG of ${header.depth} bits, which is not read`, 'save it without interlacing');
  }
  let png: DecodedPng;
  try {
    png = decode(pngChunks(bytes), { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError('GL7002', `'${shown}' is not a readable PNG: ${reason.replace(/[.:]$/, '')}`, 'save it again or remove it from the directory');
  }
  return png.palette ? fromPalette(png, png.palette, shown) : fromSamples(png);
}

/** A sample `s` of `0 … peak` with opacity `alpha`, laid on white, as a number in [-1, 1]. */
function onWhite(sample: number, peak: number, alpha: number): number {
  return 2 * ((sample / peak) * alpha + (1 - alpha)) - 1;
}

function fromSamples(png: DecodedPng): Pixels {
  const { height, width, transparency } = png;
  const peak = 2 ** png.depth - 1;
  const hasAlpha = png.channels === 2 || png.channels === 4;
  const channels = png.channels >= 3 ? 3 : 1;
  const samples = unpack(png);
  const values = new Float32Array(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const at = pixel * png.channels;
    let alpha = hasAlpha ? samples[at + channels]! / peak : 1;
    if (transparency && isKey(samples, at, channels, transparency)) alpha = 0;
    for (let channel = 0; channel < channels; channel++) values[pixel * channels + channel] = onWhite(samples[at + channel]!, peak, alpha);
  }
  return { height, width, channels, values };
}

/** Whether a pixel has the one colour that a tRNS chunk declares transparent. */
function isKey(samples: ArrayLike<number>, at: number, channels: number, key: Uint16Array): boolean {
  for (let channel = 0; channel < channels; channel++) if (samples[at + channel] !== key[channel]) return false;
  return true;
}

function fromPalette(png: DecodedPng, palette: readonly (readonly number[])[], shown: string): Pixels {
  const { height, width } = png;
  const indices = unpack(png);
  const values = new Float32Array(height * width * 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const colour = palette[indices[pixel]!];
    if (!colour) throw new DataError('GL7002', `'${shown}' is not a readable PNG: a pixel is outside its palette`, 'save it again or remove it from the directory');
    const alpha = (colour[3] ?? 255) / 255;
    for (let channel = 0; channel < 3; channel++) values[pixel * 3 + channel] = onWhite(colour[channel]!, 255, alpha);
  }
  return { height, width, channels: 3, values };
}

/** One number a sample; below 8 bits the decoder leaves them packed, each row beginning at a byte. */
function unpack(png: DecodedPng): ArrayLike<number> {
  const { data, depth, height, width } = png;
  if (depth >= 8) return data;
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = data[row * rowBytes + (bit >> 3)]!;
      samples[row * width + column] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}
