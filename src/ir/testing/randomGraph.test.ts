import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSource } from '../../support/source.ts';
import { dotGraph } from '../dot.ts';
import { evaluateAll } from '../evaluate.ts';
import type { Graph } from '../graph.ts';
import { parseGraph } from '../parseGraph.ts';
import { printGraph } from '../print.ts';
import { formatType } from '../types.ts';
import { formatValue, typeOfValue } from '../values.ts';
import { verify } from '../verify.ts';
import { ALL_OPS, CLOSED_OPS, inputsFor, RANDOM_ENVIRONMENT, randomGraph, SMOOTH_OPS } from './randomGraph.ts';

const spec = createSource('a.ganloss', 'x\n'.repeat(20));
const other = createSource('prelude/gp.ganloss', 'y\n'.repeat(20));

/** The graph with origins and names on some of its equations. */
function withOrigins(graph: Graph): Graph {
  const equations = graph.equations.map((equation, i) => {
    const spans = [spec, ...(i % 3 === 0 ? [other] : [])].map((source) => ({ source, start: i, end: i + 1 }));
    return { ...equation, origin: i % 5 === 4 ? [] : spans, ...(i % 4 === 1 ? { name: `value${i}` } : {}) };
  });
  return { ...graph, equations };
}

describe('randomGraph', () => {
  it('makes graphs that verify, print, parse back and draw', () => {
    fc.assert(
      fc.property(randomGraph({ ops: ALL_OPS }), (graph) => {
        verify(graph);
        const text = printGraph(withOrigins(graph));
        const back = parseGraph(text);
        verify(back);
        expect(printGraph(back)).toBe(text);
        expect(back.equations.map(({ op, attributes }) => ({ op, attributes }))).toEqual(graph.equations.map(({ op, attributes }) => ({ op, attributes })));
        expect(dotGraph(back).split('\n').length).toBeGreaterThan(graph.equations.length);
      }),
      { numRuns: 400 },
    );
  });

  it('evaluates to values of the inferred types, the same for the graph that was printed and parsed', () => {
    fc.assert(
      fc.property(randomGraph(), fc.nat(), fc.boolean(), (graph, seed, odd) => {
        const inputs = inputsFor(graph, seed, { odd });
        const values = evaluateAll(graph, inputs, RANDOM_ENVIRONMENT);
        for (const { id, type } of graph.equations) expect(formatType(typeOfValue(values.get(id)!))).toBe(formatType(type));
        const back = parseGraph(printGraph(graph));
        const again = evaluateAll(back, inputs, RANDOM_ENVIRONMENT);
        expect(back.equations.map(({ id }) => formatValue(again.get(id)!))).toEqual(graph.equations.map(({ id }) => formatValue(values.get(id)!)));
      }),
      { numRuns: 400 },
    );
  });

  it('holds integers and booleans to their ranges', () => {
    fc.assert(
      fc.property(randomGraph(), fc.nat(), (graph, seed) => {
        const values = evaluateAll(graph, inputsFor(graph, seed, { odd: true }), RANDOM_ENVIRONMENT);
        for (const value of values.values()) {
          if (value.kind !== 'array') continue;
          if (value.dtype === 'i32') expect(value.data.every((x) => Object.is(x, x | 0))).toBe(true);
          if (value.dtype === 'i1') expect(value.data.every((x) => Object.is(x, 0) || x === 1)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('keeps tame graphs finite', () => {
    fc.assert(
      fc.property(randomGraph({ ops: SMOOTH_OPS, tame: true, equations: 5, scalarLoss: true }), fc.nat(), (graph, seed) => {
        for (const value of evaluateAll(graph, inputsFor(graph, seed), RANDOM_ENVIRONMENT).values()) {
          expect(value.kind === 'array' && value.data.every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('uses every op, empty tensors, and scalars', () => {
    const graphs = fc.sample(randomGraph({ ops: ALL_OPS }), { numRuns: 600, seed: 5 });
    const equations = graphs.flatMap((graph) => graph.equations);
    expect([...new Set(equations.map(({ op }) => op))].sort()).toEqual(ALL_OPS);
    const sizes = equations.flatMap(({ type }) => (type.kind === 'tensor' && !type.shape.open ? [type.shape.dims.map(Number).reduce((a, b) => a * b, 1)] : []));
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(20);
    expect(sizes.filter((size) => size > 4).length).toBeGreaterThan(100);
  });

  it('evaluates every op it makes without failing, each often', () => {
    for (const op of CLOSED_OPS) {
      const graphs = fc.sample(randomGraph({ ops: [op], equations: 4 }), { numRuns: 20, seed: 11 });
      const made = graphs.flatMap((graph) => graph.equations.filter((equation) => equation.op === op));
      expect(made.length, op).toBeGreaterThanOrEqual(20);
      for (const graph of graphs) evaluateAll(graph, inputsFor(graph, 3), RANDOM_ENVIRONMENT);
    }
  });
});
