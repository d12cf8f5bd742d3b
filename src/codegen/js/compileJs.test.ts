import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ir/evaluate/seededRandom.ts';
import { sizeOf } from '../../ir/values.ts';
import { interpretRounded } from './testing/interpretRounded.ts';
import { MISSING_OPS, randomKernelSchedule, scatterSchedule, windowsOf } from '../../schedule/testing/randomKernels.ts';
import type { PlacedSchedule, Schedule } from '../../schedule/types.ts';
import { placedApart } from '../wasm/testing/runWasm.ts';
import { compileJs } from './compileJs.ts';
import { instantiateJs } from './instantiateJs.ts';

const ODD = [NaN, Infinity, -Infinity, -0, 1e30, 0.5];

function inputsFor(schedule: Schedule, seed: number): Map<string, number[]> {
  const random = seededRandom(seed);
  return new Map(
    schedule.inputs.map(({ name, buffer }) => {
      const { dtype, shape } = schedule.buffers[buffer];
      const normals = Array.from(random(name, 'normal', shape));
      const odd = Array.from(random(`odd ${name}`, 'uniform', shape));
      return [name, normals.map((x, i) => (dtype === 'f32' ? Math.fround(odd[i] < 0.15 ? ODD[Math.floor((odd[i] / 0.15) * ODD.length)] : x) : dtype === 'i32' ? Math.round(2 * x) | 0 : Number(x > 0)))];
    }),
  );
}

function run(schedule: PlacedSchedule, inputs: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const { source, end, data } = compileJs([{ name: 'main', schedule }]);
  const memory = new ArrayBuffer(end);
  const bytes = new Uint8Array(memory);
  for (const segment of data) bytes.set(segment.bytes, segment.offset);
  const view = (buffer: number) => new (schedule.buffers[buffer].dtype === 'f32' ? Float32Array : Int32Array)(memory, schedule.offsets[buffer], sizeOf(schedule.buffers[buffer].shape));
  for (const { name, buffer } of schedule.inputs) view(buffer).set(inputs.get(name)!);
  instantiateJs(source, memory).main();
  for (const { name, buffer } of schedule.inputs) {
    if (!schedule.outputs.some((output) => output.buffer === buffer)) expect(Array.from(view(buffer))).toEqual(inputs.get(name));
  }
  return new Map(schedule.outputs.map(({ name, buffer }) => [name, Array.from(view(buffer))]));
}

/** To the bit unless `within` is given: the interpreter rounds after each node and adds up in the same order. */
function expectSame(schedule: Schedule, seed: number, within = 0): void {
  const inputs = inputsFor(schedule, seed);
  const found = run(placedApart(schedule), inputs);
  for (const [name, expected] of interpretRounded(schedule, inputs)) {
    const close = (x: number, i: number) => (Math.abs(x - expected[i]) <= within * Math.abs(expected[i]) ? expected[i] : x);
    expect(found.get(name)!.map((x, i) => (within === 0 ? x : close(x, i)))).toEqual(Array.from(expected));
  }
}

describe('compileJs', () => {
  it.each(['loops', 'contraction'] as const)('runs random %s kernels to the bit as they are defined', (kind) => {
    fc.assert(
      fc.property(randomKernelSchedule(kind), fc.nat(), (schedule, seed) => expectSame(schedule, seed)),
      { numRuns: 600, seed: 3 },
    );
  });

  it('has tests of every scalar op', () => {
    expect(MISSING_OPS).toEqual([]);
  });

  it('scatters, and drops what falls outside', () => {
    const attributes = { update_window_dims: [1], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0, 1], index_vector_dim: 0 };
    const schedule = scatterSchedule((result, indices, updates) => ({ kind: 'scatter', result, indices, updates, attributes }), [
      { name: 'operand', dtype: 'f32', shape: [3, 5] },
      { name: 'indices', dtype: 'i32', shape: [2, 7] },
      { name: 'updates', dtype: 'f32', shape: [7, 2] },
    ]);
    // updates of one place are rounded one by one
    for (let seed = 0; seed < 20; seed++) expectSame(schedule, seed, 1e-5);
    const implied = scatterSchedule((result, indices, updates) => ({ kind: 'scatter', result, indices, updates, attributes: { update_window_dims: [0], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 } }), [
      { name: 'operand', dtype: 'i32', shape: [3, 2] },
      { name: 'indices', dtype: 'i32', shape: [6] },
      { name: 'updates', dtype: 'i32', shape: [2, 6] },
    ]);
    for (let seed = 0; seed < 20; seed++) expectSame(implied, seed);
  });

  it('adds at the first maximum of each window', () => {
    const attributes = { window_dimensions: [2, 3], window_strides: [1, 2], padding: [[1, 0], [-1, 1]] as const };
    const schedule = scatterSchedule((result, operand, source) => ({ kind: 'select_and_scatter', result, operand, source, attributes }), [
      { name: 'result', dtype: 'f32', shape: [4, 6] },
      { name: 'operand', dtype: 'f32', shape: [4, 6] },
      { name: 'source', dtype: 'f32', shape: windowsOf([4, 6], attributes) },
    ]);
    // updates of one place are rounded one by one
    for (let seed = 0; seed < 20; seed++) expectSame(schedule, seed, 1e-5);
  });

  const doubled = (shape: readonly number[]): Schedule => ({
    name: 'doubled',
    buffers: [{ name: 'x', dtype: 'f32', shape }, { name: 'c', dtype: 'f32', shape: [] }, { name: 'y', dtype: 'f32', shape }],
    kernels: [0, 2].map((from) => ({
      name: 'multiply',
      origin: [],
      kernel: {
        kind: 'loops',
        space: shape,
        reduced: [],
        nodes: [
          { kind: 'load', dtype: 'f32', access: { buffer: from, offset: 0, strides: [3, 1], guards: [], indirections: [], fill: 0 } },
          { kind: 'load', dtype: 'f32', access: { buffer: 1, offset: 0, strides: [0, 0], guards: [], indirections: [], fill: 0 } },
          { kind: 'apply', dtype: 'f32', op: 'multiply', attributes: {}, args: [0, 1] },
        ],
        reductions: [],
        epilogue: [],
        stores: [{ buffer: 2, offset: 0, strides: [3, 1], node: 2 }],
      },
    })),
    inputs: [{ name: 'x', buffer: 0 }],
    outputs: [{ name: 'y', buffer: 2 }],
    constants: [{ buffer: 1, data: [2] }],
  });

  it('prints readable, hoisted loops; equal kernels are one function', () => {
    const schedule = placedApart(doubled([2, 3]));
    const { source } = compileJs([{ name: 'main', schedule }, { name: 'again', schedule: { ...schedule, offsets: schedule.offsets.map((offset) => offset + 64) } }]);
    expect(source).toMatchInlineSnapshot(`
      "/** Runs the programs in this memory. */
      export function instantiate(memory) {
        const f = new Float32Array(memory);
        const i = new Int32Array(memory);
        const fround = Math.fround;
        function k0(b0, b1, b2) {
          const n_0 = f[b1];
          for (let i0 = 0; i0 < 2; i0++) {
            const p_0 = b0 + i0 * 3;
            const p_1 = b2 + i0 * 3;
            for (let i1 = 0; i1 < 3; i1++) {
              const n_1 = f[p_0 + i1];
              const n_2 = fround(n_1 * n_0);
              f[p_1 + i1] = n_2;
            }
          }
        }
        function k1(b0, b1) {
          const n_0 = f[b1];
          for (let i0 = 0; i0 < 2; i0++) {
            const p_0 = b0 + i0 * 3;
            for (let i1 = 0; i1 < 3; i1++) {
              const n_1 = f[p_0 + i1];
              const n_2 = fround(n_1 * n_0);
              f[p_0 + i1] = n_2;
            }
          }
        }
        return {
          "main"() {
            k0(32, 64, 96); // multiply
            k1(96, 64); // multiply
          },
          "again"() {
            k0(48, 80, 112); // multiply
            k1(112, 80); // multiply
          },
        };
      }
      "
    `);
    expect(run(schedule, new Map([['x', [1, 2, 3, 4, 5, 6]]])).get('y')).toEqual([4, 8, 12, 16, 20, 24]);
  });

  it('gives the same text for the same programs', () => {
    for (const schedule of fc.sample(randomKernelSchedule('loops'), { numRuns: 20, seed: 1 })) {
      expect(compileJs([{ name: 'main', schedule: placedApart(schedule) }])).toEqual(compileJs([{ name: 'main', schedule: placedApart(structuredClone(schedule)) }]));
    }
  });

  it('runs on shared memory, as a module', async () => {
    const schedule = placedApart(doubled([2, 3]));
    const { source, end, data } = compileJs([{ name: 'main', schedule }]);
    const memory = new SharedArrayBuffer(end);
    for (const segment of data) new Uint8Array(memory).set(segment.bytes, segment.offset);
    new Float32Array(memory).fill(1, schedule.offsets[0] / 4, schedule.offsets[0] / 4 + 6);
    const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`)) as { readonly instantiate: typeof instantiateJs extends (s: string, m: infer M) => infer R ? (m: M) => R : never };
    module.instantiate(memory).main();
    expect(Array.from(new Float32Array(memory, schedule.offsets[2], 6))).toEqual([4, 4, 4, 4, 4, 4]);
  });
});
