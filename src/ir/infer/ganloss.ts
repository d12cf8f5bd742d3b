import { invariant } from '../../support/invariant.ts';
import type { OpKind } from '../ops.ts';
import type { OpaqueType, Type } from '../types.ts';
import { formatType, opaqueType, UNKNOWN_SHAPE } from '../types.ts';
import type { InferTable } from './rule.ts';
import { closed, tensor, tensorOperand } from './rule.ts';

/** The head whose value is a list of distributions (TF-GAN's `InfoGANModel.predicted_distributions`). */
export const DISTRIBUTIONS_HEAD = 'codes';

function requireOpaque(op: OpKind, operands: readonly Type[], index: number, ...names: readonly OpaqueType['name'][]): void {
  const type = operands[index];
  invariant(type.kind === 'opaque' && names.includes(type.name), `${op}: operand ${index} is ${formatType(type)}, not ${names.join(' or ')}`);
}

function requireName(op: OpKind, attribute: string, value: string): void {
  invariant(typeof value === 'string' && value.length > 0, `${op}: ${attribute} is empty`);
}

export const ganloss = {
  rng_uniform: (operands, { draw, each }, op) => {
    requireName(op, 'draw', draw);
    const { shape } = tensorOperand(op, operands, 0);
    if (each === 'element') return tensor('f32', shape);
    const { dims, open } = shape;
    return tensor('f32', open ? { dims: dims.slice(0, 1), open } : { dims: dims.map((dim, i) => (i === 0 ? dim : 1)), open });
  },
  rng_normal: (operands, { draw }, op) => {
    requireName(op, 'draw', draw);
    return tensor('f32', tensorOperand(op, operands, 0).shape);
  },
  /** A network maps samples to samples: the batch stays, all else is the network's affair. */
  network_call: (operands, { network, outputs }, op) => {
    requireName(op, 'network', network);
    if (outputs === 'all') return opaqueType('outputs');
    const [data] = operands;
    return tensor('f32', data.kind === 'tensor' ? { dims: data.shape.dims.slice(0, 1), open: true } : UNKNOWN_SHAPE);
  },
  get_tuple_element: (operands, { head }, op) => {
    requireOpaque(op, operands, 0, 'outputs');
    return head === DISTRIBUTIONS_HEAD ? opaqueType('distributions') : tensor('f32', UNKNOWN_SHAPE);
  },
  log_prob: (operands, _attributes, op) => {
    requireOpaque(op, operands, 0, 'distributions');
    const values = operands[1];
    invariant(values.kind === 'tensor' || values.name === 'any' || values.name === 'list', `${op}: operand 1 is ${formatType(values)}`);
    return opaqueType('list');
  },
  mean_of_each: (operands, _attributes, op) => {
    requireOpaque(op, operands, 0, 'list', 'any');
    return closed('f32', ['k']);
  },
  gradient: (operands, _attributes, op) => {
    tensorOperand(op, operands, 0, ['f32']);
    return operands[1];
  },
  stop_gradient: (operands) => operands[0],
  optimization_barrier: (operands) => operands[0],
  param: (_operands, { name }, op) => {
    requireName(op, 'name', name);
    return closed('f32', []);
  },
  schedule: (_operands, { args }, op) => {
    invariant(args.every(Number.isFinite), `${op}: ${args.join(', ')} are not all finite`);
    return closed('f32', []);
  },
  every: (operands, { interval }, op) => {
    invariant(Number.isInteger(interval) && interval >= 1, `${op}: ${interval} is not a whole number of steps`);
    return operands[0];
  },
  state_read: (operands, { key }, op) => {
    requireName(op, 'key', key);
    return operands[0];
  },
  state_write: (operands, { key }, op) => {
    requireName(op, 'key', key);
    return operands[0];
  },
  state_pool: (operands, { key, size }, op) => {
    requireName(op, 'key', key);
    invariant(Number.isInteger(size) && size >= 0, `${op}: size ${size} is not a whole number`);
    return operands[0];
  },
} satisfies Partial<InferTable>;
