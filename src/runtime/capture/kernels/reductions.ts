import type { ValueId } from '../../../ir/graph.ts';
import { axesOf, type GraphWriter } from '../graphWriter.ts';
import { numberOf, type KernelCall, type KernelRule } from './rule.ts';

interface Reduction {
  readonly x: ValueId;
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** What a reduction is asked for; truth values as numbers. */
function reductionOf({ write, input, attributes }: KernelCall, axisName = 'axis'): Reduction {
  const given = input('x');
  const x = write.dtype(given) === 'i1' ? write.convert(given, 'i32') : given;
  const axes = axesOf(attributes[axisName] as number | number[] | undefined, write.shape(x).length);
  return { x, axes, keepDims: attributes.keepDims === true };
}

function extremum(kind: 'maximum' | 'minimum', axisName: string): KernelRule {
  return (call) => {
    const { x, axes, keepDims } = reductionOf(call, axisName);
    return call.write.reduce(kind, x, axes, keepDims);
  };
}

/** Truth values: 0 and 1 have a least and a greatest. */
function quantifier(kind: 'maximum' | 'minimum'): KernelRule {
  return (call) => {
    const { x, axes, keepDims } = reductionOf(call);
    return call.write.convert(call.write.reduce(kind, call.write.convert(x, 'i32'), axes, keepDims), 'i1');
  };
}

/** Halves are multiplied until one is left: there is no reduction by products. */
function product(write: GraphWriter, x: ValueId, axis: number): ValueId {
  let rest = x;
  for (let size = write.shape(x)[axis]; size > 1; size = Math.ceil(size / 2)) {
    const shape = write.shape(rest);
    const half = Math.ceil(size / 2);
    const at = (start: number, length: number) => write.slice(rest, shape.map((_, i) => (i === axis ? start : 0)), shape.map((all, i) => (i === axis ? length : all)));
    const none = shape.map(() => 0);
    const second = write.pad(at(half, size - half), none, none.map((_, i) => (i === axis ? 2 * half - size : 0)), 1);
    rest = write.binary('multiply', at(0, half), second);
  }
  const shape = write.shape(x);
  if (shape[axis] === 0) return write.filled(1, shape.map((size, i) => (i === axis ? 1 : size)), write.dtype(x));
  return rest;
}

/**
 * Running sums or products: each round combines every element with the one twice as far back as in the round before (Hillis and
 * Steele), so that there are as many rounds as the size has digits.
 */
function running(op: 'add' | 'multiply'): KernelRule {
  const neutral = op === 'add' ? 0 : 1;
  return (call) => {
    const { write, attributes } = call;
    const x = call.input('x');
    const axis = axesOf(numberOf(call, 'axis'), write.shape(x).length)[0];
    const size = write.shape(x)[axis];
    const away = attributes.reverse === true ? -1 : 1;
    const shifted = (value: ValueId, by: number) => {
      const distance = write.shape(x).map((_, i) => (i === axis ? by * away : 0));
      return write.pad(value, distance, distance.map((d) => -d), neutral);
    };
    let sum = attributes.exclusive === true ? shifted(x, Math.min(1, size)) : x;
    for (let by = 1; by < size; by *= 2) sum = write.binary(op, sum, shifted(sum, by));
    return sum;
  };
}

/** The first place along an axis where the extremum is attained. */
function place(kind: 'maximum' | 'minimum'): KernelRule {
  return (call) => {
    const { write } = call;
    const x = write.convert(call.input('x'), 'f32');
    const shape = write.shape(x);
    const axis = axesOf(numberOf(call, 'axis'), shape.length)[0];
    const attained = write.compare('EQ', x, write.reduce(kind, x, [axis], true));
    const places = write.select(attained, write.iota(shape, axis), write.number(Math.max(0, shape[axis] - 1), 'i32'));
    return write.reduce('minimum', places, [axis], false);
  };
}

/**
 * The k greatest along the last axis and where they stand. Each element's rank is counted (equal ones in their order), and rank r is
 * taken to place r.
 */
const topK: KernelRule = (call) => {
  const { write } = call;
  const x = write.convert(call.input('x'), 'f32');
  const shape = write.shape(x);
  const last = shape.length - 1;
  const [n, k] = [shape[last], numberOf(call, 'k')];
  const table = [...shape, n];
  const own = write.broadcast(write.reshape(x, [...shape, 1]), table);
  const other = write.broadcast(write.reshape(x, [...shape.slice(0, last), 1, n]), table);
  const earlier = write.binary('and', write.compare('EQ', other, own), write.compare('LT', write.iota(table, last + 1), write.iota(table, last)));
  const ahead = write.convert(write.binary('or', write.compare('GT', other, own), earlier), 'i32');
  const rank = write.reduce('add', ahead, [last + 1], false);
  const wanted = [...shape.slice(0, last), k, n];
  const chosen = write.compare('EQ', write.broadcast(write.reshape(rank, [...shape.slice(0, last), 1, n]), wanted), write.iota(wanted, last));
  const taken = (value: ValueId, zero: ValueId) => write.reduce('add', write.select(chosen, value, zero), [last + 1], false);
  const values = taken(write.broadcast(write.reshape(x, [...shape.slice(0, last), 1, n]), wanted), write.number(0));
  return [values, taken(write.iota(wanted, last + 1), write.number(0, 'i32'))];
};

/** Kernels that make one number of several. */
export const reductionKernels = {
  Sum: (call) => {
    const { x, axes, keepDims } = reductionOf(call);
    return call.write.reduce('add', x, axes, keepDims);
  },
  Mean: (call) => {
    const { write } = call;
    const { x, axes, keepDims } = reductionOf(call);
    const count = axes.reduce((size, axis) => size * write.shape(x)[axis], 1);
    // the mean of nothing is 0, as tfjs's cpu backend has it
    return write.binary('divide', write.reduce('add', write.convert(x, 'f32'), axes, keepDims), write.number(Math.max(count, 1)));
  },
  Max: extremum('maximum', 'reductionIndices'),
  Min: extremum('minimum', 'axis'),
  Prod: (call) => {
    const { write } = call;
    const { x, axes, keepDims } = reductionOf(call);
    const result = axes.reduce((value, axis) => product(write, value, axis), x);
    return keepDims ? result : write.reshape(result, write.shape(result).filter((_, axis) => !axes.includes(axis)));
  },
  All: quantifier('minimum'),
  Any: quantifier('maximum'),
  ArgMax: place('maximum'),
  ArgMin: place('minimum'),
  Cumsum: running('add'),
  Cumprod: running('multiply'),
  TopK: topK,
} satisfies Readonly<Record<string, KernelRule>>;
