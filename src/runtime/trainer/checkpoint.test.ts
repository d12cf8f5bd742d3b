import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpecError } from '../../support/diagnostic.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { TensorData, TrainerState } from './trainerState.ts';

const TENSORS: readonly TensorData[] = [
  { name: 'weights/generator/0', label: 'dense/kernel', dtype: 'float32', shape: [2, 2], data: new Float32Array([1, -0, 1e-45, Infinity]) },
  { name: 'pool/0/0/0', label: 'pool', dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) },
  { name: 'pool/0/0/1', label: 'pool', dtype: 'int32', shape: [], data: new Int32Array([-7]) },
  { name: 'term/discriminator/a"b', label: '"sha256":"', dtype: 'float32', shape: [0], data: new Float32Array([]) },
];
const STATE: TrainerState = {
  model: 'gan',
  fingerprint: 'wasserstein + λ*gp\n"quoted"',
  step: 12,
  seed: 2 ** 40,
  params: { lambda: 0.1 },
  optimizers: { generator: { className: 'Adam', iterations: 12 } },
  tensors: TENSORS,
};

const codeOf = (bytes: Uint8Array) => {
  try {
    decodeCheckpoint(bytes);
  } catch (error) {
    if (error instanceof SpecError) return error.diagnostics[0].code;
    throw error;
  }
  return null;
};

it('comes back as it was written', () => {
  expect(decodeCheckpoint(encodeCheckpoint(STATE))).toEqual(STATE);
});

it('comes back from the middle of a larger buffer', () => {
  const bytes = encodeCheckpoint(STATE);
  const larger = new Uint8Array(bytes.length + 5);
  larger.set(bytes, 3);
  expect(decodeCheckpoint(larger.subarray(3, 3 + bytes.length))).toEqual(STATE);
});

it('is a safetensors file', () => {
  const bytes = encodeCheckpoint(STATE);
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
  expect(header['weights/generator/0']).toEqual({ dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] });
  expect(header['pool/0/0/1']).toEqual({ dtype: 'I32', shape: [], data_offsets: [19, 23] });
  expect(view.getFloat32(8 + length, true)).toBe(1);
  expect(Object.values(header.__metadata__).every((value) => typeof value === 'string')).toBe(true);
  expect(bytes.length).toBe(8 + length + 23);
});

describe('damage is seen', () => {
  const bytes = encodeCheckpoint(STATE);

  it('wherever a bit is turned', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = bytes.slice();
        damaged[at] ^= 1 << bit;
        expect(codeOf(damaged)).toBe('GL7006');
      }),
      { numRuns: 400 },
    );
  });

  it('at every bit of the header', () => {
    const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let at = 0; at < end; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = bytes.slice();
        damaged[at] ^= 1 << bit;
        expect(codeOf(damaged), `byte ${at}, bit ${bit}`).toBe('GL7006');
      }
    }
  });

  it('wherever it is cut off, and when something follows', () => {
    for (let length = 0; length < bytes.length; length += 1) expect(codeOf(bytes.subarray(0, length))).toBe('GL7006');
    expect(codeOf(new Uint8Array([...bytes, 0]))).toBe('GL7006');
  });

  it('in whatever else a file may hold', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (other) => codeOf(other) === 'GL7006'));
    expect(codeOf(new TextEncoder().encode('\x04\0\0\0\0\0\0\0null'))).toBe('GL7006');
  });
});
