import { inflateSync } from 'node:zlib';

/** Chunks that say what the pixels are; all others (texts, profiles, animations) may hold anything, and are left out. */
const NEEDED: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** 2^26 pixels take a gigabyte in colour as float32. */
const MOST_PIXELS = 2 ** 26;
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * The bytes of a PNG (ISO/IEC 15948) with the chunks that its pixels need alone, once it is sure that unpacking takes no more memory than
 * its size in pixels says. Checksums are the decoder's to verify.
 *
 * @throws Error with the reason, for a file that is no PNG, is cut off, too large, or whose data unpack to more than its pixels
 */
export function pngChunks(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 33 || ![0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, index) => bytes[index] === byte)) throw new Error('it does not begin like one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  for (let at = 8; at < bytes.length; ) {
    if (at + 12 > bytes.length) throw new Error('it ends within a chunk');
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw new Error('it ends within a chunk');
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at === 8 && (name !== 'IHDR' || length !== 13)) throw new Error('it has no header');
    if (NEEDED.has(name)) kept.push(bytes.subarray(at, end));
    if (name === 'IDAT') packed.push(bytes.subarray(at + 8, end - 4));
    at = name === 'IEND' ? bytes.length : end;
  }
  const [width, height, depth, samples] = [view.getUint32(16), view.getUint32(20), bytes[24], SAMPLES[bytes[25]]];
  if (width === 0 || height === 0) throw new Error('it has no pixels');
  if (width * height > MOST_PIXELS) throw new Error(`its ${width}×${height} pixels are more than can be read`);
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw new Error('its colours are of no known type');
  // a filter byte a row; each of seven interlaced pictures may have rows of its own
  const most = height * (Math.ceil((width * samples * depth) / 8) + 1) + 8 * (width + height) * samples * 2 + 64;
  try {
    inflateSync(concatenate(packed), { maxOutputLength: most });
  } catch (error) {
    const tooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(tooMuch ? 'its data unpack to more than its pixels' : 'its data are damaged', { cause: error });
  }
  return concatenate(kept);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
