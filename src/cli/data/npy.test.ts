import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataError } from './dataError.ts';
import { parseNpy, readNpy } from './npy.ts';

interface Parts {
  readonly descr?: string;
  readonly fortran?: boolean;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly version?: number;
}

/** A file as numpy.save writes it: magic, version, header length, header padded to a multiple of 64, data. */
function npy({ descr = "'|u1'", fortran = false, shape, data, version = 1 }: Parts): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }`;
  const start = version === 1 ? 10 : 12;
  const padded = `${text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1)}\n`;
  const bytes = new Uint8Array(start + padded.length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), start);
  bytes.set(data, start + padded.length);
  return bytes;
}

function floats(values: readonly number[], bytes: 4 | 8, littleEndian = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  values.forEach((value, index) => (bytes === 4 ? view.setFloat32(4 * index, value, littleEndian) : view.setFloat64(8 * index, value, littleEndian)));
  return new Uint8Array(view.buffer);
}

function failure(bytes: Uint8Array): DataError {
  try {
    parseNpy(bytes, 'x.npy');
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('parseNpy', () => {
  it.each([1, 2, 3])('reads uint8 of format version %d', (version) => {
    const set = parseNpy(npy({ shape: [2, 1, 3], data: Uint8Array.of(0, 51, 255, 255, 102, 0), version }), 'dir/x.npy');
    expect(set).toMatchObject({ name: 'x.npy', count: 2, height: 1, width: 3, channels: 1 });
    [-1, -0.6, 1, 1, -0.2, -1].forEach((value, index) => expect(set.images[index]).toBeCloseTo(value, 6));
  });

  it.each(["'<f4'", "'>f4'", "'<f8'", "'>f8'"])('reads %s', (descr) => {
    const size = descr.includes('8') ? 8 : 4;
    const set = parseNpy(npy({ descr, shape: [1, 1, 1, 3], data: floats([-1, 0.25, 1], size, descr.includes('<')) }), 'x.npy');
    expect([...set.images]).toEqual([-1, 0.25, 1]);
    expect(set.channels).toBe(3);
    expect(set.note).toContain('taken as [-1, 1]');
  });

  it('moves [0, 1] to [-1, 1] and says so', () => {
    const set = parseNpy(npy({ descr: "'<f4'", shape: [1, 1, 3], data: floats([0, 0.5, 1], 4) }), 'x.npy');
    expect([...set.images]).toEqual([-1, 0, 1]);
    expect(set.note).toContain('taken as [0, 1]');
  });

  it('keeps values within the range when they stick out by rounding', () => {
    const set = parseNpy(npy({ descr: "'<f8'", shape: [1, 1, 2], data: floats([-1.000001, 1.000001], 8) }), 'x.npy');
    expect([...set.images]).toEqual([-1, 1]);
  });

  it('says what is wrong', () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    const shape = [1, 2, 2];
    const message = (parts: Partial<Parts>): string => failure(npy({ shape, data, ...parts })).message;
    expect(message({ data: data.subarray(0, 3) })).toMatch(/truncated: 3 bytes .* needs 4/);
    expect(message({ data: new Uint8Array(5) })).toMatch(/longer than its header says/);
    expect(message({ fortran: true })).toMatch(/Fortran order/);
    expect(message({ descr: "'|O'" })).toMatch(/Python objects/);
    expect(message({ descr: "'<i8'" })).toMatch(/dtype <i8/);
    expect(message({ descr: "[('a', '<f4')]" })).toMatch(/structured/);
    expect(message({ shape: [4] })).toMatch(/shape \(4\), which is not a stack/);
    expect(message({ shape: [0, 2, 2], data: new Uint8Array(0) })).toMatch(/no pixels/);
    expect(message({ shape: [1, 1, 2, 2] })).toMatch(/2 channels/);
    expect(failure(npy({ shape: [1, 3, 2, 2], data: new Uint8Array(12) })).hint).toMatch(/transpose\(0, 2, 3, 1\)/);
    expect(message({ descr: "'<f4'", shape: [1, 1, 1], data: floats([NaN], 4) })).toMatch(/NaN/);
    expect(message({ descr: "'<f4'", shape: [1, 1, 1], data: floats([200], 4) })).toMatch(/from 200 to 200/);
    expect(failure(npy({ descr: "'<f4'", shape: [1, 1, 1], data: floats([200], 4) })).hint).toMatch(/divide by 255/);
    expect(message({ version: 9 })).toMatch(/version 9\.0/);
    expect(failure(Uint8Array.of(0x50, 0x4b, 3, 4)).hint).toMatch(/npz/);
    expect(failure(new Uint8Array(0)).message).toMatch(/not a NumPy file/);
  });

  it('ends every prefix of a file in a DataError', () => {
    const whole = npy({ shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) });
    for (let length = 0; length < whole.length; length++) expect(failure(whole.slice(0, length)).code).toBe('GL7002');
  });
});

describe('readNpy', () => {
  it('reads a file, and reports one that is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganloss-npy-'));
    const path = join(folder, 'a.npy');
    writeFileSync(path, npy({ shape: [1, 1, 1], data: Uint8Array.of(255) }));
    expect([...readNpy(path).images]).toEqual([1]);
    expect(() => readNpy(join(folder, 'b.npy'))).toThrow(expect.objectContaining({ code: 'GL7001' }));
    rmSync(folder, { recursive: true });
  });
});
