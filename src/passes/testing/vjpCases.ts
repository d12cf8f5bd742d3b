import type { OpKind } from '../../ir/ops.ts';
import { tensorType } from '../../ir/types.ts';
import { CONTRACTION_CASES, INDEXING_CASES, WINDOW_CASES } from './vjpArrayCases.ts';
import { UNKNOWN, type GradientCase } from './finiteDifferences.ts';
import { randomTensor } from './tensors.ts';

type Unary = 'negate' | 'abs' | 'exponential' | 'exponential_minus_one' | 'log' | 'log_plus_one' | 'sqrt' | 'rsqrt' | 'tanh' | 'logistic' | 'softplus' | 'optimization_barrier';
type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'divide_no_nan' | 'power' | 'maximum' | 'minimum' | 'sigmoid_cross_entropy';

function unary(op: Unary, low = -1.5, high = 1.5): readonly GradientCase[] {
  const at = [randomTensor([2, 3], 5, low, high)];
  const build: GradientCase['build'] = (b, [x]) => b.emit(op, [x]);
  return [
    { name: 'static', at, build },
    { name: 'unknown rank', at, build, types: [UNKNOWN] },
  ];
}

function binary(op: Binary, range: readonly [number, number] = [-1.5, 1.5]): readonly GradientCase[] {
  const build: GradientCase['build'] = (b, [x, y]) => b.emit(op, [x, y]);
  const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[2, 3], [2, 3]],
    [[2, 3], [3]],
    [[2, 1], [2, 3]],
    [[], [2, 2]],
    [[2, 2], []],
  ];
  return shapes.flatMap(([first, second]) => {
    const at = [randomTensor(first, 5, ...range), randomTensor(second, 6, ...range)];
    const name = `[${first}] with [${second}]`;
    return [
      { name, at, build },
      { name: `${name}, ranks unknown`, at, build, types: [UNKNOWN, UNKNOWN] },
    ];
  });
}

/** Every op with a VJP rule and where it is tested. */
export const VJP_CASES: { readonly [K in OpKind]?: readonly GradientCase[] } = {
  negate: unary('negate'),
  abs: unary('abs'),
  exponential: unary('exponential'),
  exponential_minus_one: unary('exponential_minus_one'),
  log: unary('log', 0.5, 2),
  log_plus_one: unary('log_plus_one', -0.4, 2),
  sqrt: unary('sqrt', 0.5, 2),
  rsqrt: unary('rsqrt', 0.5, 2),
  tanh: unary('tanh'),
  logistic: unary('logistic'),
  softplus: unary('softplus'),
  optimization_barrier: unary('optimization_barrier'),
  custom_vjp: [
    {
      name: 'tanh by its result',
      at: [randomTensor([2, 3], 5)],
      build: (b, [x]) => {
        const y = b.emit('tanh', [x]);
        const cotangent = b.emit('optimization_barrier', [y]);
        const gradient = b.emit('subtract', [cotangent, b.emit('multiply', [cotangent, b.emit('multiply', [y, y])])]);
        return b.emit('custom_vjp', [y, cotangent, x, gradient]);
      },
    },
    {
      name: 'a product, whose gradients read both operands',
      at: [randomTensor([3], 5), randomTensor([3], 6)],
      build: (b, [x, y]) => {
        const product = b.emit('multiply', [x, y]);
        const cotangent = b.emit('optimization_barrier', [product]);
        return b.emit('custom_vjp', [product, cotangent, x, b.emit('multiply', [cotangent, y]), y, b.emit('multiply', [cotangent, x])]);
      },
    },
  ],
  state_write: [{ name: 'passes through', at: [randomTensor([3], 1)], build: (b, [x]) => b.emit('state_write', [x], { key: 'k' }) }],
  every: [{ name: 'in a step that it divides', at: [randomTensor([3], 1)], build: (b, [x]) => b.emit('every', [x], { interval: 4 }) }],
  convert: [{ name: 'f32 to f32', at: [randomTensor([3], 1)], build: (b, [x]) => b.emit('convert', [x], { dtype: 'f32' }) }],
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: [...binary('multiply'), { name: 'by itself', at: [randomTensor([3], 2)], types: [UNKNOWN], build: (b, [x]) => b.emit('multiply', [x, x]) }],
  divide: binary('divide', [0.7, 2]),
  divide_no_nan: binary('divide_no_nan', [0.7, 2]),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  sigmoid_cross_entropy: binary('sigmoid_cross_entropy'),
  power: [
    ...binary('power', [0.6, 2]),
    ...[0, 1, 2, 3, 0.5].map((exponent): GradientCase => ({
      name: `to the constant ${exponent}`,
      at: [randomTensor([4], 3, 0.5, 2)],
      build: (b, [x]) => b.emit('power', [x, b.constant(exponent)]),
    })),
    { name: 'negative base, whole exponent', at: [randomTensor([4], 3, -2, -0.5)], build: (b, [x]) => b.emit('power', [x, b.constant(3)]) },
  ],
  select: [
    {
      name: 'by a comparison, broadcast',
      at: [randomTensor([2, 3], 1), randomTensor([3], 2), randomTensor([2, 1], 3)],
      build: (b, [p, x, y]) => b.emit('select', [b.emit('compare', [p, b.constant(0)], { direction: 'GT' }), x, y]),
      types: [UNKNOWN, UNKNOWN, UNKNOWN],
    },
  ],
  broadcast_like: [
    { name: 'trailing', at: [randomTensor([3], 1), randomTensor([2, 3], 2)], build: (b, [x, y]) => b.emit('broadcast_like', [x, y], { align: 'trailing' }), types: [UNKNOWN, UNKNOWN] },
    { name: 'trailing, static', at: [randomTensor([1, 3], 1), randomTensor([2, 3], 2)], build: (b, [x, y]) => b.emit('broadcast_like', [x, y], { align: 'trailing' }) },
    {
      name: 'leading',
      at: [randomTensor([2], 1), randomTensor([2, 3], 2)],
      build: (b, [x, y]) => b.emit('broadcast_like', [x, y], { align: 'leading' }),
      types: [tensorType(['n']), tensorType(['n'], { open: true })],
    },
    { name: 'leading, static', at: [randomTensor([2, 1], 1), randomTensor([2, 3, 2], 2)], build: (b, [x, y]) => b.emit('broadcast_like', [x, y], { align: 'leading' }) },
    { name: 'scalar', at: [randomTensor([], 1), randomTensor([2, 3], 2)], build: (b, [x, y]) => b.emit('broadcast_like', [x, y], { align: 'leading' }) },
  ],
  append: [{ name: 'by both operands', at: [randomTensor([2, 3], 1), randomTensor([], 2)], build: (b, [x, v]) => b.emit('append', [x, v]) }],
  sum_like: [
    { name: 'ranks unknown', at: [randomTensor([2, 3], 1), randomTensor([3], 2)], build: (b, [x, y]) => b.emit('sum_like', [x, y]), types: [UNKNOWN, UNKNOWN] },
    { name: 'static', at: [randomTensor([2, 3], 1), randomTensor([2, 1], 2)], build: (b, [x, y]) => b.emit('sum_like', [x, y]) },
  ],
  broadcast_weights: [
    { name: 'scalar', at: [randomTensor([], 1), randomTensor([2, 3], 2)], build: (b, [w, x]) => b.emit('multiply', [b.emit('broadcast_weights', [w, x]), x]) },
    { name: 'one a sample', at: [randomTensor([2, 1], 1), randomTensor([2, 3], 2)], build: (b, [w, x]) => b.emit('multiply', [b.emit('broadcast_weights', [w, x]), x]), types: [UNKNOWN, UNKNOWN] },
  ],
  softmax_cross_entropy: [
    { name: 'labels that are no distribution', at: [randomTensor([2, 3], 1), randomTensor([2, 3], 2)], build: (b, [z, x]) => b.emit('softmax_cross_entropy', [z, x]) },
    { name: 'one row of labels', at: [randomTensor([1, 3], 1), randomTensor([2, 3], 2)], build: (b, [z, x]) => b.emit('softmax_cross_entropy', [z, x]) },
    {
      name: 'batch and classes unknown',
      at: [randomTensor([2, 3], 1), randomTensor([2, 3], 2)],
      build: (b, [z, x]) => b.emit('softmax_cross_entropy', [z, x]),
      types: [tensorType(['n', 'c']), tensorType(['n', 'c'])],
    },
  ],
  ...WINDOW_CASES,
  ...CONTRACTION_CASES,
  ...INDEXING_CASES,
};
