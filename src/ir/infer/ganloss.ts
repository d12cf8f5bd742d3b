import { invariant } from '../../support/invariant.ts';
import { EACH_OPS, type OpKind } from '../ops.ts';
import { sameType } from '../shapes.ts';
import type { Dim, OpaqueType, Type } from '../types.ts';
import { formatType, opaqueType, UNKNOWN_SHAPE } from '../types.ts';
import type { InferTable } from './rule.ts';
import { closed, tensor, tensorOperand } from './rule.ts';

/** The head whose value is a list of distributions (TF-GAN's `InfoGANModel.predicted_distributions`). */
export const DISTRIBUTIONS_HEAD = 'codes';

function requireOpaque(op: OpKind, operands: readonly Type[], index: number, ...names: readonly OpaqueType['name'][]): void {
  const type = operands[index];
  invariant(type.kind === 'opaque' && names.includes(type.name), `${op}: operand ${index} is ${formatType(type)}, not ${names.join(' or ')}`);
}

/** How many rows a tensor has as a matrix whose columns its last axis counts; a symbol where that is not known. */
function rowsOf(type: Type): Dim {
  if (type.kind === 'opaque' || type.shape.open) return 'rows';
  const rows = type.shape.dims.slice(0, -1);
  return rows.every((dim) => typeof dim === 'number') ? rows.reduce((product, dim) => product * dim, 1) : 'rows';
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
  network_weights: (_operands, { network, least_rank }, op) => {
    requireName(op, 'network', network);
    invariant(Number.isInteger(least_rank) && least_rank >= 0, `${op}: ${least_rank} is no rank`);
    return opaqueType('list');
  },
  hook_call: (operands, { hook, keeps_shape, draw }, op) => {
    requireName(op, 'hook', hook);
    requireName(op, 'draw', draw);
    const { shape } = tensorOperand(op, operands, 0, ['f32']);
    return tensor('f32', keeps_shape ? shape : UNKNOWN_SHAPE);
  },
  as_list: (operands, _attributes, op) => {
    const [x] = operands;
    invariant(x.kind === 'tensor' || x.name === 'any' || x.name === 'list', `${op}: operand 0 is ${formatType(x)}`);
    return opaqueType('list');
  },
  each: (operands, { applied }, op) => {
    invariant(EACH_OPS.includes(applied.op), `${op}: ${applied.op} is not applied to lists`);
    invariant(operands.some((type) => type.kind === 'opaque' && type.name === 'list'), `${op}: no operand is a list`);
    for (const type of operands) invariant(type.kind === 'tensor' || type.name === 'list' || type.name === 'any', `${op}: an operand is ${formatType(type)}`);
    return opaqueType('list');
  },
  sum_of_each: (operands, _attributes, op) => {
    requireOpaque(op, operands, 0, 'list', 'any');
    return closed('f32', ['k']);
  },
  singular_start: (operands, _attributes, op) => {
    tensorOperand(op, operands, 0, ['f32']);
    return closed('f32', [rowsOf(operands[0])]);
  },
  singular_vector: (operands, { iterations }, op) => {
    tensorOperand(op, operands, 0, ['f32']);
    tensorOperand(op, operands, 1, ['f32']);
    invariant(Number.isInteger(iterations) && iterations >= 1, `${op}: ${iterations} is not a number of rounds`);
    return closed('f32', [rowsOf(operands[0])]);
  },
  spectral_norm: (operands, _attributes, op) => {
    tensorOperand(op, operands, 0, ['f32']);
    tensorOperand(op, operands, 1, ['f32']);
    return closed('f32', []);
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
  custom_vjp: (operands, _attributes, op) => {
    invariant(operands.length % 2 === 0, `${op}: operand ${operands.length - 1} has no gradient`);
    for (let i = 0; i < operands.length; i += 2) {
      const [x, gradient] = [tensorOperand(op, operands, i, ['f32']), tensorOperand(op, operands, i + 1, ['f32'])];
      invariant(sameType(x, gradient), `${op}: operand ${i} is ${formatType(x)}, and operand ${i + 1} ${formatType(gradient)}`);
    }
    return operands[0];
  },
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
