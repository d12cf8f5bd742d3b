import { describe, expect, it } from 'vitest';
import { scheduleValue, type ScheduleFunction } from '../../support/schedules.ts';
import { normals, uniforms } from '../random.ts';
import { helperText } from './helperText.ts';

interface Helpers {
  readonly bytes: (text: string) => Uint8Array;
  readonly put: (name: string, values: ArrayLike<number> | undefined, to: Float32Array, shape: readonly number[]) => void;
  readonly uniforms: (to: Float32Array, seed: number, name: string, step: number) => void;
  readonly normals: (to: Float32Array, seed: number, name: string, step: number) => void;
  readonly classes: (to: Float32Array, count: number, seed: number, name: string, step: number) => void;
  readonly schedule: (fn: ScheduleFunction, args: readonly number[], done: number) => number;
}

const text = helperText(['bytes', 'put', 'uniforms', 'normals', 'classes', 'schedule']);
const helpers = new Function(`${text.join('\n')}\nreturn { bytes, put, uniforms, normals, classes, schedule };`)() as Helpers;
const made = (length: number, fill: (to: Float32Array) => void): Float32Array => {
  const to = new Float32Array(length);
  fill(to);
  return to;
};

describe('what a standalone module carries along', () => {
  it.each([[0, 1, 1], [1, 7, 3], [2 ** 32 + 5, 64, 1000], [9007199254740991, 33, 2 ** 31]])('draws the same numbers as the trainer: seed %i, %i of them, step %i', (seed, length, step) => {
    const name = 'discriminator/1/gp.0';
    expect(made(length, (to) => helpers.uniforms(to, seed, name, step))).toEqual(uniforms(seed, name, length, step));
    expect(made(length, (to) => helpers.normals(to, seed, name, step))).toEqual(normals(seed, name, length, step));
  });

  it('draws classes as the trainer does', () => {
    const one = made(12, (to) => helpers.classes(to, 3, 5, 'samples/0/target', 2));
    const expected = [...uniforms(5, 'samples/0/target', 4, 2)].flatMap((number) => [0, 1, 2].map((index) => Number(index === Math.floor(number * 3))));
    expect([...one]).toEqual(expected);
  });

  it('follows schedules', () => {
    for (const [fn, args] of [['linear', [1, 3, 4]], ['cosine', [2, 0.5, 7]], ['after', [3]]] as const) {
      for (const done of [0, 1, 3, 4, 6, 7, 100]) expect(helpers.schedule(fn, args, done)).toBe(scheduleValue({ fn, args }, done));
    }
  });

  it('reads base64, and refuses tensors of another size', () => {
    expect([...helpers.bytes('AAH/')]).toEqual([0, 1, 255]);
    const to = new Float32Array(4);
    helpers.put('real', [1, 2, 3, 4], to, [2, 2]);
    expect([...to]).toEqual([1, 2, 3, 4]);
    expect(() => helpers.put('real', [1], to, [2, 2])).toThrow("'real' has 1 numbers, not the 4 of [2,2]");
    expect(() => helpers.put('real', undefined, to, [2, 2])).toThrow("'real' is missing: [2,2] numbers");
  });

  it('leaves out what is not needed', () => {
    expect(helperText(['bytes'])).toHaveLength(1);
    expect(helperText(['classes']).join()).toContain('forEachBlock');
  });
});
