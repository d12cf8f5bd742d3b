import type { CaseName } from '../cases.ts';
import type { RateRow } from '../rows.ts';
import { layoutOf, microKernel, padded, type Product, type Variant } from './microKernel.ts';

interface Shape extends Product {
  readonly what: string;
  readonly cases: readonly CaseName[];
}

const product = (what: string, cases: readonly CaseName[], m: number, k: number, n: number, transposed = false): Shape => ({ what, cases, m, k, n, transposed });

/** The largest products of the steps; convolutions as products of their columns. */
const SHAPES: readonly Shape[] = [
  product('mlp64 hidden', ['mlp64'], 64, 64, 64),
  product('mlp64 weight gradient', ['mlp64'], 64, 64, 64, true),
  product('mlp256 hidden', ['mlp256'], 64, 256, 256),
  product('mlp256 weight gradient', ['mlp256'], 256, 64, 256, true),
  product('dcgan second convolution', ['dcgan'], 1568, 800, 64),
  product('dcgan filter gradient', ['dcgan'], 800, 1568, 64),
  product('cyclegan residual convolution', ['cyclegan'], 256, 576, 64),
  product('cyclegan 7×7', ['cyclegan'], 4096, 147, 16),
];

const VARIANTS: readonly Omit<Variant, 'fma'>[] = [
  [4, 2],
  [2, 4],
  [3, 3],
].flatMap(([rows, vectors]) => [1, 2].flatMap((unroll) => [false, true].map((pack) => ({ rows, vectors, unroll, pack }))));

/** (module (func (param v128 v128 v128) (result v128) f32x4.relaxed_madd)) */
const RELAXED = [0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11];

/** Whether the engine has relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED));
}

interface Candidate {
  readonly shape: Shape;
  readonly variant: Variant;
  readonly run: () => void;
  readonly best: number;
}

export interface Attainable {
  /** The best that was seen so far, a row for each shape and kind of instruction. */
  readonly rows: () => readonly RateRow[];
  /** Times the best of each once more. */
  readonly again: () => void;
}

/**
 * What the engine reaches on the products of these cases on one thread, packing included: GEMM micro-kernels of several tiles,
 * with and without relaxed SIMD's multiply-add.
 */
export function measureAttainable(cases: readonly CaseName[]): Attainable {
  const kinds = hasRelaxedSimd() ? [false, true] : [false];
  let winners = SHAPES.filter((shape) => shape.cases.some((name) => cases.includes(name))).flatMap((shape) =>
    kinds.map((fma) => VARIANTS.map((variant) => prepare(shape, { ...variant, fma })).reduce((a, b) => (b.best < a.best ? b : a))),
  );
  return {
    rows: () =>
      winners.map(({ shape: { what, cases, m, k, n }, variant, best }) => ({
        system: 'attainable',
        shape: `${m}×${k}×${n} ${what}`,
        cases,
        gflops: Number(((2 * m * k * n) / best / 1e6).toFixed(1)),
        tile: `${variant.rows}×${variant.vectors * 4}${variant.unroll === 1 ? '' : `, k by ${variant.unroll}`}${variant.pack ? ', packed' : ''}`,
        fma: variant.fma,
      })),
    again() {
      winners = winners.map((winner) => ({ ...winner, best: Math.min(winner.best, fastest(winner.run)) }));
    },
  };
}

function prepare(shape: Shape, variant: Variant): Candidate {
  const whole = padded(shape, variant);
  const layout = layoutOf(whole);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.end / 65536) + 1 });
  const numbers = new Float32Array(memory.buffer);
  for (let index = layout.a / 4; index < layout.c / 4; index += 1) numbers[index] = (index % 17) / 17 - 0.5;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(microKernel(whole, variant, layout)), { env: { memory } });
  const run = exports.product as () => void;
  run();
  check(numbers, whole, layout);
  return { shape, variant, run, best: fastest(run) };
}

/** A wrong product is no measure of anything. */
function check(numbers: Float32Array, { m, k, n, transposed }: Product, { a, b, c }: ReturnType<typeof layoutOf>): void {
  for (let sample = 0; sample < 50; sample += 1) {
    const [row, column] = [(sample * 37) % m, (sample * 101) % n];
    let sum = 0;
    for (let index = 0; index < k; index += 1) sum += numbers[a / 4 + (transposed ? index * m + row : row * k + index)] * numbers[b / 4 + index * n + column];
    if (!(Math.abs(sum - numbers[c / 4 + row * n + column]) < 1e-2)) throw new Error(`a wrong product at ${row}, ${column}: ${numbers[c / 4 + row * n + column]}, not ${sum}`);
  }
}

/** How long a kernel is timed, and at least how long one reading takes, ms. */
const BUDGET = 30;
const READING = 0.3;

/** ms of one run, the least of many. */
function fastest(run: () => void): number {
  for (let index = 0; index < 20; index += 1) run();
  let repeats = 1;
  let best = Infinity;
  const start = performance.now();
  while (performance.now() - start < BUDGET) {
    const before = performance.now();
    for (let index = 0; index < repeats; index += 1) run();
    const taken = performance.now() - before;
    best = Math.min(best, taken / repeats);
    if (taken < READING) repeats *= 4;
  }
  return best;
}
