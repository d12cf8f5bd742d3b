import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';
import { isScalar, type Type } from '../ir/types.ts';
import { invariant } from '../support/invariant.ts';

/** Elementwise ops in which a scalar goes with every element: it is broadcast by an equation of its own, as static graphs need it. */
export interface Arithmetic {
  readonly add: (a: ValueId, b: ValueId) => ValueId;
  readonly subtract: (a: ValueId, b: ValueId) => ValueId;
  readonly multiply: (a: ValueId, b: ValueId) => ValueId;
  readonly divide: (a: ValueId, b: ValueId) => ValueId;
  readonly maximum: (a: ValueId, b: ValueId) => ValueId;
  readonly minimum: (a: ValueId, b: ValueId) => ValueId;
  readonly square: (x: ValueId) => ValueId;
  readonly sqrt: (x: ValueId) => ValueId;
  readonly abs: (x: ValueId) => ValueId;
  /** A scalar constant. */
  readonly constant: (value: number) => ValueId;
}

type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';

export function arithmetic(builder: Builder): Arithmetic {
  const spread = (x: ValueId, like: ValueId): ValueId => {
    const [own, wanted] = [builder.typeOf(x), builder.typeOf(like)];
    if (!isScalar(own) || isScalar(wanted)) return x;
    return builder.emit('broadcast_in_dim', [x], { shape: dimsOf(wanted), broadcast_dimensions: [] });
  };
  const binary = (op: Binary) => (a: ValueId, b: ValueId): ValueId => builder.emit(op, [spread(a, b), spread(b, a)]);
  return {
    add: binary('add'),
    subtract: binary('subtract'),
    multiply: binary('multiply'),
    divide: binary('divide'),
    maximum: binary('maximum'),
    minimum: binary('minimum'),
    square: (x) => builder.emit('multiply', [x, x]),
    sqrt: (x) => builder.emit('sqrt', [x]),
    abs: (x) => builder.emit('abs', [x]),
    constant: (value) => builder.constant(value),
  };
}

/** The dimensions of a static type. */
export function dimsOf(type: Type): readonly number[] {
  invariant(type.kind === 'tensor' && !type.shape.open, 'the graph of a step is static');
  return type.shape.dims.map((dim) => {
    invariant(typeof dim === 'number', 'the graph of a step is static');
    return dim;
  });
}
