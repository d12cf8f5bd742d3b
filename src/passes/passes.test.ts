import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import type { Graph } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import { CLOSED_OPS, inputsFor, RANDOM_ENVIRONMENT, randomGraph, SMOOTH_OPS } from '../ir/testing/randomGraph.ts';
import type { TensorType, Type } from '../ir/types.ts';
import { verify } from '../ir/verify.ts';
import { createSource } from '../support/source.ts';
import { gradientGraph } from './differentiate.ts';
import { eliminateDeadCode } from './eliminateDeadCode.ts';
import { foldConstants } from './foldConstants.ts';
import { mergeCommon } from './mergeCommon.ts';
import type { Pass } from './pass.ts';
import { PASSES, runPasses } from './pipeline.ts';
import { simplify } from './simplify.ts';
import { differences } from './testing/equivalence.ts';

const QUIET = { math: 'strict', remark: () => undefined } as const;
const FAST = { ...QUIET, math: 'fast' } as const;
const source = createSource('spec.ganloss', ' '.repeat(1000));

/** Where constants are rounded to float32, a rare graph magnifies that beyond any bound: these are compared on the same graphs always. */
const ROUNDED = (numRuns: number) => ({ numRuns, seed: 4 });

/** Every equation with a position of its own. */
function withOrigins(graph: Graph): Graph {
  return { ...graph, equations: graph.equations.map((equation, i) => ({ ...equation, origin: [{ source, start: i, end: i + 1 }] })) };
}

/** The pipeline, with `verify` after each pass. */
const checkedPasses: readonly Pass[] = PASSES.map((pass) => ({
  name: pass.name,
  run(graph, context) {
    const result = pass.run(graph, context);
    verify(result);
    return result;
  },
}));

/** Exact passes: not a bit may change, whatever the numbers. */
const EXACT: readonly Pass[] = [mergeCommon, eliminateDeadCode];

describe.each(EXACT)('$name on random graphs', (pass) => {
  it('keeps every bit of every output, NaN and infinities included', () => {
    fc.assert(
      fc.property(randomGraph({ ops: CLOSED_OPS, equations: 15 }), fc.nat(), (graph, seed) => {
        const result = pass.run(graph, QUIET);
        verify(result);
        expect(differences(graph, result, inputsFor(graph, seed, { odd: true }), RANDOM_ENVIRONMENT)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('simplify on random graphs', () => {
  it('under strict keeps NaN, infinities and zeros, and numbers up to the rounding of x^2', () => {
    // sum_like to the same shape is left out, as TensorFlow does, though it would turn −0 into 0
    const ops = CLOSED_OPS.filter((op) => op !== 'sum_like');
    fc.assert(
      fc.property(randomGraph({ ops, equations: 15 }), fc.nat(), (graph, seed) => {
        const result = simplify.run(graph, QUIET);
        verify(result);
        expect(differences(graph, result, inputsFor(graph, seed, { odd: true }), RANDOM_ENVIRONMENT, 1e-9)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('under fast keeps types, those of integers too', () => {
    fc.assert(
      fc.property(randomGraph({ ops: CLOSED_OPS, equations: 15 }), (graph) => {
        const result = runPasses(graph, checkedPasses, FAST);
        const types = (one: Graph) => one.outputs.map(({ value }) => [...one.inputs, ...one.equations].find(({ id }) => id === value)?.type);
        expect(types(result)).toEqual(types(graph));
      }),
      { numRuns: 200 },
    );
  });

  it('under fast keeps ordinary numbers', () => {
    fc.assert(
      fc.property(randomGraph({ ops: SMOOTH_OPS, tame: true, equations: 12 }), fc.nat(), (graph, seed) => {
        expect(differences(graph, simplify.run(graph, FAST), inputsFor(graph, seed), RANDOM_ENVIRONMENT, 1e-9)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('foldConstants on random graphs', () => {
  it('keeps values up to rounding to float32', () => {
    fc.assert(
      fc.property(randomGraph({ ops: SMOOTH_OPS, tame: true, equations: 12 }), fc.nat(), (graph, seed) => {
        const result = foldConstants.run(graph, QUIET);
        verify(result);
        expect(differences(graph, result, inputsFor(graph, seed), RANDOM_ENVIRONMENT, 1e-4)).toEqual([]);
      }),
      ROUNDED(200),
    );
  });
});

function floatInputs(graph: Graph): readonly string[] {
  const isFloat = (type: Type): type is TensorType => type.kind === 'tensor' && type.dtype === 'f32';
  return graph.inputs.filter(({ type }) => isFloat(type)).map(({ name }) => name);
}

describe('the pipeline on random graphs', () => {
  const smooth = randomGraph({ ops: SMOOTH_OPS, tame: true, equations: 8, scalarLoss: true });

  it.each([QUIET, FAST])('keeps values and gradients, before against after (math $math)', (context) => {
    fc.assert(
      fc.property(smooth, fc.nat(), (graph, seed) => {
        const inputs = inputsFor(graph, seed);
        const before = gradientGraph(graph, 'loss', floatInputs(graph));
        const after = gradientGraph(runPasses(graph, checkedPasses, context), 'loss', floatInputs(graph));
        expect(differences(before, after, inputs, RANDOM_ENVIRONMENT, 1e-4)).toEqual([]);
        expect(differences(before, runPasses(before, checkedPasses, context), inputs, RANDOM_ENVIRONMENT, 1e-4)).toEqual([]);
      }),
      ROUNDED(100),
    );
  });

  it.each([...PASSES, { name: 'all', run: (graph, context) => runPasses(graph, PASSES, context) } satisfies Pass])('$name is idempotent and deterministic, and does not touch its argument', (pass) => {
    fc.assert(
      fc.property(randomGraph({ ops: CLOSED_OPS, equations: 15 }), (graph) => {
        const text = printGraph(graph);
        const result = pass.run(graph, QUIET);
        expect(printGraph(graph)).toBe(text);
        expect(printGraph(pass.run(graph, QUIET))).toBe(printGraph(result));
        expect(pass.run(result, QUIET)).toBe(result);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps origins: every equation comes from somewhere, and only from where the graph did', () => {
    fc.assert(
      fc.property(smooth, (plain) => {
        const graph = withOrigins(plain);
        const known = new Set(graph.equations.flatMap(({ origin }) => origin.map(({ start }) => start)));
        for (const { origin } of runPasses(graph, PASSES, QUIET).equations) {
          expect(origin.length).toBeGreaterThan(0);
          for (const { start } of origin) expect(known).toContain(start);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the names of inputs and outputs', () => {
    const b = createBuilder('test');
    b.input('unused', { kind: 'opaque', name: 'any' });
    const x = b.input('x', { kind: 'tensor', dtype: 'f32', shape: { dims: ['n'], open: true } });
    const graph = b.finish([{ name: 'loss', value: b.emit('negate', [b.emit('negate', [x])]) }, { name: 'term.a', value: x }]);
    expect(printGraph(runPasses(graph, PASSES, QUIET))).toBe('graph @test(%unused: any, %x: f32[n, ...]) -> (loss: f32[n, ...], term.a: f32[n, ...]) {\n  return %x, %x\n}\n');
  });
});
