import type { Builder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import { tensorType, type Type } from '../../ir/types.ts';

export interface RuleCase {
  readonly build: (b: Builder, x: ValueId, y: ValueId) => ValueId;
  /** The type of both inputs, vectors of one length by default. */
  readonly type?: Type;
}

/** Its rank is known when it runs. */
const OPEN = tensorType(['n'], { open: true });

type Build = RuleCase['build'];

/** The case for a vector and for a tensor of unknown rank. */
function both(...builds: readonly Build[]): readonly RuleCase[] {
  return builds.flatMap((build) => [{ build }, { build, type: OPEN }]);
}

const like: Build = (b, s, x) => b.emit('broadcast_like', [s, x], { align: 'trailing' });
const positive: Build = (b, x) => b.emit('compare', [x, b.constant(0)], { direction: 'GT' });
const truth = (b: Builder, value: 0 | 1) => b.emit('constant', [], { dtype: 'i1', shape: [], data: [value] });
/** A truth value as a number, so that every case gives floats. */
const asNumber = (b: Builder, p: ValueId) => b.emit('convert', [p], { dtype: 'f32' });
const matrix = (b: Builder, x: ValueId) => b.emit('reshape', [x], { shape: [12, 12] });
const sum = (b: Builder, x: ValueId) => b.emit('reduce', [x], { kind: 'add', axes: 'all' });

/** Where each rule applies, by its name. */
export const RULE_CASES: Readonly<Record<string, readonly RuleCase[]>> = {
  'add minus zero': both((b, x) => b.emit('add', [x, b.constant(-0)]), (b, x) => b.emit('add', [b.constant(-0), x])),
  'add zero': both(
    (b, x) => b.emit('add', [b.emit('abs', [x]), b.constant(0)]),
    (b, x) => b.emit('add', [b.constant(0), b.emit('multiply', [x, x])]),
    (b, x) => b.emit('add', [sum(b, x), b.constant(0)]),
    (b, x, y) => b.emit('add', [b.emit('divide', [b.emit('abs', [x]), b.emit('exponential', [y])]), b.constant(0)]),
  ),
  'add zero to any value': both((b, x) => b.emit('add', [x, b.constant(0)])),
  'add a negated value': both((b, x, y) => b.emit('add', [x, b.emit('negate', [y])]), (b, x, y) => b.emit('add', [b.emit('negate', [x]), y])),
  'subtract zero': both((b, x) => b.emit('subtract', [x, b.constant(0)])),
  'subtract a negated value': both((b, x, y) => b.emit('subtract', [x, b.emit('negate', [y])])),
  'subtract from zero': both((b, x) => b.emit('subtract', [b.constant(0), x])),
  'subtract a value from itself': both((b, x) => b.emit('subtract', [x, x])),
  'multiply by one': both((b, x) => b.emit('multiply', [x, b.constant(1)]), (b, x) => b.emit('multiply', [like(b, b.constant(1), x), x])),
  'multiply by minus one': both((b, x) => b.emit('multiply', [b.constant(-1), x])),
  'multiply by zero': both((b, x) => b.emit('multiply', [x, b.constant(0)]), (b, x) => b.emit('multiply', [b.constant(-0), x])),
  'multiply negated values': both((b, x, y) => b.emit('multiply', [b.emit('negate', [x]), b.emit('negate', [y])])),
  'join constant factors': both((b, x) => b.emit('multiply', [b.constant(3), b.emit('multiply', [x, b.constant(0.1)])])),
  'divide by one': both((b, x) => b.emit('divide', [x, b.constant(1)])),
  'divide by minus one': both((b, x) => b.emit('divide', [x, b.constant(-1)])),
  'divide negated values': both((b, x, y) => b.emit('divide', [b.emit('negate', [x]), b.emit('negate', [y])])),
  'divide a value by itself': both((b, x) => b.emit('divide', [x, x])),
  'safe division by a constant': both((b, x) => b.emit('divide_no_nan', [x, b.constant(3)])),
  'safe division by a size': both((b, x, y) => b.emit('divide_no_nan', [x, b.emit('size', [y], { axes: 'all' })])),
  'first power': both((b, x) => b.emit('power', [x, b.constant(1)])),
  square: both((b, x) => b.emit('power', [x, b.constant(2)])),
  'zeroth power': both((b, x) => b.emit('power', [x, b.constant(0)]), (b, x) => b.emit('power', [x, b.constant(-0)])),
  'square root': both((b, x) => b.emit('power', [b.emit('negate', [b.emit('abs', [x])]), b.constant(0.5)])),
  'root of a square': both((b, x) => b.emit('sqrt', [b.emit('multiply', [x, x])])),
  'logarithm of an exponential': both((b, x) => b.emit('log', [b.emit('exponential', [x])])),
  'double negation': both((b, x) => b.emit('negate', [b.emit('negate', [x])])),
  'negated difference': both((b, x, y) => b.emit('negate', [b.emit('subtract', [x, y])])),
  'absolute value of a negated value': both((b, x) => b.emit('abs', [b.emit('negate', [x])])),
  'absolute value of what is not negative': both(
    (b, x) => b.emit('abs', [b.emit('abs', [x])]),
    (b, x) => b.emit('abs', [b.emit('multiply', [x, x])]),
    (b, x) => b.emit('abs', [b.emit('add', [b.emit('softplus', [x]), b.emit('logistic', [x])])]),
    (b, x) => b.emit('abs', [asNumber(b, positive(b, x, x))]),
    (b, x) => b.emit('abs', [sum(b, b.emit('exponential', [x]))]),
    (b, x) => b.emit('abs', [b.emit('multiply', [like(b, b.constant(2), x), b.emit('size', [x], { axes: 'all' })])]),
  ),
  'maximum with itself': both((b, x) => b.emit('maximum', [x, x])),
  'minimum with itself': both((b, x) => b.emit('minimum', [x, x])),
  'stopped twice': both((b, x) => b.emit('stop_gradient', [b.emit('stop_gradient', [x])]), (b, x) => b.emit('stop_gradient', [b.emit('size', [x], { axes: 'all' })])),
  'conversion to the same type': both((b, x) => b.emit('convert', [x], { dtype: 'f32' })),
  'double not': both((b, x) => asNumber(b, b.emit('not', [b.emit('not', [positive(b, x, x)])]))),
  'negated equality': both(
    (b, x, y) => asNumber(b, b.emit('not', [b.emit('compare', [x, y], { direction: 'EQ' })])),
    (b, x, y) => asNumber(b, b.emit('not', [b.emit('compare', [x, y], { direction: 'NE' })])),
  ),
  'and with a constant': both(
    (b, x) => asNumber(b, b.emit('and', [positive(b, x, x), truth(b, 1)])),
    (b, x) => asNumber(b, b.emit('and', [like(b, truth(b, 0), x), positive(b, x, x)])),
    (b, x) => {
      const p = positive(b, x, x);
      return asNumber(b, b.emit('and', [p, p]));
    },
  ),
  'or with a constant': both(
    (b, x) => asNumber(b, b.emit('or', [positive(b, x, x), truth(b, 0)])),
    (b, x) => asNumber(b, b.emit('or', [like(b, truth(b, 1), x), positive(b, x, x)])),
    (b, x) => {
      const p = positive(b, x, x);
      return asNumber(b, b.emit('or', [p, p]));
    },
  ),
  'selection by a constant': both((b, x) => b.emit('select', [truth(b, 1), x, b.emit('tanh', [x])]), (b, x) => b.emit('select', [truth(b, 0), x, b.emit('tanh', [x])])),
  'selection between equal values': both((b, x) => b.emit('select', [positive(b, x, x), x, x])),
  'selection by a negated condition': both((b, x, y) => b.emit('select', [b.emit('not', [positive(b, x, x)]), x, y])),

  'reshape to the same shape': [{ build: (b, x) => b.emit('reshape', [x], { shape: [144] }) }],
  'reshape of a reshape': [{ build: (b, x) => b.emit('reshape', [matrix(b, x)], { shape: [9, 16] }) }],
  'transpose of nothing': [{ build: (b, x) => b.emit('transpose', [matrix(b, x)], { permutation: [0, 1] }) }],
  'transpose of a transpose': [
    {
      build: (b, x) => {
        const cube = b.emit('reshape', [x], { shape: [2, 6, 12] });
        return b.emit('transpose', [b.emit('transpose', [cube], { permutation: [1, 2, 0] })], { permutation: [0, 2, 1] });
      },
    },
  ],
  'reverse of nothing': [{ build: (b, x) => b.emit('reverse', [x], { dimensions: [] }) }],
  'double reversal': [{ build: (b, x) => b.emit('reverse', [b.emit('reverse', [matrix(b, x)], { dimensions: [0, 1] })], { dimensions: [1, 0] }) }],
  'broadcast to the same shape': [
    { build: (b, x) => b.emit('broadcast_in_dim', [x], { shape: [144], broadcast_dimensions: [0] }) },
    ...both((b, x) => like(b, b.emit('tanh', [x]), x)),
  ],
  'broadcast of a broadcast': [
    {
      build: (b, x) => {
        const inner = b.emit('broadcast_in_dim', [x], { shape: [144, 2], broadcast_dimensions: [0] });
        return b.emit('broadcast_in_dim', [inner], { shape: [2, 3, 144], broadcast_dimensions: [2, 0] });
      },
    },
  ],
  'slice of everything': [{ build: (b, x) => b.emit('slice', [x], { start_indices: [0], limit_indices: [144], strides: [1] }) }],
  'pad by nothing': [{ build: (b, x) => b.emit('pad', [x, b.constant(7)], { low: [0], high: [0], interior: [0] }) }],
  'concatenation of one': [{ build: (b, x) => b.emit('concatenate', [x], { dimension: 0 }) }],
  'scalar broadcast twice': both((b, x, y) => like(b, like(b, sum(b, x), x), b.emit('tanh', [y]))),
  'broadcast to the shape of a broadcast': both((b, x, y) => like(b, sum(b, x), like(b, b.constant(1), y))),
  'sum to the same shape': both((b, x) => b.emit('sum_like', [b.emit('multiply', [x, x]), x])),
  'sum to a scalar': both((b, x) => b.emit('sum_like', [x, b.constant(1)])),
  'scalar weights': both((b, x) => b.emit('broadcast_weights', [b.constant(2), x])),
  'weights of the losses’ shape': both((b, x) => b.emit('broadcast_weights', [b.emit('tanh', [x]), x])),
  'reduction over no axis': [{ build: (b, x) => b.emit('reduce', [b.emit('abs', [x])], { kind: 'add', axes: [] }) }, { build: (b, x) => b.emit('reduce', [x], { kind: 'minimum', axes: [] }) }, { build: (b) => sum(b, b.constant(-1)) }],
  'sum of any value over no axis': [{ build: (b, x) => b.emit('reduce', [x], { kind: 'add', axes: [] }) }],
  'reduction of everything in another shape': [
    { build: (b, x) => sum(b, matrix(b, x)) },
    { build: (b, x) => b.emit('reduce', [matrix(b, x)], { kind: 'maximum', axes: [0, 1] }) },
  ],
  'sum of a broadcast one': both((b, x) => sum(b, like(b, b.constant(1), x))),
  'mean of a repeated scalar': [
    {
      type: OPEN,
      build: (b, _x, y) => {
        const repeated = like(b, b.constant(0.1), b.emit('tanh', [y]));
        return b.emit('divide', [sum(b, repeated), b.emit('size', [y], { axes: 'all' })]);
      },
    },
  ],
  'known size': [{ build: (b, x) => b.emit('size', [x], { axes: 'all' }) }, { build: (b, x) => b.emit('size', [matrix(b, x)], { axes: [-1] }) }],

  'repeated scalar as an operand': both((b, x) => b.emit('multiply', [x, like(b, sum(b, x), x)]), (b, x) => b.emit('compare', [like(b, b.constant(0), x), x], { direction: 'LT' })).map(({ build, type }) => ({
    type,
    build: (b, x, y) => {
      const made = build(b, x, y);
      const madeType = b.typeOf(made);
      return madeType.kind === 'tensor' && madeType.dtype === 'i1' ? asNumber(b, made) : made;
    },
  })),
  'computed on repeated scalars': both(
    (b, x) => b.emit('tanh', [like(b, sum(b, x), x)]),
    (b, x) => b.emit('add', [like(b, sum(b, x), x), like(b, b.constant(2), x)]),
    (b, x) => b.emit('divide', [b.constant(2), like(b, sum(b, x), x)]),
  ),
  'labels are zero': both((b, x) => b.emit('sigmoid_cross_entropy', [b.constant(0), x])),
  'labels are one': both((b, x) => b.emit('sigmoid_cross_entropy', [like(b, b.constant(1), x), x])),
};
