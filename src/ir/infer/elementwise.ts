import { invariant } from '../../support/invariant.ts';
import type { OpKind } from '../ops.ts';
import { broadcastShapes, formatShape } from '../shapes.ts';
import type { DType, Shape, Type } from '../types.ts';
import { formatType } from '../types.ts';
import type { InferRule, InferTable } from './rule.ts';
import { tensor, tensorOperand } from './rule.ts';

const FLOAT: readonly DType[] = ['f32'];
const NUMBER: readonly DType[] = ['f32', 'i32'];
const BOOLEAN: readonly DType[] = ['i1'];

/** All operands broadcast together. */
export function broadcastAll(op: OpKind, shapes: readonly Shape[]): Shape {
  return shapes.reduce((a, b) => {
    const shape = broadcastShapes(a, b);
    invariant(shape, `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
    return shape;
  });
}

function unary<K extends OpKind>(dtypes: readonly DType[], result?: DType): InferRule<K> {
  return (operands, _attributes, op) => {
    const { dtype, shape } = tensorOperand(op, operands, 0, dtypes);
    return tensor(result ?? dtype, shape);
  };
}

/** Two operands of one type, broadcast. */
function binaryType(op: OpKind, operands: readonly Type[], dtypes?: readonly DType[]) {
  const a = tensorOperand(op, operands, 0, dtypes);
  const b = tensorOperand(op, operands, 1, dtypes);
  invariant(a.dtype === b.dtype, `${op}: operands ${formatType(a)} and ${formatType(b)} differ in type`);
  return tensor(a.dtype, broadcastAll(op, [a.shape, b.shape]));
}

export function binary<K extends OpKind>(dtypes: readonly DType[]): InferRule<K> {
  return (operands, _attributes, op) => binaryType(op, operands, dtypes);
}

export const elementwise = {
  negate: unary(NUMBER),
  abs: unary(NUMBER),
  sign: unary(NUMBER),
  exponential: unary(FLOAT),
  exponential_minus_one: unary(FLOAT),
  log: unary(FLOAT),
  log_plus_one: unary(FLOAT),
  sqrt: unary(FLOAT),
  rsqrt: unary(FLOAT),
  tanh: unary(FLOAT),
  logistic: unary(FLOAT),
  floor: unary(FLOAT),
  is_finite: unary(FLOAT, 'i1'),
  not: unary(BOOLEAN),
  softplus: unary(FLOAT),

  add: binary(NUMBER),
  subtract: binary(NUMBER),
  multiply: binary(NUMBER),
  divide: binary(NUMBER),
  power: binary(NUMBER),
  maximum: binary(NUMBER),
  minimum: binary(NUMBER),
  and: binary(BOOLEAN),
  or: binary(BOOLEAN),
  divide_no_nan: binary(FLOAT),
  sigmoid_cross_entropy: binary(FLOAT),

  compare: (operands, _attributes, op) => tensor('i1', binaryType(op, operands).shape),
  select: (operands, _attributes, op) => {
    const predicate = tensorOperand(op, operands, 0, BOOLEAN);
    const branches = binaryType(op, operands.slice(1));
    return tensor(branches.dtype, broadcastAll(op, [predicate.shape, branches.shape]));
  },
  convert: (operands, { dtype }, op) => tensor(dtype, tensorOperand(op, operands, 0).shape),
} satisfies Partial<InferTable>;
