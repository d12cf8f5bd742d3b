import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomKernelSchedule, scatterSchedule, windowsOf } from '../../schedule/testing/randomKernels.ts';
import type { Buffer, LoopsKernel, Node, ScalarOp, Schedule } from '../../schedule/types.ts';
import { interpretRounded } from '../js/testing/interpretRounded.ts';
import { inputsFor } from './testing/inputsFor.ts';
import { compileWasm } from './module.ts';
import { poisonPlan } from './poison.ts';
import { placedApart, runnerOf, runWasm } from './testing/runWasm.ts';

/** Ops whose last bit is left open. */
const INEXACT: readonly ScalarOp[] = ['exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'tanh', 'logistic', 'power', 'rsqrt'];

function nodesOf(schedule: Schedule): readonly Node[] {
  return schedule.kernels.flatMap(({ kernel }) => (kernel.kind === 'loops' ? [...kernel.nodes, ...kernel.epilogue] : kernel.kind === 'contraction' ? kernel.epilogue : []));
}

const exact = (schedule: Schedule): boolean => !nodesOf(schedule).some((node) => node.kind === 'apply' && INEXACT.includes(node.op));

function expectSame(schedule: Schedule, seed: number, odd = 0.15): void {
  const inputs = inputsFor(schedule, seed, odd);
  const placed = placedApart(schedule);
  for (const options of [{}, { chunkwise: true }, { debug: true }]) {
    const found = runWasm(placed, inputs, options);
    for (const [name, expected] of interpretRounded(schedule, inputs)) {
      const close = found.get(name)!.map((x, i) => (Math.abs(x - expected[i]) <= 2e-5 * Math.max(1e-2, Math.abs(expected[i])) && x !== 0 ? expected[i] : x));
      expect(close).toEqual(Array.from(expected));
    }
  }
}

describe('compileWasm', () => {
  it.each(['loops', 'contraction'] as const)('runs random %s kernels as they are defined', (kind) => {
    fc.assert(
      fc.property(randomKernelSchedule(kind).filter(exact), fc.nat(), (schedule, seed) => expectSame(schedule, seed)),
      { numRuns: 60, seed: 5, endOnFailure: true },
    );
  });

  it('scatters, and drops what falls outside', () => {
    const attributes = { update_window_dims: [1], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0, 1], index_vector_dim: 0 };
    const schedule = scatterSchedule((result, indices, updates) => ({ kind: 'scatter', result, indices, updates, attributes }), [
      { name: 'operand', dtype: 'f32', shape: [3, 5] },
      { name: 'indices', dtype: 'i32', shape: [2, 7] },
      { name: 'updates', dtype: 'f32', shape: [7, 2] },
    ]);
    for (let seed = 0; seed < 20; seed++) expectSame(schedule, seed, 0);
    const implied = scatterSchedule((result, indices, updates) => ({ kind: 'scatter', result, indices, updates, attributes: { update_window_dims: [0], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 } }), [
      { name: 'operand', dtype: 'i32', shape: [3, 2] },
      { name: 'indices', dtype: 'i32', shape: [6] },
      { name: 'updates', dtype: 'i32', shape: [2, 6] },
    ]);
    for (let seed = 0; seed < 20; seed++) expectSame(implied, seed);
  });

  it.each([3, 4, 11])('scatters rows of %i numbers, as the gradient of an embedding does', (width) => {
    const attributes = { update_window_dims: [1], inserted_window_dims: [0], scatter_dims_to_operand_dims: [0], index_vector_dim: 1 };
    const schedule = scatterSchedule((result, indices, updates) => ({ kind: 'scatter', result, indices, updates, attributes }), [
      { name: 'operand', dtype: 'f32', shape: [4, width] },
      { name: 'indices', dtype: 'i32', shape: [9] },
      { name: 'updates', dtype: 'f32', shape: [9, width] },
    ]);
    for (let seed = 0; seed < 10; seed++) expectSame(schedule, seed, 0);
  });

  it.each([
    [[4, 6], { window_dimensions: [2, 3], window_strides: [1, 2], padding: [[1, 0], [-1, 1]] as const }],
    [[2, 4, 4, 3], { window_dimensions: [1, 2, 2, 1], window_strides: [1, 2, 2, 1], padding: [[0, 0], [0, 0], [0, 0], [0, 0]] as const }],
    [[2, 5, 1], { window_dimensions: [1, 3, 1], window_strides: [1, 1, 1], padding: [[0, 0], [1, 1], [0, 0]] as const }],
    // channels four and eight at a time, and what is left of them: tiles, windows that overlap, on padding, or leave gaps, many taps
    [[2, 4, 6, 9], { window_dimensions: [1, 2, 2, 1], window_strides: [1, 2, 2, 1], padding: [[0, 0], [0, 0], [0, 0], [0, 0]] as const }],
    [[2, 4, 6, 12], { window_dimensions: [1, 2, 2, 1], window_strides: [1, 2, 2, 1], padding: [[0, 0], [0, 0], [0, 0], [0, 0]] as const }],
    [[1, 5, 4, 8], { window_dimensions: [1, 3, 3, 1], window_strides: [1, 1, 2, 1], padding: [[0, 0], [1, 1], [0, 1], [0, 0]] as const }],
    [[3, 7, 6], { window_dimensions: [2, 2, 1], window_strides: [1, 4, 1], padding: [[0, 0], [-1, 3], [0, 0]] as const }],
    [[1, 6, 7, 4], { window_dimensions: [1, 5, 6, 1], window_strides: [1, 1, 1, 1], padding: [[0, 0], [0, 0], [2, 0], [0, 0]] as const }],
    [[2, 3, 4, 5, 4], { window_dimensions: [1, 2, 2, 3, 1], window_strides: [1, 1, 2, 2, 1], padding: [[0, 0], [1, 0], [0, 0], [1, 1], [0, 0]] as const }],
  ])('adds at the first maximum of each window of %j', (shape, attributes) => {
    const schedule = scatterSchedule((result, operand, source) => ({ kind: 'select_and_scatter', result, operand, source, attributes }), [
      { name: 'result', dtype: 'f32', shape },
      { name: 'operand', dtype: 'f32', shape },
      { name: 'source', dtype: 'f32', shape: windowsOf(shape, attributes) },
    ]);
    for (let seed = 0; seed < 10; seed++) expectSame(schedule, seed, seed % 2 === 0 ? 0 : 0.3);
  });

  const f32 = (name: string, ...shape: number[]): Buffer => ({ name, dtype: 'f32', shape });
  const negated = (from: number, to: number, size: number): LoopsKernel => ({
    kind: 'loops', space: [size], reduced: [], reductions: [], epilogue: [],
    nodes: [
      { kind: 'load', dtype: 'f32', access: { buffer: from, offset: 0, strides: [1], guards: [], indirections: [], fill: 0 } },
      { kind: 'apply', dtype: 'f32', op: 'negate', attributes: {}, args: [0] },
    ],
    stores: [{ buffer: to, offset: 0, strides: [1], node: 1 }],
  });
  const chain = (...kernels: LoopsKernel[]): Schedule => ({
    name: 'chain', buffers: ['x', 't', 'y', 'z'].map((name) => f32(name, 6)), kernels: kernels.map((kernel) => ({ kernel, name: 'negate', origin: [] })),
    inputs: [{ name: 'x', buffer: 0 }], outputs: [{ name: 'z', buffer: 3 }], constants: [],
  });

  it('shares the code of kernels that differ in their buffers alone', () => {
    const { calls } = compileWasm([{ name: 'chain', schedule: placedApart(chain(negated(0, 1, 6), negated(1, 2, 6), negated(2, 3, 5))) }], { relaxedSimd: false, sharedMemory: false });
    expect(calls.get('chain')!.map((call) => call.function)).toEqual(['loops0', 'loops0', 'loops1']);
  });

  it('imports a shared memory where one is asked for', () => {
    const { bytes } = compileWasm([{ name: 'chain', schedule: placedApart(chain(negated(0, 3, 6))) }], { relaxedSimd: false, sharedMemory: true });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })).not.toThrow();
  });

  it('poisons temporaries before their first write and after their last read, in a debug build', () => {
    const schedule = placedApart(chain(negated(0, 1, 6), negated(1, 2, 6), negated(2, 3, 6)));
    const range = (buffer: number): readonly number[] => [schedule.offsets[buffer], schedule.offsets[buffer] + 24];
    expect(poisonPlan(schedule)).toEqual({ before: [[range(1)], [range(2)], []], after: [[], [range(1)], [range(2)]] });
    const runner = runnerOf(schedule, { debug: true });
    runner.exports['chain']();
    expect([1, 2].map((temporary) => runner.view(temporary)[5])).toEqual([NaN, NaN]);
    // y is written over t, which must not be poisoned while it is read
    const inPlace = { ...schedule, offsets: schedule.offsets.map((offset, buffer) => (buffer === 2 ? schedule.offsets[1] : offset)) };
    expect(poisonPlan(inPlace)).toEqual({ before: [[range(1)], [], []], after: [[], [], [range(1)]] });
  });

  it('finds kernels that would leave their buffers', () => {
    expect(() => runnerOf(placedApart(chain(negated(0, 3, 7))))).toThrow('compiler bug: negate reaches [0, 6] of x, which has 6 elements');
  });

  it('prints the code of a kernel', () => {
    const { print } = compileWasm([{ name: 'chain', schedule: placedApart(chain(negated(0, 3, 6))) }], { relaxedSimd: false, sharedMemory: false });
    expect(print('loops0')).toMatchInlineSnapshot(`
      "(func $loops0 (param $begin i32) (param $end i32) (param $buffer0 i32) (param $buffer1 i32)
        (local $i4 i32) (local $p5 i32) (local $p6 i32) (local $stored7 v128) (local $lanes8 v128)
        (i32.lt_s (local.get $begin) (local.get $end))
        if
          (local.set $i4 (i32.const 0))
          (local.set $p5 (local.get $buffer0))
          (local.set $p6 (local.get $buffer1))
          (v128.store (local.get $p6) (f32x4.neg (v128.load (local.get $p5))))
          (local.set $p5 (i32.add (local.get $p5) (i32.const 16)))
          (local.set $p6 (i32.add (local.get $p6) (i32.const 16)))
          (local.set $i4 (i32.add (local.get $i4) (i32.const 4)))
          (local.set $stored7 (f32x4.neg (v128.load64_zero (local.get $p5))))
          (v128.store64_lane 0 (local.get $p6) (local.get $stored7))
        end)"
    `);
  });
});
