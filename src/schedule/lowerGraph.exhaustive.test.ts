import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpAttributes } from '../ir/ops.ts';
import { printGraph } from '../ir/print.ts';
import { tensorType } from '../ir/types.ts';
import { arrayValue, sizeOf, type ArrayValue } from '../ir/values.ts';
import { interpretRounded } from '../codegen/js/testing/interpretRounded.ts';
import { interpretContraction } from '../codegen/js/testing/interpretContraction.ts';
import { interpretLoops } from '../codegen/js/testing/interpretLoops.ts';
import { optimizeStatic } from '../passes/optimizeStatic.ts';
import { randomStatic, staticOf } from '../passes/testing/randomStatic.ts';
import { SMALL_SHAPES, viewExpressions } from '../passes/testing/viewExpressions.ts';
import { eliminateDeadCode } from '../passes/eliminateDeadCode.ts';
import { inputsFor } from '../ir/testing/randomGraph.ts';
import { contractionAsLoops } from './contractionAsLoops.ts';
import { MERGES } from './mergeKernels.ts';
import { schedule } from './schedule.ts';
import { lists } from './testing/smallKernels.ts';
import { interpretSchedule } from './testing/interpretKernel.ts';
import type { ContractionKernel } from './types.ts';
import { VIEWS } from './values.ts';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** The schedule of a graph, fused and not, interpreted: bit for bit the graph's reference evaluation. */
function expectScheduled(graph: Graph, inputs: ReadonlyMap<string, ArrayValue>, ways: readonly (readonly 'fuse'[])[] = [[], ['fuse']]): void {
  const expected = evaluate(graph, inputs);
  for (const without of ways) {
    const made = schedule(graph, { without }).schedule;
    const found = interpretSchedule(made, new Map([...inputs].filter(([name]) => made.inputs.some((input) => input.name === name)).map(([name, { data }]) => [name, data])));
    for (const [name, value] of expected) {
      const { data } = value as ArrayValue;
      const at = data.findIndex((x, i) => !Object.is(x, found.get(name)![i]));
      if (at >= 0 || data.length !== found.get(name)!.length) expect.fail(`${name}[${at}]: ${found.get(name)![at]} in place of ${data[at]} of\n${printGraph(graph)}`);
    }
  }
}

/** So many outputs at a time: a value that needs a buffer after all starts a schedule anew. */
const OUTPUTS = 24;

describe('views are places and guards of what reads them', () => {
  const views = [...(Object.keys(VIEWS) as (keyof typeof VIEWS)[]), 'pad'] as const;
  it.each(views)('%s of every view of small tensors of all shapes', (op) => {
    let seen = 0;
    for (const shape of SMALL_SHAPES.filter((dims) => sizeOf(dims) <= 6)) {
      const { graph: open, inputs } = viewExpressions(shape, op);
      const graph = staticOf(open);
      seen += graph.outputs.length;
      for (let start = 0; start < graph.outputs.length; start += OUTPUTS) {
        const part = { ...graph, outputs: graph.outputs.slice(start, start + OUTPUTS) };
        expectScheduled(eliminateDeadCode.run(part, CONTEXT), inputs, [(start / OUTPUTS) % 2 === 0 ? [] : ['fuse']]);
      }
    }
    expect(seen).toBeGreaterThan(300);
  });
});

const integers = (shape: readonly number[], from: number) => arrayValue(shape, Array.from({ length: sizeOf(shape) }, (_, i) => ((from + 3 * i) % 11) - 5));

describe('contractions as strides', () => {
  const layouts = { input: 'b0f', kernel: '0io', output: 'b0f' } as const;

  function convolved(sizes: readonly number[], attributes: Partial<OpAttributes['convolution']>, features: readonly [lhs: number, kernel: number, out: number, batch: number]): Graph | null {
    const b = createBuilder('convolution');
    const [lhs, rhs] = [b.input('x', tensorType([features[3], sizes[0], features[0]])), b.input('w', tensorType([sizes[1], features[1], features[2]]))];
    try {
      const value = b.emit('convolution', [lhs, rhs], { ...layouts, window_strides: [1], padding: [[0, 0]], lhs_dilation: [1], rhs_dilation: [1], window_reversal: [false], feature_group_count: 1, batch_group_count: 1, ...attributes });
      return b.finish([{ name: 'y', value }]);
    } catch {
      // no window fits
      return null;
    }
  }

  const inputsOf = (graph: Graph) => new Map(graph.inputs.map(({ name, type }, i) => [name, integers(type.kind === 'tensor' ? type.shape.dims.map(Number) : [], i)]));

  it('convolution of every small size, stride, padding, dilation and direction', () => {
    let seen = 0;
    for (const [input, kernel] of lists(2, [1, 2, 3])) for (const [stride, lhs, rhs] of lists(3, [1, 2])) for (const [low, high] of lists(2, [-1, 0, 1, 2])) {
      for (const reversed of [false, true]) {
        const graph = convolved([input, kernel], { window_strides: [stride], padding: [[low, high]], lhs_dilation: [lhs], rhs_dilation: [rhs], window_reversal: [reversed] }, [1, 1, 1, 1]);
        if (graph === null) continue;
        seen += 1;
        expectScheduled(graph, inputsOf(graph));
      }
    }
    expect(seen).toBeGreaterThan(1_000);
  });

  it('convolution with groups of features and of batches', () => {
    for (const groups of [1, 2, 3]) for (const each of [1, 2]) {
      const graphs = [
        convolved([3, 2], { feature_group_count: groups, padding: [[1, 0]] }, [groups * each, each, groups * 2, 2]),
        convolved([3, 2], { batch_group_count: groups, padding: [[0, 1]] }, [each, each, groups * 2, groups]),
      ];
      for (const graph of graphs) expectScheduled(graph!, inputsOf(graph!));
    }
  });

  it('dot_general of all choices of batched and contracted dimensions', () => {
    let seen = 0;
    for (const rank of [0, 1, 2, 3]) for (const roles of lists(rank, ['batch', 'contract', 'free'] as const)) for (const order of [roles.map((_, i) => i), roles.map((_, i) => i).reverse()]) {
      const b = createBuilder('dot');
      const sizes = [2, 3, 1];
      const shared = roles.flatMap((role, axis) => (role === 'free' ? [] : [axis]));
      const other = order.filter((axis) => shared.includes(axis));
      const [lhs, rhs] = [b.input('x', tensorType(roles.map((_, axis) => sizes[axis]))), b.input('w', tensorType([...other.map((axis) => sizes[axis]), 2]))];
      const of = (role: 'batch' | 'contract') => roles.flatMap((one, axis) => (one === role ? [axis] : []));
      const place = (axes: readonly number[]) => axes.map((axis) => other.indexOf(axis));
      const value = b.emit('dot_general', [lhs, rhs], { lhs_batching_dimensions: of('batch'), rhs_batching_dimensions: place(of('batch')), lhs_contracting_dimensions: of('contract'), rhs_contracting_dimensions: place(of('contract')) });
      const graph = b.finish([{ name: 'y', value }]);
      seen += 1;
      expectScheduled(graph, inputsOf(graph));
      // the loops that integers take
      const { schedule: made } = schedule(graph, {});
      const kernel = made.kernels[0].kernel as ContractionKernel;
      const results = [0, 1].map((way) => {
        const values = new Map(made.buffers.map(({ shape, name }, id) => [id, Float64Array.from(inputsOf(graph).get(name)?.data ?? new Float64Array(sizeOf(shape)))]));
        if (way === 0) interpretContraction(kernel, made.buffers, values);
        else interpretLoops(contractionAsLoops(kernel, 'f32'), values);
        return [...values.get(made.outputs[0].buffer)!];
      });
      expect(results[1]).toEqual(results[0]);
    }
    expect(seen).toBe(80);
  });
});

describe('merged kernels', () => {
  it('compute the same bits as kernels apart, whatever is kept in buffers', () => {
    const rules = new Set<string>();
    for (let seed = 1; seed <= 150; seed++) {
      const graph = optimizeStatic(randomStatic(seed), CONTEXT);
      const inputs = new Map([...inputsFor(graph, seed, { odd: seed % 3 === 0 })].map(([name, value]) => [name, (value as ArrayValue).data]));
      const fused = schedule(graph, {});
      for (const { rule } of fused.remarks) rules.add(rule);
      const [merged, apart] = [fused.schedule, schedule(graph, { without: ['fuse'] }).schedule].map((made) => interpretRounded(made, inputs));
      for (const [name, data] of apart) {
        const at = data.findIndex((x, i) => !Object.is(x, merged.get(name)![i]));
        if (at >= 0) expect.fail(`seed ${seed}, ${name}[${at}]: ${merged.get(name)![at]} in place of ${data[at]}`);
      }
    }
    // what is shared must be large: below
    expect(rules).toEqual(new Set([MERGES.continued.rule]));
  });

  it('take one pass over a large operand that two read', () => {
    const b = createBuilder('shared');
    const [x, s] = [b.input('x', tensorType([50, 50])), b.input('s', tensorType([50]))];
    const sum = b.emit('reduce', [x], { kind: 'add', axes: [0] });
    const scaled = b.emit('multiply', [x, b.emit('broadcast_in_dim', [s], { shape: [50, 50], broadcast_dimensions: [1] })]);
    const graph = b.finish([{ name: 'sum', value: sum }, { name: 'exp', value: b.emit('exponential', [x]) }, { name: 'scaled', value: scaled }]);
    const { remarks } = schedule(graph, {});
    expect(remarks.map(({ rule }) => rule)).toEqual([MERGES.shared.rule]);
    expectScheduled(graph, new Map([['x', integers([50, 50], 1)], ['s', integers([50], 2)]]));
  });
});
