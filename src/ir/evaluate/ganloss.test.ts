import { describe, expect, it } from 'vitest';
import { SpecError } from '../../support/diagnostic.ts';
import { createSource } from '../../support/source.ts';
import { evaluateOp, type Environment } from '../evaluate.ts';
import { inferType } from '../infer.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import { empty, ints, t } from '../testing/cases.ts';
import { formatType } from '../types.ts';
import { distributionsValue, formatValue, listValue, outputsValue, typeOfValue, type ArrayValue, type Value } from '../values.ts';

const x23 = t([[1, 2, 3], [4, 5, 6]]);
const FAR = { source: createSource('a.ganloss', 'D(real).features'), start: 0, end: 7 };

function run<K extends OpKind>(op: K, operands: readonly Value[], attributes: OpAttributes[K], environment: Environment = {}): Value {
  return evaluateOp(op, operands, attributes, { environment, origin: [FAR], gradient: null, evaluateOp: (inner, values, own) => evaluateOp(inner, values, own) });
}

/** A value in words, lists item by item. */
const text = (value: Value): string => (value.kind === 'list' ? `(${value.items.map(text).join('; ')})` : formatValue(value));

const list = (...items: readonly Value[]) => listValue(items);
const typeOf = <K extends OpKind>(op: K, operands: readonly Value[], attributes: OpAttributes[K]) => formatType(inferType(op, operands.map(typeOfValue), attributes));

describe('draws', () => {
  const asked: string[] = [];
  const random = (draw: string, distribution: string, shape: readonly number[]) => {
    asked.push(`${draw} ${distribution} ${shape.join()}`);
    return Array.from({ length: shape.reduce((size, dim) => size * dim, 1) }, (_, i) => i / 8);
  };

  it('ask for one number a sample, for one an element, and for normal ones', () => {
    asked.length = 0;
    expect(text(run('rng_uniform', [x23], { draw: 'gp.a', each: 'sample' }, { random }))).toBe('f32[2, 1] {0, 0.125}');
    expect(text(run('rng_uniform', [x23], { draw: 'a', each: 'element' }, { random }))).toBe('f32[2, 3] {0, 0.125, 0.25, 0.375, 0.5, 0.625}');
    expect(text(run('rng_normal', [t([5, 6])], { draw: 'b' }, { random }))).toBe('f32[2] {0, 0.125}');
    expect(asked).toEqual(['gp.a uniform 2,1', 'a uniform 2,3', 'b normal 2']);
  });

  it('need a source that gives as many as are asked for', () => {
    expect(() => run('rng_normal', [x23], { draw: 'a' })).toThrow('rng_normal: there is no source of random numbers');
    expect(() => run('rng_uniform', [x23], { draw: 'a', each: 'element' }, { random: () => [1] })).toThrow('rng_uniform: 1 numbers were drawn for shape [2, 3]');
    expect(() => run('rng_normal', [list()], { draw: 'a' }, { random })).toThrow('rng_normal: operand 0 is a value of kind list, not a tensor');
  });
});

describe('networks', () => {
  const heads = outputsValue(t([1]), { features: t([2, 3]) });
  const networks = new Map([
    ['D', (data: Value, condition: Value | null) => (condition === null ? data : list(data, condition))],
    ['Q', () => heads],
  ]);

  it('get data and condition, and give their first output or all', () => {
    expect(text(run('network_call', [x23], { network: 'D', outputs: 'single' }, { networks }))).toBe(text(x23));
    expect(text(run('network_call', [t(1), t(2)], { network: 'D', outputs: 'single' }, { networks }))).toBe('(f32[] {1}; f32[] {2})');
    expect(text(run('network_call', [x23], { network: 'Q', outputs: 'single' }, { networks }))).toBe('f32[1] {1}');
    expect(run('network_call', [x23], { network: 'Q', outputs: 'all' }, { networks })).toBe(heads);
    expect(run('network_call', [t(4)], { network: 'D', outputs: 'all' }, { networks })).toEqual(outputsValue(t(4)));
  });

  it('that are missing are named', () => {
    expect(() => run('network_call', [x23], { network: 'F', outputs: 'single' }, { networks })).toThrow("network_call: there is no network 'F'");
    expect(() => run('network_call', [x23], { network: 'F', outputs: 'single' })).toThrow("network_call: there is no network 'F'");
  });

  it('have heads', () => {
    expect(text(run('get_tuple_element', [heads], { head: null }))).toBe('f32[1] {1}');
    expect(text(run('get_tuple_element', [heads], { head: 'features' }))).toBe('f32[2] {2, 3}');
    expect(() => run('get_tuple_element', [x23], { head: null })).toThrow('get_tuple_element: a value of kind array has no heads');
    let problem: unknown;
    try {
      run('get_tuple_element', [heads], { head: 'classes' });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(SpecError);
    expect((problem as SpecError).message).toBe("the network has no head 'classes'");
    expect((problem as SpecError).diagnostics).toEqual([{ code: 'GL5003', severity: 'error', message: "the network has no head 'classes'", span: FAR }]);
  });

  it('a missing head of an equation from nowhere has no position', () => {
    const nowhere = { environment: {}, origin: [], gradient: null, evaluateOp };
    expect(() => evaluateOp('get_tuple_element', [heads], { head: 'classes' }, nowhere)).toThrow(SpecError);
  });

  it('have weights, of which those of a least rank are listed', () => {
    const weights = (network: string): readonly ArrayValue[] => (network === 'D' ? [x23, t([7, 8]), t(9)] : []);
    const ranks = (least_rank: number) => text(run('network_weights', [], { network: 'D', least_rank }, { weights }));
    expect(ranks(0)).toBe(`(${text(x23)}; f32[2] {7, 8}; f32[] {9})`);
    expect(ranks(1)).toBe(`(${text(x23)}; f32[2] {7, 8})`);
    expect(ranks(2)).toBe(`(${text(x23)})`);
    expect(text(run('network_weights', [], { network: 'G', least_rank: 0 }, { weights }))).toBe('()');
    expect(() => run('network_weights', [], { network: 'D', least_rank: 0 })).toThrow("network_weights: there are no weights of 'D'");
  });

  it('and hooks get their tensor and the name of their draw', () => {
    const hooks = new Map([['augment', ({ shape, data }: ArrayValue, draw: string) => t([shape.length, data[0], draw.length])]]);
    expect(text(run('hook_call', [x23], { hook: 'augment', keeps_shape: false, draw: 'a.h' }, { hooks }))).toBe('f32[3] {2, 1, 3}');
    expect(() => run('hook_call', [x23], { hook: 'other', keeps_shape: true, draw: 'a' }, { hooks })).toThrow("hook_call: there is no hook 'other'");
    expect(() => run('hook_call', [x23], { hook: 'augment', keeps_shape: true, draw: 'a' })).toThrow("hook_call: there is no hook 'augment'");
    expect(() => run('hook_call', [list()], { hook: 'augment', keeps_shape: true, draw: 'a' }, { hooks })).toThrow('hook_call: operand 0 is a value of kind list, not a tensor');
  });
});

describe('lists', () => {
  it('are made of one tensor, or are there already', () => {
    expect(text(run('as_list', [t(3)], {}))).toBe('(f32[] {3})');
    expect(text(run('as_list', [list(t(3), t(4))], {}))).toBe('(f32[] {3}; f32[] {4})');
    expect(() => run('as_list', [outputsValue(t(1))], {})).toThrow('as_list: a value of kind outputs is not a list');
  });

  it('have ops applied to each tensor, with what is no list the same for all', () => {
    const subtract = { applied: { op: 'subtract', attributes: {} } } as const;
    expect(text(run('each', [list(t(3), t([4, 6])), t(1)], subtract))).toBe('(f32[] {2}; f32[2] {3, 5})');
    expect(text(run('each', [t(1), list(t(3), t([4, 6]))], subtract))).toBe('(f32[] {-2}; f32[2] {-3, -5})');
    expect(text(run('each', [list(t(3), t(4)), list(t(1), t(5))], subtract))).toBe('(f32[] {2}; f32[] {-1})');
    expect(text(run('each', [list(), list()], subtract))).toBe('()');
    expect(text(run('each', [list(x23)], { applied: { op: 'reduce', attributes: { kind: 'add', axes: [1] } } }))).toBe('(f32[2] {6, 15})');
    expect(() => run('each', [list(t(1)), list(t(1), t(2))], subtract)).toThrow('each: lists of 1 and 2 tensors');
    expect(typeOf('each', [list(), t(1)], subtract)).toBe('list');
    expect(() => typeOf('each', [t(1), t(1)], subtract)).toThrow('each: no operand is a list');
    expect(() => typeOf('each', [list(), outputsValue(t(1))], subtract)).toThrow('each: an operand is outputs');
  });

  it('have sums and means', () => {
    expect(text(run('sum_of_each', [list(x23, t(-0), empty(0))], {}))).toBe('f32[3] {21, 0, 0}');
    expect(text(run('mean_of_each', [list(x23, t(2), empty(0))], {}))).toBe('f32[3] {3.5, 2, NaN}');
    expect(text(run('sum_of_each', [t([1, 2])], {}))).toBe('f32[1] {3}');
    expect(text(run('mean_of_each', [list()], {}))).toBe('f32[0] {}');
    expect(() => run('sum_of_each', [list(list())], {})).toThrow('sum_of_each: a value of kind list has no sum');
    expect(() => run('mean_of_each', [list(list())], {})).toThrow('mean_of_each: a value of kind list has no mean');
    expect(() => run('mean_of_each', [outputsValue(t(1))], {})).toThrow('mean_of_each: a value of kind outputs is not a list');
    for (const op of ['sum_of_each', 'mean_of_each'] as const) expect(typeOf(op, [list()], {})).toBe('f32[k]');
    expect(() => typeOf('sum_of_each', [t(1)], {})).toThrow('sum_of_each: operand 0 is f32[], not list or any');
  });

  it('of distributions meet values one by one', () => {
    const scaled = (factor: number) => ({ logProb: (value: Value) => t(factor * (value as ArrayValue).data[0]) });
    const both = distributionsValue([scaled(2), scaled(-3)]);
    expect(text(run('log_prob', [both, list(t(5), t(7))], {}))).toBe('(f32[] {10}; f32[] {-21})');
    expect(text(run('log_prob', [distributionsValue([scaled(4)]), t(5)], {}))).toBe('(f32[] {20})');
    expect(() => run('log_prob', [both, list(t(5))], {})).toThrow('log_prob: 1 values for 2 distributions');
    expect(() => run('log_prob', [list(), list()], {})).toThrow('log_prob: operand 0 is a value of kind list');
    expect(() => run('log_prob', [both, both], {})).toThrow('log_prob: a value of kind distributions is not a list');
  });
});

describe('spectral norms', () => {
  // singular values 5 and 1
  const matrix = t([[3, 0], [0, 1], [4, 0]]);

  it('start from the cosines of 1, 2, …, one for each row', () => {
    expect(text(run('singular_start', [t([[[1], [2]], [[3], [4]]])], {}))).toBe(`f32[4] {${[1, 2, 3, 4].map(Math.cos).join(', ')}}`);
    expect(text(run('singular_start', [t([2, 3])], {}))).toBe(`f32[1] {${Math.cos(1)}}`);
    expect(text(run('singular_start', [t(2)], {}))).toBe(`f32[1] {${Math.cos(1)}}`);
    expect(typeOf('singular_start', [matrix], {})).toBe('f32[3]');
  });

  it('come closer with every round', () => {
    let vector = run('singular_start', [matrix], {}) as ArrayValue;
    const once = run('singular_vector', [matrix, vector], { iterations: 1 });
    const twice = run('singular_vector', [matrix, once], { iterations: 1 });
    expect(text(run('singular_vector', [matrix, vector], { iterations: 2 }))).toBe(text(twice));
    vector = run('singular_vector', [matrix, vector], { iterations: 30 }) as ArrayValue;
    expect(Array.from(vector.data, (x) => Math.abs(x).toFixed(6))).toEqual(['0.600000', '0.000000', '0.800000']);
    expect(vector.shape).toEqual([3]);
    const { data, shape } = run('spectral_norm', [matrix, vector], {}) as ArrayValue;
    expect(shape).toEqual([]);
    expect(data[0]).toBeCloseTo(5, 9);
  });

  it('by a vector that is no singular one are the length of its image', () => {
    const { data } = run('spectral_norm', [matrix, t([1, 2, 0])], {}) as ArrayValue;
    expect(data[0]).toBeCloseTo(Math.hypot(3, 2), 9);
  });

  it('are of tensors', () => {
    const none = list();
    expect(() => run('singular_start', [none], {})).toThrow('singular_start: operand 0 is a value of kind list, not a tensor');
    expect(() => run('singular_vector', [none, t([1])], { iterations: 1 })).toThrow('singular_vector: operand 0 is a value of kind list, not a tensor');
    expect(() => run('singular_vector', [matrix, none], { iterations: 1 })).toThrow('singular_vector: operand 1 is a value of kind list, not a tensor');
    expect(() => run('spectral_norm', [none, t([1])], {})).toThrow('spectral_norm: operand 0 is a value of kind list, not a tensor');
    expect(() => run('spectral_norm', [matrix, none], {})).toThrow('spectral_norm: operand 1 is a value of kind list, not a tensor');
    expect(() => run('sum_of_each', [outputsValue(t(1))], {})).toThrow('sum_of_each: a value of kind outputs is not a list');
    expect(() => run('broadcast_weights', [none, t(1)], {})).toThrow('broadcast_weights: operand 0 is a value of kind list, not a tensor');
  });

  it('of zeros are 0, not NaN', () => {
    const zeros = t([[0, 0], [0, 0]]);
    expect(text(run('singular_vector', [zeros, t([1, 1])], { iterations: 2 }))).toBe('f32[2] {0, 0}');
    expect(text(run('spectral_norm', [zeros, t([1, 1])], {}))).toBe('f32[] {0}');
  });
});

describe('what belongs to a run', () => {
  it('marks of differentiation give their first operand', () => {
    for (const op of ['stop_gradient', 'optimization_barrier'] as const) expect(run(op, [x23], {})).toBe(x23);
    expect(run('custom_vjp', [x23, x23, t(1), t(2)], {})).toBe(x23);
    expect(() => typeOf('custom_vjp', [x23, t(1), t(1), t(1)], {})).toThrow('custom_vjp: operand 0 is f32[2, 3], and operand 1 f32[]');
    expect(() => typeOf('custom_vjp', [x23, x23, t(1), t(1), t(2)], {})).toThrow('custom_vjp: operand 4 has no gradient');
    expect(() => typeOf('custom_vjp', [ints([1]), ints([1]), t(1), t(1)], {})).toThrow('custom_vjp: operand 0');
  });

  it('a gradient comes from the graph around it', () => {
    expect(() => run('gradient', [t(1), x23], {})).toThrow('gradient has no value of its own: differentiate first');
    expect(evaluateOp('gradient', [t(1), x23], {}, { environment: {}, origin: [], gradient: () => t(8), evaluateOp })).toEqual(t(8));
    expect(typeOf('gradient', [t(1), x23], {})).toBe('f32[2, 3]');
  });

  it('params and schedules have the value of the step', () => {
    expect(run('param', [], { name: 'lambda' }, { params: new Map([['lambda', 10]]) })).toEqual(t(10));
    expect(() => run('param', [], { name: 'lambda' }, { params: new Map() })).toThrow("param: 'lambda' has no value");
    expect(() => run('param', [], { name: 'lambda' })).toThrow("param: 'lambda' has no value");
    const linear = { fn: 'linear', args: [0, 10, 4] } as const;
    expect(run('schedule', [], linear, { step: 1 })).toEqual(t(2.5));
    expect(run('schedule', [], linear)).toEqual(t(0));
    expect(() => typeOf('schedule', [], { fn: 'linear', args: [0, Infinity, 4] })).toThrow('schedule: 0, Infinity, 4 are not all finite');
  });

  it('every gives zeros between', () => {
    const at = (step: number | undefined) => text(run('every', [t([1, 2]), t(9)], { interval: 3 }, step === undefined ? {} : { step }));
    expect([undefined, 0, 1, 2, 3].map(at)).toEqual(['f32[2] {1, 2}', 'f32[2] {1, 2}', 'f32[2] {0, 0}', 'f32[2] {0, 0}', 'f32[2] {1, 2}']);
    // what is no tensor has no zeros
    const items = list(t(1));
    expect(run('every', [items], { interval: 2 }, { step: 1 })).toBe(items);
    expect(() => typeOf('every', [t(1)], { interval: 0 })).toThrow('every: 0 is not a whole number of steps');
    expect(() => typeOf('every', [t(1)], { interval: 1.5 })).toThrow('every: 1.5 is not a whole number of steps');
  });

  it('states are read, else begin with the operand, and writes are told', () => {
    const written: string[] = [];
    const environment: Environment = { state: new Map([['a', t(5)]]), writeState: (key, value) => written.push(`${key} ${text(value)}`) };
    expect(run('state_read', [t(1)], { key: 'a' }, environment)).toEqual(t(5));
    expect(run('state_read', [t(1)], { key: 'b' }, environment)).toEqual(t(1));
    expect(run('state_read', [t(1)], { key: 'a' })).toEqual(t(1));
    expect(run('state_write', [t(2)], { key: 'a' }, environment)).toEqual(t(2));
    expect(run('state_write', [t(2)], { key: 'a' })).toEqual(t(2));
    expect(written).toEqual(['a f32[] {2}']);
  });

  it('pools answer for their key and size', () => {
    const pool = (key: string, size: number, value: Value) => list(t(key.length), t(size), value);
    expect(text(run('state_pool', [t(1)], { key: 'abc', size: 50 }, { pool }))).toBe('(f32[] {3}; f32[] {50}; f32[] {1})');
    expect(() => run('state_pool', [t(1)], { key: 'abc', size: 50 })).toThrow("state_pool: there is no pool for 'abc'");
    expect(() => typeOf('state_pool', [t(1)], { key: 'abc', size: -1 })).toThrow('state_pool: size -1 is not a whole number');
    expect(() => typeOf('state_pool', [t(1)], { key: 'abc', size: 0.5 })).toThrow('state_pool: size 0.5 is not a whole number');
    expect(typeOf('state_pool', [t(1)], { key: 'abc', size: 0 })).toBe('f32[]');
  });

  it('names must not be empty', () => {
    expect(() => typeOf('rng_uniform', [t(1)], { draw: '', each: 'sample' })).toThrow('rng_uniform: draw is empty');
    expect(() => typeOf('rng_normal', [t(1)], { draw: '' })).toThrow('rng_normal: draw is empty');
    expect(() => typeOf('network_call', [t(1)], { network: '' as 'D', outputs: 'all' })).toThrow('network_call: network is empty');
    expect(() => typeOf('network_weights', [], { network: '' as 'D', least_rank: 0 })).toThrow('network_weights: network is empty');
    expect(() => typeOf('hook_call', [t(1)], { hook: '', keeps_shape: true, draw: 'a' })).toThrow('hook_call: hook is empty');
    expect(() => typeOf('hook_call', [t(1)], { hook: 'a', keeps_shape: true, draw: '' })).toThrow('hook_call: draw is empty');
    expect(() => typeOf('param', [], { name: '' })).toThrow('param: name is empty');
    for (const op of ['state_read', 'state_write'] as const) expect(() => typeOf(op, [t(1)], { key: '' })).toThrow(`${op}: key is empty`);
    expect(() => typeOf('state_pool', [t(1)], { key: '', size: 1 })).toThrow('state_pool: key is empty');
  });

  it('types say what is not known yet', () => {
    const types = [
      typeOf('network_weights', [], { network: 'D', least_rank: 0 }),
      typeOf('hook_call', [x23], { hook: 'a', keeps_shape: true, draw: 'b' }),
      typeOf('hook_call', [x23], { hook: 'a', keeps_shape: false, draw: 'b' }),
      typeOf('as_list', [x23], {}),
      typeOf('as_list', [list()], {}),
      typeOf('singular_vector', [x23, t([1, 2])], { iterations: 1 }),
      typeOf('spectral_norm', [x23, t([1, 2])], {}),
      typeOf('log_prob', [distributionsValue([]), x23], {}),
      typeOf('get_tuple_element', [outputsValue(t(1))], { head: 'features' }),
    ];
    expect(types).toEqual(['list', 'f32[2, 3]', 'f32[...]', 'list', 'list', 'f32[2]', 'f32[]', 'list', 'f32[...]']);
    expect(() => typeOf('network_weights', [], { network: 'D', least_rank: -1 })).toThrow('network_weights: -1 is no rank');
    expect(() => typeOf('network_weights', [], { network: 'D', least_rank: 0.5 })).toThrow('network_weights: 0.5 is no rank');
    expect(() => typeOf('singular_vector', [x23, t([1, 2])], { iterations: 0 })).toThrow('singular_vector: 0 is not a number of rounds');
    expect(() => typeOf('singular_vector', [x23, t([1, 2])], { iterations: 1.5 })).toThrow('singular_vector: 1.5 is not a number of rounds');
    expect(() => typeOf('as_list', [outputsValue(t(1))], {})).toThrow('as_list: operand 0 is outputs');
    expect(() => typeOf('log_prob', [list(), x23], {})).toThrow('log_prob: operand 0 is list, not distributions');
    expect(() => typeOf('log_prob', [distributionsValue([]), outputsValue(t(1))], {})).toThrow('log_prob: operand 1 is outputs');
    expect(() => typeOf('get_tuple_element', [x23], { head: null })).toThrow('get_tuple_element: operand 0 is f32[2, 3], not outputs');
    expect(() => typeOf('singular_vector', [x23, ints([1])], { iterations: 1 })).toThrow('singular_vector');
    expect(() => typeOf('hook_call', [ints([1])], { hook: 'a', keeps_shape: true, draw: 'b' })).toThrow('hook_call');
  });
});
