import { sizeOf } from '../ir/values.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { printGraph } from '../ir/print.ts';
import { inputsFor, randomGraph, CLOSED_OPS } from '../ir/testing/randomGraph.ts';
import type { ArrayValue } from '../ir/values.ts';
import { tensorType } from '../ir/types.ts';
import { verify } from '../ir/verify.ts';
import { optimizeStatic } from '../passes/optimizeStatic.ts';
import { gradientGraph } from '../passes/differentiate.ts';
import { readsOf, writesOf } from './effects.ts';
import { planMemory } from './planMemory.ts';
import { schedule } from './schedule.ts';
import { interpretSchedule } from './testing/interpretKernel.ts';
import type { PlacedSchedule, Schedule } from './types.ts';

const NOT_STATIC: ReadonlySet<OpKind> = new Set(['param', 'schedule', 'every', 'state_read', 'state_write', 'rng_uniform', 'rng_normal', 'singular_start', 'singular_vector', 'spectral_norm', 'sum_of_each']);
const OPS = CLOSED_OPS.filter((op) => !NOT_STATIC.has(op));
const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** The reference evaluation of the optimised graph, and its kernels. */
function compare(graph: Graph, optimized: Graph, made: Schedule, seed: number): void {
  const inputs = inputsFor(graph, seed, { odd: seed % 3 === 0 });
  const expected = evaluate(optimized, inputs);
  const found = interpretSchedule(made, new Map([...inputs].map(([name, value]) => [name, (value as ArrayValue).data])));
  for (const [name, value] of expected) {
    const data = (value as ArrayValue).data;
    const got = found.get(name) as Float64Array;
    expect(got.length).toBe(data.length);
    data.forEach((x, i) => {
      if (!close(x, got[i])) throw new Error(`${name}[${i}]: ${got[i]} in place of ${x}\n${printGraph(graph)}\n${printGraph(optimized)}`);
    });
  }
}

function close(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a));
}

/** No two buffers that are alive at once share a byte, unless one is the other's update in place. */
function checkPlan(plan: PlacedSchedule): void {
  // small tensors are rounded up to cache lines, and there are few of them here
  expect(plan.peak.planned).toBeLessThanOrEqual(1.3 * plan.peak.live + 256);
  const lives = new Map<number, [number, number]>();
  plan.kernels.forEach(({ kernel }, place) => {
    for (const buffer of [...readsOf(kernel), ...writesOf(kernel)]) lives.set(buffer, [lives.get(buffer)?.[0] ?? place, place]);
  });
  for (const { buffer } of plan.outputs) if (lives.has(buffer)) lives.set(buffer, [lives.get(buffer)![0], plan.kernels.length]);
  for (const { buffer } of [...plan.inputs, ...plan.constants]) if (lives.has(buffer)) lives.set(buffer, [-1, lives.get(buffer)![1]]);
  const live = [...lives].map(([buffer, [first, last]]) => ({ buffer, first, last, start: plan.offsets[buffer], end: plan.offsets[buffer] + 4 * sizeOf(plan.buffers[buffer].shape) }));
  for (const a of live) {
    expect(a.end).toBeLessThanOrEqual(plan.end);
    for (const b of live) {
      if (a.buffer >= b.buffer || a.first > b.last || b.first > a.last) continue;
      expect(a.end <= b.start || b.end <= a.start, `${plan.buffers[a.buffer].name} and ${plan.buffers[b.buffer].name}`).toBe(true);
    }
  }
}

function pins({ inputs, outputs, buffers }: Schedule): { readonly pinned: ReadonlyMap<string, number>; readonly base: number } {
  let base = 0;
  const pinned = new Map<string, number>();
  for (const { name, buffer } of [...inputs, ...outputs]) {
    pinned.set(name, base);
    base += Math.ceil((4 * sizeOf(buffers[buffer].shape)) / 64) * 64;
  }
  return { pinned, base };
}

describe('schedule', () => {
  for (const without of [[], ['fuse']] as const) {
    it(`computes what the graph means (${without.length === 0 ? 'fused' : 'not fused'}), within its plan of memory`, () => {
      fc.assert(
        fc.property(randomGraph({ ops: OPS, equations: 14 }), fc.nat(1000), (graph, seed) => {
          const optimized = optimizeStatic(graph, CONTEXT);
          verify(optimized);
          const made = schedule(optimized, { without }).schedule;
          compare(graph, optimized, made, seed);
          checkPlan(planMemory(made, pins(made)));
        }),
        { numRuns: 400, seed: 5 },
      );
    }, 120_000);
  }

  it('copies a contraction that would replace what its end reads, whose tiles overlap', () => {
    const builder = createBuilder('update');
    const [x, y] = [builder.input('x', tensorType([5, 3])), builder.input('y', tensorType([3, 7]))];
    const weight = builder.input('weight', tensorType([5, 7]));
    const product = builder.emit('dot_general', [x, y], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
    const made = schedule(optimizeStatic(builder.finish([{ name: 'weight', value: builder.emit('add', [weight, product]) }]), CONTEXT)).schedule;
    expect(made.kernels.map(({ name }) => name)).toEqual(['dot_general + add']);
    const placed = planMemory(made, { base: 1024, pinned: new Map([['x', 0], ['y', 256], ['weight', 512]]) });
    expect(placed.kernels.map(({ name }) => name)).toEqual(['dot_general + add', 'copy']);
  });

  it('computes gradients of random graphs', () => {
    const smooth = OPS.filter((op) => !['floor', 'sign', 'reduce_window', 'select_and_scatter', 'descending_rank'].includes(op));
    fc.assert(
      fc.property(randomGraph({ ops: smooth, equations: 8, scalarLoss: true, tame: true }), fc.nat(1000), (graph, seed) => {
        const names = graph.inputs.filter(({ type }) => type.kind === 'tensor' && type.dtype === 'f32').map(({ name }) => name);
        const gradient = gradientGraph(graph, 'loss', names);
        const optimized = optimizeStatic(gradient, CONTEXT);
        compare(gradient, optimized, schedule(optimized).schedule, 3 * seed + 1);
      }),
      { numRuns: 250, seed: 6 },
    );
  }, 120_000);
});
