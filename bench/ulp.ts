/**
 * Error of the vectorised functions over all float32 values (or every stride-th), and their speed; of all functions or those named.
 *
 *     npx tsdown bench/ulp.ts --no-config --out-dir out/bench && node out/bench/ulp.mjs [stride] [function …]
 */
import type { MathExports } from '../src/codegen/wasm/math/mathModule.ts';
import { mathModule } from '../src/codegen/wasm/math/mathModule.ts';
import { ulpError } from '../src/codegen/wasm/math/ulp.ts';
import { logistic } from '../src/ir/evaluate/elementwise.ts';

const ORACLE = { exponential: Math.exp, exponential_minus_one: Math.expm1, log: Math.log, log_plus_one: Math.log1p, tanh: Math.tanh, logistic };
type Unary = keyof typeof ORACLE;
const all = Object.keys(ORACLE) as Unary[];
const names = all.filter((name) => process.argv.length <= 3 || process.argv.slice(3).includes(name));
const stride = Number(process.argv[2] ?? 1);
const COUNT = 1 << 16;
const PAGES = 16;
const memory = new WebAssembly.Memory({ initial: PAGES });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(mathModule(names, PAGES)), { env: { memory } });
const run = exports as unknown as MathExports;
const bits = new Int32Array(memory.buffer, 0, COUNT);
const x = new Float32Array(memory.buffer, 0, COUNT);
const y = new Float32Array(memory.buffer, COUNT * 4, COUNT);

function worst(name: Unary): { error: number; at: number } {
  let error = 0;
  let at = 0;
  for (let start = 0; start < 2 ** 32; start += COUNT * stride) {
    for (let i = 0; i < COUNT; i++) bits[i] = (start + i * stride) | 0;
    run[name](0, 0, COUNT * 4, COUNT);
    for (let i = 0; i < COUNT; i++) {
      const expected = ORACLE[name](x[i]);
      // the nearest float32 is off by half a unit at most
      if (y[i] === Math.fround(expected)) continue;
      const e = ulpError(y[i], expected);
      if (e > error) {
        error = e;
        at = x[i];
      }
    }
  }
  return { error, at };
}

/** Nanoseconds for 4 elements, numbers between −5 and 5 (positive ones for log). */
function speed(name: Unary): number {
  for (let i = 0; i < COUNT; i++) x[i] = name === 'log' ? (i + 1) / 1000 : (i / COUNT) * 10 - (name === 'log_plus_one' ? 0.9 : 5);
  let best = Infinity;
  for (let repeat = 0; repeat < 50; repeat++) {
    const start = performance.now();
    run[name](0, 0, COUNT * 4, COUNT);
    best = Math.min(best, performance.now() - start);
  }
  return (best * 1e6) / (COUNT / 4);
}

for (const name of names) {
  const { error, at } = worst(name);
  console.log(`${name.padEnd(24)} ${error.toFixed(3)} ulp at ${at}, ${speed(name).toFixed(1)} ns for 4`);
}
