/**
 * Times elementwise kernels and reductions of the wasm target beside a copy that moves as many bytes.
 *
 *     npx tsdown bench/loops.ts --no-config --out-dir out/bench && node out/bench/loops.mjs
 */
import { placedApart, runnerOf } from '../src/codegen/wasm/testing/runWasm.ts';
import type { Buffer, LoopsKernel, Node, ScalarOp, Schedule } from '../src/schedule/types.ts';

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const f32 = (name: string, ...shape: number[]): Buffer => ({ name, dtype: 'f32', shape });

/** Writes node lists down: `load(buffer, strides)`, `apply('add', a, b)`. */
function writer(): { nodes: Node[]; load: (buffer: number, ...strides: number[]) => number; constant: (value: number) => number; apply: (op: ScalarOp, ...args: number[]) => number } {
  const nodes: Node[] = [];
  const push = (node: Node): number => nodes.push(node) - 1;
  return {
    nodes,
    load: (buffer, ...strides) => push({ kind: 'load', dtype: 'f32', access: { buffer, offset: 0, strides, guards: [], indirections: [], fill: 0 } }),
    constant: (value) => push({ kind: 'constant', dtype: 'f32', value }),
    apply: (op, ...args) => push({ kind: 'apply', dtype: op === 'compare' ? 'i1' : 'f32', op, attributes: op === 'compare' ? { direction: 'GT' } : {}, args } as unknown as Node),
  };
}

function elementwise(size: number, nodes: readonly Node[], stores: readonly (readonly [buffer: number, node: number])[]): LoopsKernel {
  return { kind: 'loops', space: [size], reduced: [], nodes, reductions: [], epilogue: [], stores: stores.map(([buffer, node]) => ({ buffer, offset: 0, strides: [1], node })) };
}

interface Case {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly kernel: LoopsKernel;
  /** Bytes read and written. */
  readonly bytes: number;
  readonly elements: number;
}

function adam(size: number): Case {
  const w = writer();
  const [weight, m, v, g] = [0, 1, 2, 3].map((buffer) => w.load(buffer, 1));
  const [rate, momentCorrection, secondCorrection] = [4, 5, 6].map((buffer) => w.load(buffer, 0));
  const moment = w.apply('add', w.apply('multiply', m, w.constant(0.9)), w.apply('multiply', g, w.constant(0.1)));
  const second = w.apply('add', w.apply('multiply', v, w.constant(0.999)), w.apply('multiply', w.apply('multiply', g, g), w.constant(0.001)));
  const step = w.apply('divide', w.apply('divide', moment, momentCorrection), w.apply('add', w.apply('sqrt', w.apply('divide', second, secondCorrection)), w.constant(1e-7)));
  const updated = w.apply('subtract', weight, w.apply('multiply', step, rate));
  const kernel = elementwise(size, w.nodes, [[0, updated], [1, moment], [2, second]]);
  return { name: `Adam, ${size} parameters`, buffers: [f32('w', size), f32('m', size), f32('v', size), f32('g', size), f32('rate'), f32('c1'), f32('c2')], kernel, bytes: size * 28, elements: size };
}

function leakyRelu(shape: readonly number[]): Case {
  const size = elements(shape);
  const w = writer();
  const x = w.load(0, 1);
  const y = w.apply('select', w.apply('compare', x, w.constant(0)), x, w.apply('multiply', x, w.constant(0.2)));
  return { name: `leaky relu [${shape.join(', ')}]`, buffers: [f32('x', size), f32('y', size)], kernel: elementwise(size, w.nodes, [[1, y]]), bytes: size * 8, elements: size };
}

function unary(op: ScalarOp, size: number): Case {
  const w = writer();
  const y = w.apply(op, w.load(0, 1));
  return { name: `${op} [${size}]`, buffers: [f32('x', size), f32('y', size)], kernel: elementwise(size, w.nodes, [[1, y]]), bytes: size * 8, elements: size };
}

function biasGradient(shape: readonly number[]): Case {
  const size = elements(shape);
  const columns = shape[shape.length - 1];
  const w = writer();
  const x = w.load(0, 1, columns);
  const kernel: LoopsKernel = { kind: 'loops', space: [columns], reduced: [size / columns], nodes: w.nodes, reductions: [{ combine: 'add', node: x }], epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }], stores: [{ buffer: 1, offset: 0, strides: [1], node: 0 }] };
  return { name: `bias gradient [${shape.join(', ')}] → [${columns}]`, buffers: [f32('x', size), f32('y', columns)], kernel, bytes: size * 4, elements: size };
}

function meanDifference(size: number): Case {
  const w = writer();
  const node = w.apply('abs', w.apply('subtract', w.load(0, 1), w.load(1, 1)));
  const kernel: LoopsKernel = { kind: 'loops', space: [], reduced: [size], nodes: w.nodes, reductions: [{ combine: 'add', node }], epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }, { kind: 'constant', dtype: 'f32', value: 1 / size }, { kind: 'apply', dtype: 'f32', op: 'multiply', attributes: {}, args: [0, 1] }], stores: [{ buffer: 2, offset: 0, strides: [], node: 2 }] };
  return { name: `mean |a − b| over ${size}`, buffers: [f32('a', size), f32('b', size), f32('y')], kernel, bytes: size * 8, elements: size };
}

function transpose(rows: number, columns: number): Case {
  const w = writer();
  const x = w.load(0, columns, 1);
  const kernel: LoopsKernel = { kind: 'loops', space: [rows, columns], reduced: [], nodes: w.nodes, reductions: [], epilogue: [], stores: [{ buffer: 1, offset: 0, strides: [1, rows], node: x }] };
  return { name: `transpose [${rows}, ${columns}]`, buffers: [f32('x', rows, columns), f32('y', rows * columns)], kernel, bytes: rows * columns * 8, elements: rows * columns };
}

function copy(bytes: number): Case {
  const size = Math.round(bytes / 8);
  const w = writer();
  const x = w.load(0, 1);
  return { name: 'copy', buffers: [f32('x', size), f32('y', size)], kernel: elementwise(size, w.nodes, [[1, x]]), bytes: size * 8, elements: size };
}

/** Best microseconds of a call, and how many chunks it has. */
function measure({ buffers, kernel }: Case): { readonly microseconds: number; readonly chunks: number } {
  const schedule: Schedule = { name: 'run', buffers, kernels: [{ kernel, name: 'kernel', origin: [] }], inputs: [], outputs: [], constants: [] };
  const runner = runnerOf(placedApart(schedule));
  buffers.forEach((_, i) => runner.view(i).forEach((_x, k, data) => (data[k] = Math.sin(k + i) + 1.5)));
  let best = Infinity;
  for (let round = 0; round < 60; round++) {
    const calls = 10;
    const start = performance.now();
    for (let call = 0; call < calls; call++) runner.exports['run']();
    best = Math.min(best, ((performance.now() - start) * 1000) / calls);
  }
  return { microseconds: best, chunks: runner.module.calls.get('run')!.reduce((sum, call) => sum + call.chunks, 0) };
}

const cases = [
  adam(200_000), leakyRelu([32, 14, 14, 32]), biasGradient([32, 14, 14, 32]), biasGradient([4, 128, 128, 3]), meanDifference(4 * 128 * 128 * 3), transpose(512, 256),
  ...(['exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'tanh', 'logistic', 'sqrt', 'rsqrt'] as const).map((op) => unary(op, 16384)),
];
console.log('kernel'.padEnd(42), '      µs', ' ns/element', ' chunks', ' µs of a copy of as many bytes');
for (const each of cases) {
  const { microseconds, chunks } = measure(each);
  const bound = measure(copy(each.bytes)).microseconds;
  console.log(each.name.padEnd(42), microseconds.toFixed(1).padStart(8), ((microseconds * 1000) / each.elements).toFixed(3).padStart(11), String(chunks).padStart(7), bound.toFixed(1).padStart(8));
}
