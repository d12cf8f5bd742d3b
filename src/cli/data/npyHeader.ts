import { DataError } from './dataError.ts';

/** The element types that are read. */
export interface NpyType {
  readonly kind: 'u1' | 'f4' | 'f8';
  readonly bytes: 1 | 4 | 8;
  readonly littleEndian: boolean;
}

/** What an `.npy` file says of itself. */
export interface NpyHeader {
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly offset: number;
}

const SIZES = { u1: 1, f4: 4, f8: 8 } as const;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads the header of a NumPy file, versions 1.0, 2.0 and 3.0 (NEP 1).
 *
 * Only what describes an array of numbers is understood: the header is a Python literal, but it is matched, never evaluated,
 * and arrays of objects, whose elements are pickled programs, are refused.
 *
 * @throws DataError GL7002
 */
export function parseNpyHeader(bytes: Uint8Array, shown: string): NpyHeader {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    const zip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    const hint = zip ? 'this is an .npz archive: save the one array with numpy.save' : 'write it with numpy.save';
    throw new DataError('GL7002', `'${shown}' is not a NumPy file`, hint);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw truncated(shown);
  if (version < 1 || version > 3) {
    throw new DataError('GL7002', `'${shown}' has NumPy format version ${version}.${bytes[7]}; 1.0, 2.0 and 3.0 are read`, 'write it again with numpy.save');
  }
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) throw truncated(shown);
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));

  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (fortran === undefined || shape === undefined) throw new DataError('GL7002', `'${shown}' has a damaged NumPy header`, 'write it again with numpy.save');
  const type = elementType(text, shown);
  if (fortran === 'True' && shape.split(',').filter((part) => part.trim() !== '').length > 1) {
    throw new DataError('GL7002', `'${shown}' is in Fortran order`, 'write it in C order: numpy.save(file, numpy.ascontiguousarray(images))');
  }
  const dimensions = shape.split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  return { type, shape: dimensions, offset: start + length };
}

function elementType(header: string, shown: string): NpyType {
  const found = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\w*)'/.exec(header);
  const [, order = '', kind = ''] = found ?? [];
  if (kind === 'u1' || kind === 'f4' || kind === 'f8') return { kind, bytes: SIZES[kind], littleEndian: order !== '>' };
  if (kind.startsWith('O')) {
    throw new DataError('GL7002', `'${shown}' holds Python objects, which are never loaded`, 'save an array of numbers: images of one size stack into one');
  }
  const dtype = found ? `${order}${kind}` : 'a structured type';
  throw new DataError('GL7002', `'${shown}' has elements of dtype ${dtype}; uint8, float32 and float64 are read`, "convert them: images.astype('float32')");
}

function truncated(shown: string): DataError {
  return new DataError('GL7002', `'${shown}' is truncated: it ends within its header`, 'write it again with numpy.save');
}
