import { describe, expect, it } from 'vitest';
import { createBuilder } from './builder.ts';
import { evaluate, evaluateOp } from './evaluate.ts';
import { seededRandom } from './evaluate/seededRandom.ts';
import { opaqueType, tensorType } from './types.ts';
import type { Value } from './values.ts';
import { arrayValue, distributionsValue, listValue, outputsValue, scalarValue } from './values.ts';

function numbers(value: Value | undefined): number[] {
  if (value?.kind !== 'array') throw new Error('not a tensor');
  return [...value.data];
}

/** (mean of D(lerp(real, fake, u)) with weights) × λ. */
function penalty() {
  const b = createBuilder('discriminator');
  const real = b.input('real', tensorType(['n'], { open: true }));
  const fake = b.input('fake', tensorType(['n'], { open: true }));
  const z = b.input('z', opaqueType('any'));
  const alpha = b.emit('rng_uniform', [real], { draw: 'gp', each: 'sample' });
  const x = b.emit('add', [real, b.emit('multiply', [alpha, b.emit('subtract', [fake, real])])]);
  const slopes = b.emit('network_call', [x, z], { network: 'D', outputs: 'single' });
  const total = b.emit('reduce', [slopes], { kind: 'add', axes: 'all' });
  const mean = b.emit('divide', [total, b.emit('size', [slopes], { axes: 'all' })]);
  const loss = b.emit('multiply', [b.emit('param', [], { name: 'lambda' }), mean]);
  return b.finish([{ name: 'loss', value: loss }]);
}

describe('evaluate', () => {
  const inputs = new Map<string, Value>([
    ['real', arrayValue([2, 2], [1, 2, 3, 4])],
    ['fake', arrayValue([2, 2], [1, 2, 3, 4])],
    ['z', listValue([])],
  ]);
  const environment = {
    networks: new Map([['D', (data: Value) => evaluateOp('negate', [data], {})]]),
    params: new Map([['lambda', 10]]),
    random: seededRandom(1),
  };

  it('runs a graph with networks, params and draws', () => {
    const outputs = evaluate(penalty(), inputs, environment);
    expect([...outputs.keys()]).toEqual(['loss']);
    expect(numbers(outputs.get('loss'))).toEqual([-25]);
  });

  it('names the input that is missing', () => {
    expect(() => evaluate(penalty(), new Map(), environment)).toThrow('input %real has no value');
  });

  it('holds equal symbols to equal sizes', () => {
    const unequal = new Map(inputs).set('fake', arrayValue([3, 2], [1, 2, 3, 4, 5, 6]));
    expect(() => evaluate(penalty(), unequal, environment)).toThrow('input %fake is declared f32[n, ...] and given f32[3, 2], with n = 2');
  });

  it('names what the environment lacks', () => {
    expect(() => evaluate(penalty(), inputs, { ...environment, params: new Map() })).toThrow("param: 'lambda' has no value");
    expect(() => evaluate(penalty(), inputs, { ...environment, networks: new Map() })).toThrow("there is no network 'D'");
    expect(() => evaluate(penalty(), inputs, { networks: environment.networks })).toThrow('no source of random numbers');
  });

  it('leaves gradients to the environment', () => {
    const b = createBuilder('g');
    const x = b.input('x', tensorType([2]));
    const graph = b.finish([{ name: 'loss', value: b.emit('gradient', [b.emit('multiply', [x, x]), x]) }]);
    const given = new Map([['x', arrayValue([2], [3, 4])]]);
    expect(() => evaluate(graph, given)).toThrow('differentiate first');
    const outputs = evaluate(graph, given, {
      gradient: (_graph, equation, values) => evaluateOp('add', [values.get(equation.operands[1])!, values.get(equation.operands[1])!], {}),
    });
    expect(numbers(outputs.get('loss'))).toEqual([6, 8]);
  });

  it('reads heads, distributions and lists', () => {
    const b = createBuilder('mi');
    const fake = b.input('fake', tensorType(['n'], { open: true }));
    const codes = b.input('codes', opaqueType('any'));
    const all = b.emit('network_call', [fake], { network: 'D', outputs: 'all' });
    const dist = b.emit('get_tuple_element', [all], { head: 'codes' });
    const means = b.emit('mean_of_each', [b.emit('log_prob', [dist, codes])]);
    const graph = b.finish([
      { name: 'loss', value: means },
      { name: 'first', value: b.emit('get_tuple_element', [all], { head: null }) },
    ]);
    const logProb = (factor: number) => ({ logProb: (value: Value) => arrayValue([2], numbers(value).map((x) => x * factor)) });
    const D = (data: Value) => outputsValue(data, { codes: distributionsValue([logProb(1), logProb(-2)]) });
    const outputs = evaluate(
      graph,
      new Map<string, Value>([
        ['fake', arrayValue([2], [8, 9])],
        ['codes', listValue([arrayValue([2], [1, 3]), arrayValue([2], [4, 6])])],
      ]),
      { networks: new Map([['D', D]]) },
    );
    expect(numbers(outputs.get('loss'))).toEqual([2, -10]);
    expect(numbers(outputs.get('first'))).toEqual([8, 9]);
  });

  it('reports a head that is not there as GL5003', () => {
    expect(() => evaluateOp('get_tuple_element', [outputsValue(scalarValue(1))], { head: 'classes' })).toThrow("no head 'classes'");
  });

  it('reads, writes and pools state', () => {
    const b = createBuilder('s');
    const x = b.input('x', tensorType([]));
    const read = b.emit('state_read', [x], { key: 'ema' });
    const write = b.emit('state_write', [b.emit('add', [read, x])], { key: 'ema' });
    const pool = b.emit('state_pool', [x], { key: 'p', size: 50 });
    const graph = b.finish([
      { name: 'loss', value: write },
      { name: 'pooled', value: pool },
    ]);
    const written: [string, Value][] = [];
    const asked: unknown[] = [];
    const given = new Map([['x', scalarValue(2)]]);
    const options = {
      writeState: (key: string, value: Value) => written.push([key, value]),
      pool: (key: string, size: number, value: Value) => (asked.push(key, size), value),
    };
    expect(numbers(evaluate(graph, given, options).get('loss'))).toEqual([4]);
    const later = evaluate(graph, given, { ...options, state: new Map([['ema', scalarValue(10)]]) });
    expect(numbers(later.get('loss'))).toEqual([12]);
    expect(written).toEqual([
      ['ema', scalarValue(4)],
      ['ema', scalarValue(12)],
    ]);
    expect(asked).toEqual(['p', 50, 'p', 50]);
  });
});

describe('seededRandom', () => {
  it('is a function of seed and draw, uniform on [0, 1) and standard normal', () => {
    const random = seededRandom(7);
    const uniform = [...Array.from(random('a', 'uniform', [4000]))];
    const normal = [...Array.from(random('a', 'normal', [4000]))];
    const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
    expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(random('a', 'uniform', [3])).toEqual(seededRandom(7)('a', 'uniform', [3]));
    expect(random('a', 'uniform', [3])).not.toEqual(random('b', 'uniform', [3]));
    expect(random('a', 'uniform', [3])).not.toEqual(seededRandom(8)('a', 'uniform', [3]));
  });
});
