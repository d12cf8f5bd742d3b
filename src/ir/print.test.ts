import { describe, expect, it } from 'vitest';
import { createSource } from '../support/source.ts';
import { createBuilder } from './builder.ts';
import { parseGraph } from './parseGraph.ts';
import { printGraph } from './print.ts';
import { opaqueType, tensorType } from './types.ts';

const spec = createSource('wgan.ganloss', 'wasserstein\n  + 10*gp');
const prelude = createSource('prelude/gp.ganloss', 'term gp() {}');

function example() {
  const b = createBuilder('generator');
  const fake = b.input('fake', tensorType(['n'], { open: true }));
  const z = b.input('z', opaqueType('any'));
  const loss = b.at([{ source: spec, start: 0, end: 11 }], () => {
    const call = b.emit('network_call', [fake, z], { network: 'D', outputs: 'single' });
    const negated = b.emit('negate', [call]);
    b.name(negated, 'negated');
    const sum = b.emit('reduce', [negated], { kind: 'add', axes: 'all' });
    return b.emit('divide', [sum, b.emit('size', [negated], { axes: 'all' })]);
  });
  const origin = [
    { source: spec, start: 19, end: 21 },
    { source: prelude, start: 5, end: 7 },
  ];
  const scaled = b.at(origin, () => b.emit('multiply', [b.constant(10), loss]));
  return b.finish([
    { name: 'loss', value: scaled },
    { name: 'wasserstein', value: loss },
  ]);
}

describe('printGraph', () => {
  it('prints one equation a line, with positions and names', () => {
    expect(printGraph(example())).toBe(
      `graph @generator(%fake: f32[n, ...], %z: any) -> (loss: f32[], wasserstein: f32[]) {
  %0 = network_call @D(%fake, %z) : f32[n, ...]    ref 1:1
  %1 = negate %0 : f32[n, ...]                     ref 1:1   // negated
  %2 = reduce<add, all> %1 : f32[]                 ref 1:1
  %3 = size %1 : f32[]                             ref 1:1
  %4 = divide %2, %3 : f32[]                       ref 1:1
  %5 = constant<10> : f32[]                        ref 2:8, prelude/gp.ganloss:1:6
  %6 = multiply %5, %4 : f32[]                     ref 2:8, prelude/gp.ganloss:1:6
  return %6, %4
}
`,
    );
  });

  it('prints a lone loss without its name', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType([]));
    expect(printGraph(b.finish([{ name: 'loss', value: x }]))).toBe('graph @g(%x: f32[]) -> f32[] {\n  return %x\n}\n');
  });

  it('names every source but the one asked for', () => {
    const text = printGraph(example(), { source: prelude });
    expect(text).toContain('ref wgan.ganloss:2:8, 1:6');
  });

  it('keeps numbers exact', () => {
    const b = createBuilder('g');
    const data = [NaN, Infinity, -Infinity, -0, 0, 1e-10, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1e21];
    b.emit('constant', [], { dtype: 'f32', shape: [2, 5], data });
    b.emit('constant', [], { dtype: 'f32', shape: [], data: [-0] });
    b.emit('constant', [], { dtype: 'f32', shape: [2], data: [0, -0] });
    b.emit('constant', [], { dtype: 'f32', shape: [3], data: [NaN, NaN, NaN] });
    b.emit('constant', [], { dtype: 'i1', shape: [0, 2], data: [] });
    const graph = b.finish([]);
    const text = printGraph(graph);
    expect(text).toBe(`graph @g() -> () {
  %0 = constant<[NaN, Infinity, -Infinity, -0, 0, 1e-10, 0.30000000000000004, 5e-324, 1.7976931348623157e+308, 1e+21]> : f32[2, 5]
  %1 = constant<-0> : f32[]
  %2 = constant<[0, -0]> : f32[2]
  %3 = constant<NaN> : f32[3]
  %4 = constant<[]> : i1[0, 2]
  return
}
`);
    expect(parseGraph(text)).toEqual(graph);
  });

  it('leaves out what is usual and names the rest', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType([1, 4, 4, 2]));
    const w = b.input('w', tensorType([3, 3, 2, 5]));
    const usual = { lhs_dilation: [1, 1], rhs_dilation: [1, 1], window_reversal: [false, false], feature_group_count: 1, batch_group_count: 1 };
    const numbers = { input: 'b01f', kernel: '01io', output: 'b01f' };
    b.emit('convolution', [x, w], { ...usual, ...numbers, window_strides: [1, 1], padding: [[0, 0], [0, 0]] });
    b.emit('convolution', [x, w], { ...usual, ...numbers, window_strides: [2, 1], padding: [[1, 0], [-1, 0]], window_reversal: [true, false] });
    b.emit('slice', [x], { start_indices: [0, 0, 0, 0], limit_indices: [1, 4, 2, 1], strides: [1, 2, 1, 1] });
    b.emit('size', [x], { axes: [-1] });
    const text = printGraph(b.finish([]));
    expect(text).toBe(`graph @g(%x: f32[1, 4, 4, 2], %w: f32[3, 3, 2, 5]) -> () {
  %0 = convolution<b01f, 01io, b01f> %x, %w : f32[1, 2, 2, 5]
  %1 = convolution<b01f, 01io, b01f, window_strides: [2, 1], padding: [[1, 0], [-1, 0]], window_reversal: [true, false]> %x, %w : f32[1, 2, 1, 5]
  %2 = slice<[0, 0, 0, 0], [1, 4, 2, 1], strides: [1, 2, 1, 1]> %x : f32[1, 2, 2, 1]
  %3 = size<[-1]> %x : f32[]
  return
}
`);
    expect(printGraph(parseGraph(text))).toBe(text);
  });
});

describe('parseGraph', () => {
  it('reads back what was printed, with positions and names', () => {
    const text = printGraph(example());
    const graph = parseGraph(text);
    expect(printGraph(graph)).toBe(text);
    expect(graph.equations[1].name).toBe('negated');
  });

  it('finds positions in the sources given', () => {
    const sources = new Map([
      ['<spec>', spec],
      ['prelude/gp.ganloss', prelude],
    ]);
    const graph = parseGraph(printGraph(example()), (name) => sources.get(name)!);
    expect(graph.equations[6].origin).toEqual([
      { source: spec, start: 19, end: 19 },
      { source: prelude, start: 5, end: 5 },
    ]);
  });

  it('quotes names that do not read as one', () => {
    const odd = createSource('a "b", c', 'x');
    const b = createBuilder('the graph');
    const x = b.input('7', tensorType(['m|n', 'n+3']));
    b.at([{ source: odd, start: 0, end: 1 }, { source: createSource('d e', ' y'), start: 1, end: 2 }], () => b.name(b.emit('state_pool', [x], { key: '%x>', size: 3 }), 'l\n1'));
    b.emit('get_tuple_element', [b.emit('network_call', [x], { network: 'D-x', outputs: 'all' })], { head: '' });
    const graph = b.finish([{ name: '10*gp', value: x }]);
    const text = printGraph(graph);
    expect(text).toBe(`graph @"the graph"(%"7": f32[m|n, n+3]) -> ("10*gp": f32[m|n, n+3]) {
  %0 = state_pool<"%x>", size: 3> %"7" : f32[m|n, n+3]    ref 1:1, "d e":1:2   // "l\\n1"
  %1 = network_call<all> @"D-x"(%"7") : outputs
  %2 = get_tuple_element<""> %1 : f32[...]
  return %"7"
}
`);
    const back = parseGraph(text);
    expect(printGraph(back)).toBe(text);
    expect(back.equations.map((equation) => equation.attributes)).toEqual(graph.equations.map((equation) => equation.attributes));
  });

  it.each([
    ['graph @g() -> f32[] {\n  %0 = frobnicate : f32[]\n  return %0\n}', "2:18: there is no op 'frobnicate'"],
    ['graph @g() -> f32[] {\n  %0 = negate %1 : f32[]\n  return %0\n}', '%1 is not defined'],
    ['graph @g(%x: f32[2]) -> f32[] {\n  %0 = negate %x : f32[3]\n  return %0\n}', 'negate gives f32[2], not f32[3]'],
    ['graph @g(%x: f32[2]) -> f32[] {\n  %0 = reduce<mean, all> %x : f32[]\n  return %0\n}', "'mean' is not add or maximum or minimum"],
    ['graph @g(%x: f32[2]) -> f32[] {\n  %0 = reduce<add> %x : f32[]\n  return %0\n}', 'reduce lacks axes'],
    ['graph @g(%x: f32[2]) -> f32[] {\n  %0 = negate<3> %x : f32[]\n  return %0\n}', 'no such attribute'],
    ['graph @g(%x: f32[2]) -> f32[] {\n  return %x\n} more', 'expected the end'],
    ['graf', "1:1: expected 'graph', found 'graf'"],
  ])('refuses %j', (text, message) => expect(() => parseGraph(text)).toThrow(message));
});
