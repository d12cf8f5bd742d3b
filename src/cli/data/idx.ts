import { gunzipSync } from 'node:zlib';
import { DataError } from './dataError.ts';

/** An array of bytes in the IDX format of the MNIST files. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes (LeCun, Cortes and Burges, "The MNIST database"): two zero bytes, the element type,
 * the rank, each dimension as a big-endian word, the elements. Gzipped files are unpacked first.
 *
 * @param shown how the user knows the file, for messages
 * @throws DataError GL7002 when the bytes are anything else, or too few or too many
 */
export function parseIdx(bytes: Uint8Array, shown: string): IdxArray {
  const raw = unpacked(bytes, shown);
  if (raw.length < 4 || raw[0] !== 0 || raw[1] !== 0) throw damaged(shown, 'it does not begin like an IDX file');
  if (raw[2] !== UNSIGNED_BYTE) throw damaged(shown, 'its elements are not unsigned bytes');
  const rank = raw[3]!;
  const start = 4 + 4 * rank;
  if (raw.length < start) throw damaged(shown, 'it ends within its header');
  const view = new DataView(raw.buffer, raw.byteOffset);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (raw.length - start !== size) {
    throw damaged(shown, `it holds ${raw.length - start} elements and should hold ${shape.join('×')} = ${size}`);
  }
  return { shape, data: raw.subarray(start) };
}

function unpacked(bytes: Uint8Array, shown: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    throw damaged(shown, 'its gzip data is damaged');
  }
}

function damaged(shown: string, why: string): DataError {
  return new DataError('GL7002', `'${shown}' is not a usable IDX file: ${why}`, 'install or download it again');
}
