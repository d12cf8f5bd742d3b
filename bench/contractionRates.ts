/**
 * GFLOPS of the contraction kernels on the shapes of the benchmark's steps, one thread; with --tiles those of every tile on operands in
 * the first-level cache (the table of src/codegen/wasm/contraction/tileRates.ts); with --relaxed by fused multiply-add.
 *
 *     npx tsdown bench/contractionRates.ts --no-config --no-dts --out-dir out/bench && taskset -c 1 node out/bench/contractionRates.mjs [name…]
 */
import type { ContractionKernel } from '../src/schedule/types.ts';
import { contractionFlops } from '../src/schedule/contractions.ts';
import { compileStages } from '../src/codegen/wasm/testing/runKernelCode.ts';
import { emitPlan } from '../src/codegen/wasm/contraction/emitContraction.ts';
import { planContraction } from '../src/codegen/wasm/contraction/plan.ts';
import type { Form, Tile } from '../src/codegen/wasm/contraction/tileRates.ts';

interface Shape {
  readonly name: string;
  readonly kernel: ContractionKernel;
  readonly sizes: readonly [lhs: number, rhs: number, out: number];
}

const END = (strides: readonly number[]) => ({ epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }] as const, stores: [{ buffer: 2, offset: 0, strides, node: 0 }] });
const BUFFERS = { lhs: { buffer: 0, offset: 0 }, rhs: { buffer: 1, offset: 0 } };

/** [M, K]·[K, N]; `transposed` says which operand is stored the other way round. */
function matrix(name: string, M: number, K: number, N: number, transposed: '' | 'lhs' | 'rhs' = ''): Shape {
  const [lr, lk] = transposed === 'lhs' ? [1, M] : [K, 1];
  const [rk, rc] = transposed === 'rhs' ? [1, K] : [N, 1];
  return {
    name,
    kernel: { kind: 'contraction', ...BUFFERS, batch: [], rows: [{ size: M, lhs: lr }], windows: [], contracted: [{ size: K, lhs: lk, rhs: rk }], columns: [{ size: N, rhs: rc }], ...END([N, 1]) },
    sizes: [M * K, K * N, M * N],
  };
}

interface Layer { readonly images: number; readonly size: number; readonly channels: number; readonly taps: number; readonly stride: number; readonly features: number }

function same({ size, taps, stride }: Layer): { readonly out: number; readonly low: number } {
  const out = Math.ceil(size / stride);
  return { out, low: Math.max(0, (out - 1) * stride + taps - size) >> 1 };
}

function forward(name: string, layer: Layer): Shape {
  const { images, size, channels, taps, stride, features } = layer;
  const { out, low } = same(layer);
  const window = (lhs: number, rhs: number) => ({ size: out, inputSize: size, taps, stride, tapStride: 1, low, dilation: 1, lhs, rhs });
  return {
    name,
    kernel: {
      kind: 'contraction', ...BUFFERS, batch: [], rows: [{ size: images, lhs: size * size * channels }],
      windows: [window(size * channels, taps * channels * features), window(channels, channels * features)],
      contracted: [{ size: channels, lhs: 1, rhs: features }], columns: [{ size: features, rhs: 1 }], ...END([out * out * features, out * features, features, 1]),
    },
    sizes: [images * size * size * channels, taps * taps * channels * features, images * out * out * features],
  };
}

/** The input gradient, which is the transposed convolution. */
function backward(name: string, layer: Layer): Shape {
  const { images, size, channels, taps, stride, features } = layer;
  const { out, low } = same(layer);
  const offset = (taps * taps - 1) * channels * features;
  const window = (lhs: number, rhs: number) => ({ size, inputSize: out, taps, stride: 1, tapStride: 1, low: taps - 1 - low, dilation: stride, lhs, rhs: -rhs });
  return {
    name,
    kernel: {
      kind: 'contraction', lhs: { buffer: 0, offset: 0 }, rhs: { buffer: 1, offset }, batch: [], rows: [{ size: images, lhs: out * out * features }],
      windows: [window(out * features, taps * channels * features), window(features, channels * features)],
      contracted: [{ size: features, lhs: 1, rhs: 1 }], columns: [{ size: channels, rhs: features }], ...END([size * size * channels, size * channels, channels, 1]),
    },
    sizes: [images * out * out * features, taps * taps * channels * features, images * size * size * channels],
  };
}

function weights(name: string, layer: Layer): Shape {
  const { images, size, channels, taps, stride, features } = layer;
  const { out, low } = same(layer);
  const window = (lhs: number, rhs: number) => ({ size: taps, inputSize: size, taps: out, stride: 1, tapStride: stride, low, dilation: 1, lhs, rhs });
  return {
    name,
    kernel: {
      kind: 'contraction', ...BUFFERS, batch: [], rows: [{ size: channels, lhs: 1 }],
      windows: [window(size * channels, out * features), window(channels, features)],
      contracted: [{ size: images, lhs: size * size * channels, rhs: out * out * features }], columns: [{ size: features, rhs: 1 }],
      ...END([features, taps * channels * features, channels * features, 1]),
    },
    sizes: [images * size * size * channels, images * out * out * features, taps * taps * channels * features],
  };
}

const dcgan2: Layer = { images: 32, size: 14, channels: 32, taps: 5, stride: 2, features: 64 };
const dcgan1: Layer = { images: 32, size: 28, channels: 1, taps: 5, stride: 2, features: 32 };
const cycle1: Layer = { images: 1, size: 64, channels: 3, taps: 7, stride: 1, features: 16 };
const cycle2: Layer = { images: 1, size: 64, channels: 16, taps: 3, stride: 2, features: 32 };
const cycle3: Layer = { images: 1, size: 32, channels: 32, taps: 3, stride: 2, features: 64 };
const residual: Layer = { images: 1, size: 16, channels: 64, taps: 3, stride: 1, features: 64 };
const cycleOut: Layer = { images: 1, size: 64, channels: 16, taps: 7, stride: 1, features: 3 };
const patch1: Layer = { images: 1, size: 64, channels: 3, taps: 4, stride: 2, features: 32 };
const patch2: Layer = { images: 1, size: 32, channels: 32, taps: 4, stride: 2, features: 64 };
const patch3: Layer = { images: 1, size: 16, channels: 64, taps: 4, stride: 1, features: 1 };
const LAYERS = { dcgan2, dcgan1, cycle1, cycle2, cycle3, residual, cycleOut, patch1, patch2, patch3 };

const SHAPES: readonly Shape[] = [
  matrix('mlp64', 64, 64, 64), matrix('mlp64.byInput', 64, 64, 64, 'rhs'), matrix('mlp64.byWeights', 64, 64, 64, 'lhs'),
  matrix('mlp256', 64, 256, 256), matrix('mlp256.byInput', 64, 256, 256, 'rhs'), matrix('mlp256.byWeights', 256, 64, 256, 'lhs'),
  matrix('mlp256.first', 64, 2, 256), matrix('mlp256.last', 64, 256, 1), matrix('mlp256.lastByWeights', 256, 64, 1, 'lhs'),
  matrix('dcgan.dense', 32, 64, 3136), matrix('dcgan.last', 32, 3136, 1), matrix('dcgan.denseByWeights', 64, 32, 3136, 'lhs'), matrix('dcgan.lastByWeights', 3136, 32, 1, 'lhs'),
  ...Object.entries(LAYERS).flatMap(([name, layer]) => [forward(name, layer), backward(`${name}.byInput`, layer), weights(`${name}.byWeights`, layer)]),
];

interface Measured {
  readonly ms: number;
  readonly compileMs: number;
}

function time({ kernel, sizes }: Shape, relaxedSimd: boolean, tile?: Tile): Measured {
  let at = 0;
  const offsets = sizes.map((size) => {
    const offset = at;
    at += Math.ceil((4 * size) / 64) * 64;
    return offset;
  });
  const started = performance.now();
  const compiled = compileStages(emitPlan(kernel, planContraction(kernel, tile), relaxedSimd), offsets, at);
  const compileMs = performance.now() - started;
  const floats = new Float32Array(compiled.memory.buffer);
  for (let i = 0; i < at / 4; i++) floats[i] = (i % 17) / 17 - 0.5;
  for (let i = 0; i < 10; i++) compiled.run();
  let best = Infinity;
  const end = performance.now() + 250;
  while (performance.now() < end) {
    const start = performance.now();
    let runs = 0;
    while (performance.now() - start < 1 || runs === 0) {
      compiled.run();
      runs += 1;
    }
    best = Math.min(best, (performance.now() - start) / runs);
  }
  return { ms: best, compileMs };
}

function measure(shape: Shape, relaxedSimd: boolean): string {
  const { name, kernel } = shape;
  const { ms: best, compileMs } = time(shape, relaxedSimd);
  const flops = contractionFlops(kernel);
  const { form, tiling, packs, blocks, tileRows, tileColumns } = planContraction(kernel);
  return `${name.padEnd(22)} ${(flops / 1e6).toFixed(2).padStart(8)} MFLOP ${best.toFixed(4).padStart(9)} ms ${(flops / best / 1e6).toFixed(1).padStart(6)} GFLOPS  ${form} ${tiling.kind} ${tileRows}×${tileColumns}${packs ? ' packed' : ''}${blocks === null ? '' : ` ${blocks.count} blocks`}  compiled in ${compileMs.toFixed(0)} ms`;
}

/** Every tile on a product whose sizes are multiples of it. */
function measureTiles(relaxedSimd: boolean): void {
  const tiles: readonly (readonly [Form, readonly number[], readonly number[]])[] = [['outer', [1, 2, 3, 4], [1, 2, 3, 4, 8, 12, 16]], ['dot', [1, 2, 3, 4], [1, 2, 3]], ['transposed', [4, 8, 12], [1, 2, 3]]];
  for (const [form, rows, columns] of tiles) {
    for (const r of rows) {
      const rates = columns.map((c) => {
        const [M, K, N] = [form === 'transposed' ? 48 : 12 * r, 96, form === 'outer' && c >= 4 ? 48 : c];
        const shape = matrix('tile', M, K, N, form === 'transposed' ? 'lhs' : '');
        const { ms } = time(shape, relaxedSimd, { form, rows: r, columns: c });
        return `${c}: ${((2 * M * K * N) / ms / 1e6).toFixed(0)}`;
      });
      console.log(`${form} ${r}: { ${rates.join(', ')} }`);
    }
  }
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const relaxed = process.argv.includes('--relaxed');
if (process.argv.includes('--tiles')) measureTiles(relaxed);
else for (const shape of SHAPES) if (wanted.length === 0 || wanted.some((name) => shape.name.startsWith(name))) console.log(measure(shape, relaxed));
