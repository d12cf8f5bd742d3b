import { describe, expect, it } from 'vitest';
import { logistic, power } from '../../../ir/evaluate/elementwise.ts';
import type { MathFunction } from '../kernelContext.ts';
import type { MathExports } from './mathModule.ts';
import { mathModule } from './mathModule.ts';
import { ulpError } from './ulp.ts';

const UNARY = { exponential: Math.exp, exponential_minus_one: Math.expm1, log: Math.log, log_plus_one: Math.log1p, tanh: Math.tanh, logistic };
/** Units of the last place, over all float32 (bench/ulp.ts). */
const BOUNDS: { readonly [F in keyof typeof UNARY]: number } = { exponential: 0.9, exponential_minus_one: 1.4, log: 0.9, log_plus_one: 1, tanh: 1.4, logistic: 1.4 };
const NAMES = Object.keys(UNARY) as (keyof typeof UNARY)[];
const SPECIAL = [0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-45, -1e-45, 2 ** -126, -(2 ** -126), 3.4028234663852886e38, -3.4028234663852886e38, 0.5, 2, -2, 88.72283, 88.72284, -87.33654, -103.97, -103.98, 0.625, 9.1];

const PAGES = 8;
const COUNT = 1 << 14;

function load(names: readonly MathFunction[]) {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(mathModule(names, PAGES)), { env: { memory } });
  const at = (part: number) => new Float32Array(memory.buffer, part * COUNT * 4, COUNT);
  return { run: exports as unknown as MathExports, x: at(0), y: at(1), result: at(2), bits: new Int32Array(memory.buffer, 0, COUNT) };
}

describe('vector math', () => {
  const { run, x, result, bits } = load(NAMES);

  it.each(NAMES)('%s is right to the bound on a million numbers', (name) => {
    let worst = 0;
    // a prime step through all bit patterns
    const step = 4297;
    for (let start = 0; start < 2 ** 32; start += COUNT * step) {
      for (let i = 0; i < COUNT; i++) bits[i] = (start + i * step) | 0;
      run[name](0, 0, COUNT * 8, COUNT);
      for (let i = 0; i < COUNT; i++) worst = Math.max(worst, ulpError(result[i], UNARY[name](x[i])));
    }
    expect(worst).toBeLessThan(BOUNDS[name]);
  });

  it.each(NAMES)('%s of special numbers', (name) => {
    x.fill(0);
    x.set(SPECIAL);
    run[name](0, 0, COUNT * 8, COUNT);
    const wrong = SPECIAL.filter((_, i) => !(ulpError(result[i], UNARY[name](x[i])) < BOUNDS[name]));
    expect(wrong).toEqual([]);
  });

  it('power is right to the bound, special cases included', () => {
    const both = load(['power']);
    const numbers = [...SPECIAL, 3, -3, 0.1, 10, -0.5, 1 / 3, 16777216, 16777217, 126, 1e10];
    let next = 0;
    let pairs: [number, number][] = numbers.flatMap((a) => numbers.map((b): [number, number] => [a, b]));
    const random = (): number => ((next = (Math.imul(next, 1664525) + 1013904223) | 0) >>> 0) / 2 ** 32;
    pairs = [...pairs, ...Array.from({ length: 10_000 }, (): [number, number] => [random() * 10, (random() - 0.5) * 40])];
    pairs.forEach(([a, b], i) => {
      both.x[i] = a;
      both.y[i] = b;
    });
    both.run.power(0, COUNT * 4, COUNT * 8, COUNT);
    const wrong = pairs.flatMap((_, i) => (ulpError(both.result[i], power(both.x[i], both.y[i])) < 0.6 ? [] : [[both.x[i], both.y[i], both.result[i], power(both.x[i], both.y[i])]]));
    expect(wrong).toEqual([]);
  });
});
