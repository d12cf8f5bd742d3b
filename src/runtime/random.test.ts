import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom, normals, uniforms } from './random.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Philox 4×32-10 as Salmon et al. (2011) give it, in exact integers. */
function philox(counter: readonly number[], key: readonly number[]): readonly number[] {
  let [a, b, c, d] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const word = 0xffffffffn;
  for (let round = 0; round < 10; round += 1) {
    const [left, right] = [0xd2511f53n * a, 0xcd9e8d57n * c];
    [a, b, c, d] = [(right >> 32n) ^ b ^ k0, right & word, (left >> 32n) ^ d ^ k1, left & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [a, b, c, d].map(Number);
}

function fnv1a(text: string): number {
  return [...text].reduce((hash, char) => Number((BigInt(hash ^ char.charCodeAt(0)) & 0xffffffffn) * 0x01000193n & 0xffffffffn), 0x811c9dc5);
}

it('is Philox 4×32-10: the counter is (block, step, stream), the key the seed', () => {
  // the published test vector, for the check itself
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  for (const [seed, name, step] of [[1, 'a', 0], [2 ** 40 + 3, 'generator/z', 7], [0xffffffff, 'x', 2 ** 31]] as const) {
    const words = [0, 1].flatMap((block) => philox([block, step, fnv1a(name), 0x6761_6e6c], [seed % 2 ** 32, Math.floor(seed / 2 ** 32)]));
    expect([...uniforms(seed, name, 7, step)]).toEqual(words.slice(0, 7).map((word) => Math.floor(word / 256) * 2 ** -24));
  }
});

describe('draws', () => {
  it('are a function of seed, stream, step and name', () => {
    const draw = (seed: number, stream: string, step: number, name: string) => [...createRandom(seed, stream, step).uniform(name, [4]).dataSync()];
    const first = draw(1, 'a', 0, 'z');
    expect(draw(1, 'a', 0, 'z')).toEqual(first);
    for (const other of [draw(2, 'a', 0, 'z'), draw(1, 'b', 0, 'z'), draw(1, 'a', 1, 'z'), draw(1, 'a', 0, 'y'), draw(1 + 2 ** 32, 'a', 0, 'z')]) expect(other).not.toEqual(first);
  });

  it('of a longer length begin with those of a shorter one', () => {
    expect([...uniforms(1, 'a', 9)].slice(0, 5)).toEqual([...uniforms(1, 'a', 5)]);
    expect([...normals(1, 'a', 8)].slice(0, 5)).toEqual([...normals(1, 'a', 5)]);
  });

  it('are uniform on [0, 1), or standard normal', () => {
    const count = 40_000;
    const moments = (values: Float32Array) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
    };
    const uniform = uniforms(3, 'u', count);
    expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
    // five standard errors each
    expect(Math.abs(moments(uniform).mean - 0.5)).toBeLessThan(0.0073);
    expect(Math.abs(moments(uniform).variance - 1 / 12)).toBeLessThan(0.002);
    const normal = normals(3, 'n', count);
    expect(Math.abs(moments(normal).mean)).toBeLessThan(0.025);
    expect(Math.abs(moments(normal).variance - 1)).toBeLessThan(0.036);
  });
});
