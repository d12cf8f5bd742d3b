import { describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../ir/builder.ts';
import { evaluate } from '../ir/evaluate.ts';
import type { Graph, ValueId } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import { t } from '../ir/testing/cases.ts';
import { opaqueType, tensorType } from '../ir/types.ts';
import { formatValue } from '../ir/values.ts';
import { createSource } from '../support/source.ts';
import { splat } from './constants.ts';
import { decompose } from './decompose.ts';
import { differentiate, gradientGraph } from './differentiate.ts';
import { eliminateDeadCode } from './eliminateDeadCode.ts';
import { eliminateDeadTerms } from './eliminateDeadTerms.ts';
import { filledLike, reshaped, sumOver, transposed } from './emit.ts';
import { foldConstants, shortestFloat32 } from './foldConstants.ts';
import { gradients } from './gradients.ts';
import { mergeCommon } from './mergeCommon.ts';
import { joinOrigins } from './origins.ts';
import type { Pass, Remark } from './pass.ts';
import { runPasses } from './pipeline.ts';
import { releaseMarks } from './releaseMarks.ts';
import { simplify } from './simplify.ts';
import { graphOf } from './testing/passHarness.ts';

const QUIET = { math: 'strict', remark: () => undefined } as const;
const source = createSource('a.ganloss', ' '.repeat(100));
const span = (start: number) => ({ source, start, end: start + 1 });
const VECTOR = tensorType([2]);
const OPEN = tensorType(['n'], { open: true });

function build(make: (b: Builder) => readonly ValueId[]): Graph {
  const b = createBuilder('test');
  return b.finish(make(b).map((value, i) => ({ name: `y${i}`, value })));
}

const ops = ({ equations }: Graph) => equations.map(({ op }) => op).join(' ');
const namesOf = ({ equations }: Graph) => equations.map(({ name }) => name ?? '-').join(' ');

describe('a graph in which a pass has nothing to do', () => {
  const graph = graphOf('%x: f32[2]', '(y: f32[2])', '%0 = tanh %x : f32[2]\nreturn %0');
  it.each<Pass>([differentiate, eliminateDeadTerms, simplify, foldConstants, mergeCommon, eliminateDeadCode, releaseMarks])('is given back itself by $name', (pass) => {
    expect(pass.run(graph, QUIET)).toBe(graph);
  });
});

describe('origins', () => {
  it('are joined without repetitions', () => {
    const first = [span(0), span(1)];
    expect(joinOrigins(first, [span(1), span(0)])).toBe(first);
    expect(joinOrigins(first, [])).toBe(first);
    expect(joinOrigins(first, [span(1), span(2)])).toEqual([span(0), span(1), span(2)]);
    const longer = { ...span(0), end: 9 };
    const elsewhere = { ...span(0), source: createSource('b.ganloss', ' ') };
    expect(joinOrigins(first, [longer, elsewhere])).toEqual([...first, longer, elsewhere]);
  });
});

describe('remarks', () => {
  it('that come again in a later round are made once, those from elsewhere again', () => {
    const given = { pass: 'p', rule: 'r', what: 'w', why: 'y' };
    let rounds = 0;
    const again: Pass = {
      name: 'p',
      run(graph, { remark }) {
        for (const origin of [[span(0)], [span(0)], [span(1)], [{ ...span(0), end: 7 }], [{ ...span(0), source: createSource('b', ' ') }]]) remark({ ...given, origin });
        rounds += 1;
        return rounds < 3 ? { ...graph } : graph;
      },
    };
    const remarks: Remark[] = [];
    runPasses(build((b) => [b.constant(1)]), [again], { math: 'strict', remark: (remark) => remarks.push(remark) });
    expect(rounds).toBe(3);
    expect(remarks.map(({ origin }) => `${origin[0].source.name}:${origin[0].start}-${origin[0].end}`)).toEqual(['a.ganloss:0-1', 'a.ganloss:1-2', 'a.ganloss:0-7', 'b:0-1']);
  });

  it('and rounds end, even if a pass never does', () => {
    let rounds = 0;
    const restless: Pass = { name: 'p', run: (graph) => ((rounds += 1), { ...graph }) };
    runPasses(build((b) => [b.constant(1)]), [restless], QUIET);
    expect(rounds).toBe(50);
  });
});

describe('emitting', () => {
  it('leaves out what would change nothing', () => {
    const graph = build((b) => {
      const x = b.input('x', tensorType([2, 3]));
      expect(sumOver(b, x, [])).toBe(x);
      expect(transposed(b, x, [0, 1])).toBe(x);
      expect(reshaped(b, x, [2, 3])).toBe(x);
      return [sumOver(b, x, [1]), transposed(b, x, [1, 0]), reshaped(b, x, [3, 2]), reshaped(b, x, [2, 3, 1]), reshaped(b, x, [6])];
    });
    expect(ops(graph)).toBe('reduce transpose reshape reshape reshape');
    const unknown = build((b) => [reshaped(b, b.input('x', tensorType(['n', 3])), [2, 3]), reshaped(b, b.input('y', OPEN), [2])]);
    expect(ops(unknown)).toBe('reshape reshape');
  });

  it('fills what a shape says, known or not', () => {
    const graph = build((b) => {
      const [scalar, integers, open, any] = [b.input('s', tensorType([])), b.input('i', tensorType([2], { dtype: 'i32' })), b.input('o', OPEN), b.input('a', opaqueType('any'))];
      return [filledLike(b, 3, scalar), filledLike(b, 4, integers), filledLike(b, 5, open), filledLike(b, 6, any)];
    });
    expect(printGraph(graph).split('\n').slice(1, -3).map((line) => line.trim())).toEqual([
      '%0 = constant<3> : f32[]',
      '%1 = constant<4> : i32[]',
      '%2 = broadcast_in_dim<[]> %1 : i32[2]',
      '%3 = constant<5> : f32[]',
      '%4 = broadcast_like<trailing> %3, %o : f32[n, ...]',
      '%5 = constant<6> : f32[]',
      '%6 = broadcast_like<trailing> %5, %a : f32[...]',
    ]);
  });
});

describe('constants', () => {
  const constant = (data: readonly number[]) => build((b) => [b.emit('constant', [], { dtype: 'f32', shape: [data.length], data })]).equations[0];

  it('are one number where all are the same, −0 and 0 not', () => {
    expect([[2, 2], [2, 3], [3, 2, 2], [], [0, -0], [NaN, NaN]].map((data) => splat(constant(data)))).toEqual([2, null, null, null, null, NaN]);
    expect(splat(undefined)).toBeNull();
    expect(splat(build((b) => [b.emit('negate', [b.constant(2)])]).equations[1])).toBeNull();
  });

  it('fold to the shortest decimal of their float32', () => {
    const numbers = [0.3, 1 / 3, 16777217, 1e-45, 1e39, NaN, -0.1, 123456.789, 0.1234567];
    expect(numbers.map(shortestFloat32)).toEqual([0.3, 0.33333334, 16777216, 1.4013e-45, Infinity, NaN, -0.1, 123456.79, 0.1234567]);
    for (const x of numbers.filter(Number.isFinite)) expect(Math.fround(shortestFloat32(x))).toBe(Math.fround(x));
  });

  it('are rounded to float32 before they are used, integers never', () => {
    const graph = build((b) => {
      const tenth = b.emit('subtract', [b.constant(0.1), b.emit('constant', [], { dtype: 'f32', shape: [], data: [0.10000000149011612] })]);
      const large = (value: number) => b.emit('constant', [], { dtype: 'i32', shape: [], data: [value] });
      return [tenth, b.emit('add', [large(16777217), large(16777217)]), b.emit('convert', [b.emit('compare', [b.constant(1), b.constant(2)], { direction: 'LT' })], { dtype: 'f32' })];
    });
    const folded = foldConstants.run(graph, QUIET);
    const values = evaluate(folded, new Map());
    expect([...values.values()].map(formatValue)).toEqual(['f32[] {0}', 'i32[] {33554434}', 'f32[] {1}']);
    expect(new Set(folded.outputs.map(({ value }) => folded.equations.find(({ id }) => id === value)?.op))).toEqual(new Set(['constant']));
  });

  it('of many elements stay to be computed', () => {
    const graph = build((b) => [b.emit('iota', [], { dtype: 'f32', shape: [100_000], iota_dimension: 0 })]);
    expect(foldConstants.run(graph, QUIET)).toBe(graph);
  });
});

describe('names', () => {
  it('go to the value that takes the place of a named one, and the first stays', () => {
    const graph = graphOf('%x: f32[2]', '(y: f32[2], z: f32[2])', `
      %0 = softplus %x : f32[2]  // smooth
      %1 = stop_gradient %0 : f32[2]  // stopped
      %2 = tanh %x : f32[2]
      %3 = stop_gradient %2 : f32[2]  // kept
      return %1, %3`);
    const plain = decompose(graph);
    expect(plain.equations.filter(({ name }) => name === 'smooth').map(({ op }) => op)).toEqual(['add']);
    const released = releaseMarks.run(plain, QUIET);
    expect(released.equations.flatMap(({ op, name }) => (name === undefined ? [] : [`${op} ${name}`]))).toEqual(['add smooth', 'tanh kept']);
  });

  it('of gradients and barriers survive', () => {
    const graph = graphOf('%x: f32[2]', '(y: f32[2], z: f32[2])', `
      %0 = tanh %x : f32[2]
      %1 = optimization_barrier %0 : f32[2]  // held
      %2 = multiply %1, %1 : f32[2]
      %3 = gradient %2, %1 : f32[2]  // slope
      return %1, %3`);
    const result = differentiate.run(graph, QUIET);
    expect(result.equations.flatMap(({ op, name }) => (name === undefined ? [] : [`${op} ${name}`]))).toEqual(['tanh held', 'add slope']);
  });

  it('of merged equations: the first that has one', () => {
    const graph = graphOf('%x: f32[2]', '(a: f32[2], b: f32[2], c: f32[2])', '%0 = tanh %x : f32[2]\n%1 = tanh %x : f32[2]  // second\n%2 = tanh %x : f32[2]  // third\nreturn %0, %1, %2');
    expect(namesOf(mergeCommon.run(graph, QUIET))).toBe('second');
  });
});

describe('equal equations', () => {
  it('have equal attributes, to the sign of zero, the type of text and the nesting of lists', () => {
    const read = (key: string, b: Builder) => b.emit('state_read', [b.constant(1)], { key });
    const graph = build((b) => {
      const x = b.input('x', tensorType([2, 2]));
      const constant = (...data: readonly number[]) => b.emit('constant', [], { dtype: 'f32', shape: [2], data });
      const pad = (low: readonly number[], high: readonly number[]) => b.emit('pad', [x, b.constant(0)], { low, high, interior: [0, 0] });
      const weights = (network: string) => b.emit('network_weights', [], { network, least_rank: 0 });
      return [constant(0, -0), constant(-0, 0), constant(NaN, 1), constant(NaN, 1), pad([1, 2], [3, 4]), pad([1, 2], [3, 4]), pad([1, 23], [4, 0]), pad([12, 3], [4, 0]), read('1', b), read('1', b), weights('D'), weights('D')];
    });
    const merged = mergeCommon.run(graph, QUIET);
    expect(merged.outputs.map(({ value }) => value)).toEqual([1, 2, 3, 3, 5, 5, 6, 7, 9, 9, 10, 10]);
  });

  it('may have their operands swapped where that changes no bit', () => {
    const graph = build((b) => {
      const [x, y] = [b.input('x', VECTOR), b.input('y', VECTOR)];
      return (['add', 'multiply', 'subtract', 'divide', 'maximum', 'minimum', 'power'] as const).flatMap((op) => [b.emit(op, [x, y]), b.emit(op, [y, x])]);
    });
    expect(ops(mergeCommon.run(graph, QUIET))).toBe('add multiply subtract subtract divide divide maximum maximum minimum minimum power power');
  });
});

describe('gradients of one value by several', () => {
  it('are found in one sweep where they come from one place', () => {
    const graph = graphOf('%a: f32[2], %b: f32[2]', '(u: f32[2], v: f32[2])', `
      %0 = tanh %a : f32[2]
      %1 = multiply %0, %b : f32[2]
      %2 = gradient %1, %a : f32[2]
      %3 = gradient %1, %b : f32[2]
      return %2, %3`);
    const result = differentiate.run(graph, QUIET);
    expect(result.equations.filter(({ op }) => op === 'constant').length).toBeLessThanOrEqual(2);
    const values = evaluate(result, new Map([['a', t([0, 1])], ['b', t([3, 4])]]));
    const slope = 1 - Math.tanh(1) ** 2;
    expect(formatValue(values.get('u')!)).toBe(`f32[2] {3, ${4 * slope}}`);
    expect(formatValue(values.get('v')!)).toBe(`f32[2] {0, ${Math.tanh(1)}}`);
  });

  it('are found one by one where they come from two places, each with its own origin', () => {
    const graph = build((b) => {
      const [x, y] = [b.input('x', VECTOR), b.input('y', VECTOR)];
      const product = b.emit('multiply', [x, y]);
      return [b.at([span(1)], () => b.emit('gradient', [product, x])), b.at([span(5)], () => b.emit('gradient', [product, y])), b.at([span(5), span(6)], () => b.emit('gradient', [product, x]))];
    });
    const result = differentiate.run(graph, QUIET);
    const starts = result.outputs.map(({ value }) => result.equations.find(({ id }) => id === value)!.origin.map(({ start }) => start));
    expect(starts).toEqual([[1], [5], [5, 6]]);
  });

  it('are found where they can be, though a network lies before another one’s variable', () => {
    const graph = build((b) => {
      const [x, z] = [b.input('x', OPEN), b.input('z', OPEN)];
      const y = b.emit('multiply', [b.emit('tanh', [x]), b.emit('network_call', [z], { network: 'G', outputs: 'single' })]);
      return [b.emit('gradient', [y, x]), b.emit('gradient', [y, z])];
    });
    const remarks: Remark[] = [];
    const result = differentiate.run(graph, { math: 'strict', remark: (remark) => remarks.push(remark) });
    expect(result.equations.filter(({ op }) => op === 'gradient').map(({ operands }) => operands[1])).toEqual([1]);
    expect(remarks.map(({ rule }) => rule)).toEqual(['left to the tape']);
  });

  it('by a value that is made later than another gradient wait for it', () => {
    const graph = build((b) => {
      const x = b.input('x', VECTOR);
      const y = b.emit('multiply', [x, x]);
      const first = b.emit('gradient', [y, x]);
      const later = b.emit('tanh', [x]);
      const z = b.emit('multiply', [later, first]);
      return [b.emit('gradient', [z, later]), b.emit('gradient', [z, first]), b.emit('gradient', [y, later])];
    });
    const values = evaluate(differentiate.run(graph, QUIET), new Map([['x', t([1, 2])]]));
    expect([...values.values()].map(formatValue)).toEqual(['f32[2] {2, 4}', `f32[2] {${Math.tanh(1)}, ${Math.tanh(2)}}`, 'f32[2] {0, 0}']);
  });

  it('name what is missing', () => {
    const graph = graphOf('%x: f32[2]', '(y: f32[2])', '%0 = tanh %x : f32[2]\nreturn %0');
    expect(() => gradientGraph(graph, 'loss', ['x'])).toThrow("there is no output 'loss'");
    expect(() => gradientGraph(graph, 'y', ['z'])).toThrow("there is no input 'z'");
    const through = build((b) => [b.emit('network_call', [b.input('x', OPEN)], { network: 'D', outputs: 'single' })]);
    expect(() => gradientGraph(through, 'y0', ['x'])).toThrow('a network that only the binding knows lies between input and output');
  });

  it('do not flow through integers, or what is inert', () => {
    const b = createBuilder('test');
    const x = b.input('x', VECTOR);
    const truncated = b.emit('convert', [b.emit('convert', [x], { dtype: 'i32' })], { dtype: 'f32' });
    const drawn = b.emit('rng_normal', [x], { draw: 'a' });
    const every = b.emit('every', [b.emit('tanh', [x]), b.emit('state_write', [x], { key: 'a' })], { interval: 2 });
    for (const [y, dependent] of [[truncated, false], [drawn, false], [every, true], [x, true], [b.constant(1), false]] as const) {
      const found = gradients(b, y, [x]);
      expect(found.kind === 'found' && found.dependent).toEqual([dependent]);
    }
  });
});

describe('derivatives of a value’s own', () => {
  it('stay until no gradient needs them', () => {
    const make = (asked: boolean) =>
      build((b) => {
        const x = b.input('x', OPEN);
        const value = b.emit('tanh', [x]);
        const cotangent = b.emit('optimization_barrier', [b.emit('broadcast_like', [b.constant(1), value], { align: 'trailing' })]);
        const own = b.emit('custom_vjp', [value, cotangent, x, b.emit('multiply', [cotangent, b.constant(7)])]);
        const network = b.emit('network_call', [own], { network: 'D', outputs: 'single' });
        return asked ? [own, b.emit('gradient', [network, x])] : [own];
      });
    expect(ops(differentiate.run(make(true), QUIET))).toContain('custom_vjp');
    expect(ops(differentiate.run(make(false), QUIET))).not.toContain('custom_vjp');
  });

  it('are taken instead of the value’s', () => {
    const graph = build((b) => {
      const x = b.input('x', VECTOR);
      const value = b.emit('tanh', [x]);
      const cotangent = b.emit('optimization_barrier', [b.emit('broadcast_in_dim', [b.constant(1)], { shape: [2], broadcast_dimensions: [] })]);
      const own = b.emit('custom_vjp', [value, cotangent, x, b.emit('multiply', [cotangent, b.constant(7)])]);
      return [b.emit('gradient', [b.emit('multiply', [own, b.constant(2)]), x])];
    });
    const result = differentiate.run(graph, QUIET);
    expect(formatValue(evaluate(result, new Map([['x', t([1, 2])]])).get('y0')!)).toBe('f32[2] {14, 14}');
  });
});

describe('dead terms', () => {
  const spec = (loss: string) => graphOf('%a: f32[], %b: f32[]', '(loss: f32[])', `%0 = constant<0> : f32[]\n%1 = multiply %0, %a : f32[]\n%2 = multiply %0, %b : f32[]\n${loss}`);
  const FAST = { ...QUIET, math: 'fast' } as const;

  it('go from sums on either side, and all of them leave 0', () => {
    const left = spec('%3 = add %1, %b : f32[]\nreturn %3');
    const right = spec('%3 = add %b, %1 : f32[]\nreturn %3');
    const both = spec('%3 = add %1, %2 : f32[]\nreturn %3');
    const shared = spec('%3 = add %1, %b : f32[]\n%4 = add %3, %3 : f32[]\nreturn %4');
    const of = (graph: Graph) => formatValue(evaluate(eliminateDeadTerms.run(graph, FAST), new Map([['a', t(NaN)], ['b', t(5)]])).get('loss')!);
    expect([left, right, shared].map(of)).toEqual(['f32[] {5}', 'f32[] {5}', 'f32[] {10}']);
    expect(formatValue(evaluate(eliminateDeadTerms.run(both, FAST), new Map([['a', t(NaN)], ['b', t(NaN)]])).get('loss')!)).toBe('f32[] {0}');
    expect(eliminateDeadTerms.run(left, QUIET)).toBe(left);
  });

  it('are products of scalars by 0 and nothing else', () => {
    const graph = graphOf('%a: f32[], %v: f32[2]', '(loss: f32[], loss.x2y: f32[2], other: f32[])', `
      %0 = constant<0> : f32[]
      %1 = multiply %v, %0 : f32[2]
      %2 = divide %0, %a : f32[]
      %3 = multiply %0, %a : f32[]
      return %2, %1, %3`);
    expect(eliminateDeadTerms.run(graph, FAST)).toBe(graph);
  });
});
