import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { Graph, ValueId } from '../ir/graph.ts';
import { inputsFor, RANDOM_ENVIRONMENT, randomGraph, SMOOTH_OPS } from '../ir/testing/randomGraph.ts';
import { opaqueType, tensorType } from '../ir/types.ts';
import { arrayValue, scalarValue, type Value } from '../ir/values.ts';
import { verify } from '../ir/verify.ts';
import { createSource } from '../support/source.ts';
import { differentiate, gradientGraph } from './differentiate.ts';
import type { Remark } from './pass.ts';
import { dataOf, distance } from './testing/tensors.ts';

const VECTOR = tensorType(['n']);
const IMAGES = tensorType(['n'], { open: true });

function graphOf(build: (b: Builder) => ValueId): Graph {
  const b = createBuilder('test');
  return b.finish([{ name: 'loss', value: build(b) }]);
}

function run(graph: Graph) {
  const remarks: Remark[] = [];
  const result = differentiate.run(graph, { math: 'strict', remark: (remark) => remarks.push(remark) });
  return { result, remarks };
}

function valueOf(graph: Graph, inputs: Readonly<Record<string, Value>>): readonly number[] {
  return [...dataOf(evaluate(graph, new Map(Object.entries(inputs))).get('loss'))];
}

const cube = (b: Builder, x: ValueId) => b.emit('multiply', [b.emit('multiply', [x, x]), x]);

describe('differentiate', () => {
  it('replaces nested gradients, innermost first', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      const first = b.emit('gradient', [cube(b, x), x]);
      const second = b.emit('gradient', [first, x]);
      return b.emit('gradient', [b.emit('multiply', [second, first]), x]);
    });
    const { result, remarks } = run(graph);
    expect(result.equations.some(({ op }) => op === 'gradient')).toBe(false);
    // (6x · 3x²)' = 54x²
    expect(valueOf(result, { x: arrayValue([2], [1, -2]) })).toEqual([54, 216]);
    expect(remarks).toEqual([]);
  });

  it('differentiates by the very value that is named, not by what it is made of', () => {
    const graph = graphOf((b) => {
      const a = b.input('a', VECTOR);
      const x = b.emit('multiply', [a, b.constant(2)]);
      return b.emit('gradient', [b.emit('multiply', [x, b.emit('add', [x, a])]), x]);
    });
    // by x at x = 6, a = 3: 2x + a
    expect(valueOf(run(graph).result, { a: arrayValue([1], [3]) })).toEqual([15]);
  });

  it('tells a barrier from the equal value behind it, and drops the barrier then', () => {
    const graph = graphOf((b) => {
      const a = b.input('a', VECTOR);
      const x = b.emit('optimization_barrier', [a]);
      return b.emit('gradient', [b.emit('multiply', [x, a]), x]);
    });
    const { result } = run(graph);
    expect(valueOf(result, { a: arrayValue([1], [3]) })).toEqual([3]);
    expect(result.equations.some(({ op }) => op === 'optimization_barrier')).toBe(false);
  });

  it('leaves what passes through a network to the tape, with its barrier, and says so', () => {
    const source = createSource('spec.ganloss', 'grad(D(x), x)');
    const graph = graphOf((b) =>
      b.at([{ source, start: 0, end: 13 }], () => {
        const real = b.input('real', IMAGES);
        const z = b.input('z', opaqueType('any'));
        const x = b.emit('optimization_barrier', [b.emit('negate', [real])]);
        const y = b.emit('network_call', [x, z], { network: 'D', outputs: 'single' });
        return b.emit('reduce', [b.emit('gradient', [y, x])], { kind: 'add', axes: 'all' });
      }),
    );
    const { result, remarks } = run(graph);
    expect(result).toEqual(graph);
    expect(remarks).toEqual([
      {
        pass: 'differentiate',
        rule: 'left to the tape',
        what: 'gradient(D(negate(real), z), negate(real))',
        why: 'network_call lies between them: the network is a function that only the binding knows',
        origin: [{ source, start: 0, end: 13 }],
      },
    ]);
  });

  it('a network beside the path does not matter, and neither does one behind a stop_gradient', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', IMAGES);
      const other = b.input('other', IMAGES);
      const call = (data: ValueId) => b.emit('network_call', [data], { network: 'D', outputs: 'single' });
      const y = b.emit('multiply', [cube(b, x), b.emit('add', [call(other), b.emit('stop_gradient', [call(x)])])]);
      return b.emit('gradient', [y, x]);
    });
    const { result } = run(graph);
    const doubled = new Map([['D', () => scalarValue(1)]]);
    const value = evaluate(result, new Map([['x', arrayValue([2], [1, 2])], ['other', arrayValue([2], [0, 0])]]), { networks: doubled });
    expect([...dataOf(value.get('loss'))]).toEqual([6, 24]);
  });

  it('leaves what needs a shape that is not known yet', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', IMAGES);
      return b.emit('gradient', [b.emit('softmax_cross_entropy', [b.emit('stop_gradient', [x]), x]), x]);
    });
    expect(run(graph).remarks.map(({ why }) => why)).toEqual(['softmax_cross_entropy lies between them: which axis is its last is not known yet']);
  });

  it('gives zeros of the variable’s type where nothing depends on it, with a remark', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      return b.emit('gradient', [b.constant(3), x]);
    });
    const { result, remarks } = run(graph);
    expect(valueOf(result, { x: arrayValue([2], [1, 2]) })).toEqual([0, 0]);
    expect(remarks.map(({ rule }) => rule)).toEqual(['zero gradient']);
  });

  it('by itself a value has gradient 1', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      return b.emit('gradient', [x, x]);
    });
    expect(valueOf(run(graph).result, { x: arrayValue([2], [5, 6]) })).toEqual([1, 1]);
  });

  it('keeps the origins of the gradient and of what it differentiates, the gradient’s first', () => {
    const source = createSource('spec.ganloss', 'tanh(x) grad');
    const inner = { source, start: 0, end: 7 };
    const outer = { source, start: 8, end: 12 };
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      const y = b.at([inner], () => b.emit('tanh', [x]));
      return b.at([outer], () => b.emit('gradient', [y, x]));
    });
    const made = run(graph).result.equations.filter(({ op }) => op === 'subtract');
    expect(made.map(({ origin }) => origin)).toEqual([[outer, inner]]);
  });

  it('is idempotent, and leaves its argument as it was', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      return b.emit('gradient', [cube(b, x), x]);
    });
    const before = structuredClone(graph);
    const { result } = run(graph);
    expect(graph).toEqual(before);
    expect(run(result).result).toEqual(result);
  });
});

describe('random graphs', () => {
  it('have the gradients that central differences give', () => {
    const graphs = randomGraph({ ops: SMOOTH_OPS, tame: true, equations: 8, scalarLoss: true, largest: 12 });
    fc.assert(
      fc.property(graphs, fc.nat(), (graph, seed) => {
        const names = graph.inputs.filter(({ type }) => type.kind === 'tensor' && type.dtype === 'f32').map(({ name }) => name);
        const withGradients = gradientGraph(graph, 'loss', names);
        verify(withGradients);
        const inputs = inputsFor(graph, seed);
        const found = evaluate(withGradients, inputs, RANDOM_ENVIRONMENT);
        const loss = (at: ReadonlyMap<string, Value>) => dataOf(evaluate(graph, at, RANDOM_ENVIRONMENT).get('loss'))[0];
        for (const name of names) {
          const value = inputs.get(name);
          if (value?.kind !== 'array') continue;
          value.data.forEach((element, i) => {
            const step = 1e-5;
            const at = (by: number) => new Map(inputs).set(name, arrayValue(value.shape, value.data.map((x, k) => (k === i ? element + by : x))));
            const difference = (loss(at(step)) - loss(at(-step))) / (2 * step);
            expect(distance(dataOf(found.get(`loss/${name}`))[i], difference)).toBeLessThan(1e-4);
          });
        }
      }),
      // a fixed seed: now and then a graph is too steep for differences of this step
      { numRuns: 100, seed: 6 },
    );
  });
});

describe('gradientGraph', () => {
  it('adds an output for each input, which can be differentiated again', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', VECTOR);
      return b.emit('reduce', [b.emit('multiply', [cube(b, x), b.input('k', tensorType([]))])], { kind: 'add', axes: 'all' });
    });
    const first = gradientGraph(graph, 'loss', ['x', 'k']);
    const second = gradientGraph(first, 'loss/x', ['x']);
    expect(second.outputs.map(({ name }) => name)).toEqual(['loss', 'loss/x', 'loss/k', 'loss/x/x']);
    const values = evaluate(second, new Map([['x', arrayValue([2], [1, 2])], ['k', scalarValue(2)]]));
    expect([...values.values()].map((value) => [...dataOf(value)])).toEqual([[18], [6, 24], [9], [12, 24]]);
  });
});
