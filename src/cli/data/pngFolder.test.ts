import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { ImageData } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openData } from './openData.ts';
import { readPngFolder } from './pngFolder.ts';
import { pngPixels } from './pngPixels.ts';

/** The values of a picture of `picture.width` × 1 pixels, rounded for comparison. */
function values(picture: Omit<ImageData, 'height'>): readonly number[] {
  const bytes = encode({ ...picture, height: 1 });
  return [...pngPixels(bytes, 'x.png').values].map((value) => Math.round(value * 1000) / 1000);
}

describe('pngPixels', () => {
  it('reads grey and colour of 8 and 16 bits', () => {
    expect(values({ width: 3, channels: 1, data: Uint8Array.of(0, 51, 255) })).toEqual([-1, -0.6, 1]);
    expect(values({ width: 1, channels: 3, data: Uint8Array.of(0, 51, 255) })).toEqual([-1, -0.6, 1]);
    expect(values({ width: 3, channels: 1, depth: 16, data: Uint16Array.of(0, 13107, 65535) })).toEqual([-1, -0.6, 1]);
  });

  it('lays transparent pixels on white', () => {
    expect(values({ width: 3, channels: 2, data: Uint8Array.of(0, 255, 0, 51, 0, 0) })).toEqual([-1, 0.6, 1]);
    expect(values({ width: 2, channels: 4, data: Uint8Array.of(0, 255, 0, 255, 0, 255, 0, 0) })).toEqual([-1, 1, -1, 1, 1, 1]);
  });

  it('reads palettes, their transparency and packed indices', () => {
    const palette = [[255, 0, 0], [0, 0, 51]];
    expect(values({ width: 2, channels: 1, data: Uint8Array.of(1, 0), palette })).toEqual([-1, -1, -0.6, 1, -1, -1]);
    // five indices of one bit: 1 0 1 1 0, and three unused bits
    expect(values({ width: 5, channels: 1, depth: 1, data: Uint8Array.of(0b10110000), palette }).filter((_, index) => index % 3 === 0)).toEqual([-1, 1, -1, -1, 1]);
    expect(values({ width: 1, channels: 1, data: Uint8Array.of(0), palette: [[0, 0, 0, 0], [0, 0, 0, 255]] })).toEqual([1, 1, 1]);
  });

  it('reads grey packed below 8 bits', () => {
    expect(values({ width: 3, channels: 1, depth: 2, data: Uint8Array.of(0b00011100) })).toEqual([-1, -0.333, 1]);
  });

  it('ends every damage in a DataError', () => {
    const bytes = encode({ width: 4, height: 4, channels: 1, data: Uint8Array.from({ length: 16 }, (_, index) => index * 16) });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => pngPixels(bytes.slice(0, length), 'x.png'), `first ${length} bytes`).toThrow(expect.objectContaining({ code: 'GL7002' }));
    }
    for (let position = 0; position < bytes.length; position++) {
      const flipped = bytes.slice();
      flipped[position]! ^= 0x55;
      expect(() => pngPixels(flipped, 'x.png'), `byte ${position} changed`).toThrow(expect.objectContaining({ code: 'GL7002' }));
    }
  });
});

describe('readPngFolder', () => {
  let folder = '';
  const write = (name: string, picture: ImageData): void => writeFileSync(join(folder, name), encode(picture));
  const grey = (level: number, width = 2): ImageData => ({ width, height: 1, channels: 1, data: new Uint8Array(width).fill(level) });
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ganloss-png-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads the pictures in the order of their names', () => {
    write('b.PNG', grey(255));
    write('a.png', grey(0));
    writeFileSync(join(folder, 'notes.txt'), 'x');
    writeFileSync(join(folder, '._a.png'), 'x');
    mkdirSync(join(folder, 'more.png'));
    const set = openData(folder);
    expect(set).toMatchObject({ count: 2, height: 1, width: 2, channels: 1 });
    expect(set.name).toMatch(/^ganloss-png-.*\/$/);
    expect([...set.images]).toEqual([-1, -1, 1, 1]);
  });

  it('gives grey pictures three channels among coloured ones, and says so', () => {
    write('a.png', grey(255, 1));
    write('b.png', { width: 1, height: 1, channels: 3, data: Uint8Array.of(0, 255, 0) });
    const set = readPngFolder(folder);
    expect([...set.images]).toEqual([1, 1, 1, -1, 1, -1]);
    expect(set.note).toMatch(/grey/);
  });

  it('names the picture that differs in size', () => {
    write('a.png', grey(0, 2));
    write('b.png', grey(0, 2));
    write('odd.png', grey(0, 3));
    expect(() => readPngFolder(folder)).toThrow(expect.objectContaining({ code: 'GL7003', message: `'${join(folder, 'odd.png')}' is 3×1, but 'a.png' is 2×1` }));
  });

  it('names the picture that is damaged', () => {
    write('a.png', grey(0));
    writeFileSync(join(folder, 'b.png'), 'not a picture');
    expect(() => readPngFolder(folder)).toThrow(expect.objectContaining({ code: 'GL7002', message: expect.stringContaining(join(folder, 'b.png')) as unknown }));
  });

  it('reports an empty directory', () => {
    expect(() => readPngFolder(folder)).toThrow(expect.objectContaining({ code: 'GL7001' }));
  });
});

describe('openData', () => {
  it('reports what does not exist, and files of other kinds', () => {
    expect(() => openData('no/such/thing.npy')).toThrow(expect.objectContaining({ code: 'GL7001' }));
    expect(() => openData('package.json')).toThrow(expect.objectContaining({ code: 'GL7002', message: "'package.json' is neither a NumPy file nor a directory" }));
  });

  it('knows mnist by name', () => {
    expect(openData('mnist', 'test').count).toBe(10_000);
  });
});
