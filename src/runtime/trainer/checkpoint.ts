import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { fail } from '../models/fail.ts';
import { isTensorEntry, isTrainerRecord, type TensorEntry, type TrainerRecord } from './checkpointRecord.ts';
import type { StateDtype, TensorData, TrainerState } from './trainerState.ts';

/** The version of what `__metadata__.trainer` holds. */
const VERSION = 1;
const NO_CHECKSUM = '0'.repeat(64);

/** Names of the safetensors format, and how a value of each type lies in the file. */
const DTYPES: { readonly [D in StateDtype]: { readonly code: string; readonly bytes: number } } = {
  float32: { code: 'F32', bytes: 4 },
  int32: { code: 'I32', bytes: 4 },
  bool: { code: 'BOOL', bytes: 1 },
};

interface Header {
  readonly __metadata__: { readonly format: 'ganloss'; readonly version: string; readonly sha256: string; readonly trainer: string };
  readonly [tensor: string]: unknown;
}


/**
 * A checkpoint as the bytes of a safetensors file (huggingface/safetensors: the length of the header as a little-endian 64-bit
 * number, a JSON header, the tensors as little-endian numbers), which other tools read too. Its metadata hold the rest of the state
 * and a SHA-256 of the file, taken with zeros in the checksum's place.
 */
export function encodeCheckpoint(state: TrainerState): Uint8Array {
  const { tensors, ...rest } = state;
  const record: TrainerRecord = { ...rest, labels: Object.fromEntries(tensors.map(({ name, label }) => [name, label])) };
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, data }): readonly [string, TensorEntry] => {
    const start = end;
    end += data.length * DTYPES[dtype].bytes;
    return [name, { dtype: DTYPES[dtype].code, shape, data_offsets: [start, end] }];
  });
  const header: Header = {
    __metadata__: { format: 'ganloss', version: String(VERSION), sha256: NO_CHECKSUM, trainer: JSON.stringify(record) },
    ...Object.fromEntries(entries),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  // the tensors start at a multiple of 8 bytes, as the format asks; the header is filled up with spaces
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  tensors.forEach((tensor, index) => writeValues(view, 8 + headerLength + entries[index][1].data_offsets[0], tensor));
  writeChecksum(bytes, bytesToHex(sha256(bytes)));
  return bytes;
}

/** @throws SpecError GL7006 for bytes that are damaged, cut off or something else altogether */
export function decodeCheckpoint(bytes: Uint8Array): TrainerState {
  const { header, start } = readHeader(bytes);
  const { __metadata__: metadata, ...entries } = header;
  if (metadata.version !== String(VERSION)) return damaged(`it is of version ${metadata.version}, this ganloss reads version ${VERSION}`);
  const copy = bytes.slice();
  writeChecksum(copy, NO_CHECKSUM);
  if (bytesToHex(sha256(copy)) !== metadata.sha256) return damaged('its checksum is wrong');
  // the checksum says that it is as it was written, not by whom
  const { labels, ...rest } = readRecord(metadata.trainer);
  const view = new DataView(copy.buffer);
  const tensors = Object.entries(entries).map(([name, entry]) => {
    if (!isTensorEntry(entry) || !Object.hasOwn(labels, name)) return damaged(`what it says of ${name} makes no sense`);
    return readTensor(view, start, { name, label: labels[name], entry });
  });
  return { ...rest, tensors };
}

function readRecord(text: unknown): TrainerRecord {
  let record: unknown = null;
  try {
    if (typeof text === 'string') record = JSON.parse(text);
  } catch {
    return damaged('what it says of the trainer can not be read');
  }
  return isTrainerRecord(record) ? record : damaged('what it says of the trainer makes no sense');
}

function readHeader(bytes: Uint8Array): { readonly header: Header; readonly start: number } {
  if (bytes.length < 8) return damaged('it is cut off');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const start = 8 + Number(length);
  if (start > bytes.length) return damaged('it is cut off');
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Header;
    if (header.__metadata__.format === 'ganloss' && typeof header.__metadata__.sha256 === 'string') return { header, start };
  } catch {
    return damaged('its header can not be read');
  }
  return damaged('ganloss did not write it');
}

/** Replaces the checksum, wherever in the header it stands. */
function writeChecksum(bytes: Uint8Array, checksum: string): void {
  const marker = new TextEncoder().encode('"sha256":"');
  const place = bytes.findIndex((_, at) => marker.every((byte, offset) => bytes[at + offset] === byte));
  if (place >= 0) bytes.set(new TextEncoder().encode(checksum), place + marker.length);
}

function writeValues(view: DataView, offset: number, { dtype, data }: TensorData): void {
  if (dtype === 'bool') data.forEach((value, index) => view.setUint8(offset + index, value));
  else if (dtype === 'int32') data.forEach((value, index) => view.setInt32(offset + 4 * index, value, true));
  else data.forEach((value, index) => view.setFloat32(offset + 4 * index, value, true));
}

interface SavedTensor {
  readonly name: string;
  readonly label: string;
  readonly entry: TensorEntry;
}

function readTensor(view: DataView, start: number, { name, label, entry: { dtype: code, shape, data_offsets: offsets } }: SavedTensor): TensorData {
  const dtype = (Object.keys(DTYPES) as StateDtype[]).find((key) => DTYPES[key].code === code);
  if (dtype === undefined) return damaged(`the type ${code} of ${name} is unknown`);
  const length = (offsets[1] - offsets[0]) / DTYPES[dtype].bytes;
  const offset = start + offsets[0];
  if (start + offsets[1] > view.byteLength || length !== shape.reduce((product, size) => product * size, 1)) return damaged(`what it says of ${name} makes no sense`);
  const values = {
    bool: () => Uint8Array.from({ length }, (_, index) => view.getUint8(offset + index)),
    int32: () => Int32Array.from({ length }, (_, index) => view.getInt32(offset + 4 * index, true)),
    float32: () => Float32Array.from({ length }, (_, index) => view.getFloat32(offset + 4 * index, true)),
  };
  return { name, label, dtype, shape, data: values[dtype]() };
}

function damaged(why: string): never {
  return fail('GL7006', `the checkpoint is damaged: ${why}`);
}
