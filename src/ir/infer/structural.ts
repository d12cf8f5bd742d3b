import { invariant } from '../../support/invariant.ts';
import { elementCount, formatShape, mayEqual } from '../shapes.ts';
import type { Dim } from '../types.ts';
import { formatType } from '../types.ts';
import { fromStart } from './reductions.ts';
import type { InferTable } from './rule.ts';
import { closed, rankedOperand, requireAxes, requireIntegers, requireLength, requireShape, tensor, tensorOperand } from './rule.ts';

export const structural = {
  constant: (_operands, { dtype, shape, data }, op) => {
    requireShape(op, shape);
    invariant(elementCount(shape) === data.length, `${op}: ${data.length} numbers for shape [${shape.join(', ')}]`);
    return closed(dtype, shape);
  },
  iota: (_operands, { dtype, shape, iota_dimension }, op) => {
    requireShape(op, shape);
    requireAxes(op, 'iota_dimension', [iota_dimension], shape.length);
    invariant(dtype !== 'i1', `${op}: i1 does not count`);
    return closed(dtype, shape);
  },
  reshape: (operands, { shape }, op) => {
    requireShape(op, shape);
    const operand = tensorOperand(op, operands, 0);
    const count = operand.shape.open ? null : elementCount(operand.shape.dims);
    invariant(count === null || count === elementCount(shape), `${op}: ${formatType(operand)} does not have the size of [${shape.join(', ')}]`);
    return closed(operand.dtype, shape);
  },
  transpose: (operands, { permutation }, op) => {
    const { dtype, shape } = rankedOperand(op, operands, 0);
    requireLength(op, 'permutation', permutation, shape.dims.length);
    requireAxes(op, 'permutation', permutation, shape.dims.length);
    return closed(
      dtype,
      permutation.map((from) => shape.dims[from]),
    );
  },
  broadcast_in_dim: (operands, { shape, broadcast_dimensions }, op) => {
    requireShape(op, shape);
    const operand = rankedOperand(op, operands, 0);
    requireLength(op, 'broadcast_dimensions', broadcast_dimensions, operand.shape.dims.length);
    requireAxes(op, 'broadcast_dimensions', broadcast_dimensions, shape.length);
    operand.shape.dims.forEach((dim, i) => {
      const target = shape[broadcast_dimensions[i]];
      invariant(dim === 1 || mayEqual(dim, target), `${op}: dimension ${i} of ${formatType(operand)} does not broadcast to ${target}`);
    });
    return closed(operand.dtype, shape);
  },
  slice: (operands, { start_indices, limit_indices, strides }, op) => {
    const operand = rankedOperand(op, operands, 0);
    const { dims } = operand.shape;
    requireLength(op, 'start_indices', start_indices, dims.length);
    requireLength(op, 'limit_indices', limit_indices, dims.length);
    requireLength(op, 'strides', strides, dims.length);
    requireIntegers(op, 'start_indices', start_indices, 0);
    requireIntegers(op, 'limit_indices', limit_indices, 0);
    requireIntegers(op, 'strides', strides, 1);
    dims.forEach((dim, i) => {
      const good = start_indices[i] <= limit_indices[i] && (typeof dim === 'string' || limit_indices[i] <= dim);
      invariant(good, `${op}: ${start_indices[i]} to ${limit_indices[i]} lies outside dimension ${i} of ${formatType(operand)}`);
    });
    return closed(
      operand.dtype,
      dims.map((_, i) => Math.ceil((limit_indices[i] - start_indices[i]) / strides[i])),
    );
  },
  pad: (operands, { low, high, interior }, op) => {
    const operand = rankedOperand(op, operands, 0);
    const value = tensorOperand(op, operands, 1, [operand.dtype]);
    invariant(!value.shape.open && value.shape.dims.length === 0, `${op}: the padding value is ${formatType(value)}, not a scalar`);
    const { dims } = operand.shape;
    requireLength(op, 'low', low, dims.length);
    requireLength(op, 'high', high, dims.length);
    requireLength(op, 'interior', interior, dims.length);
    requireIntegers(op, 'low', low);
    requireIntegers(op, 'high', high);
    requireIntegers(op, 'interior', interior, 0);
    return closed(
      operand.dtype,
      dims.map((dim, i) => {
        if (low[i] === 0 && high[i] === 0 && interior[i] === 0) return dim;
        invariant(typeof dim === 'number', `${op}: dimension ${i} of ${formatType(operand)} is padded and must be known`);
        const size = low[i] + dim + Math.max(dim - 1, 0) * interior[i] + high[i];
        invariant(size >= 0, `${op}: more is cropped from dimension ${i} of ${formatType(operand)} than there is`);
        return size;
      }),
    );
  },
  concatenate: (operands, { dimension }, op) => {
    const parts = operands.map((_, i) => rankedOperand(op, operands, i));
    const [first] = parts;
    requireAxes(op, 'dimension', [dimension], first.shape.dims.length);
    for (const part of parts) {
      const fits =
        part.dtype === first.dtype &&
        part.shape.dims.length === first.shape.dims.length &&
        part.shape.dims.every((dim, i) => i === dimension || mayEqual(dim, first.shape.dims[i]));
      invariant(fits, `${op}: ${formatType(first)} and ${formatType(part)} do not fit along dimension ${dimension}`);
    }
    const sizes = parts.map((part) => part.shape.dims[dimension]);
    // a sum with a symbol in it is a symbol of its own: `n+n`, `n+3`
    const sum: Dim = elementCount(sizes) === null ? sizes.join('+') : sizes.reduce<number>((total, size) => total + Number(size), 0);
    return closed(
      first.dtype,
      first.shape.dims.map((dim, i) => (i === dimension ? (parts.length === 1 ? dim : sum) : (parts.map((part) => part.shape.dims[i]).find((known) => typeof known === 'number') ?? dim))),
    );
  },
  reverse: (operands, { dimensions }, op) => {
    const operand = rankedOperand(op, operands, 0);
    requireAxes(op, 'dimensions', dimensions, operand.shape.dims.length);
    return operand;
  },
  iota_like: (operands, { dimension }, op) => {
    const { shape } = tensorOperand(op, operands, 0);
    requireIntegers(op, 'dimension', [dimension]);
    if (!shape.open) requireAxes(op, 'dimension', fromStart([dimension], shape.dims.length), shape.dims.length);
    return tensor('f32', shape);
  },
  descending_rank: (operands, _attributes, op) => tensor('f32', tensorOperand(op, operands, 0, ['f32']).shape),
  append: (operands, _attributes, op) => {
    const x = tensorOperand(op, operands, 0, ['f32']);
    const value = tensorOperand(op, operands, 1, ['f32']);
    invariant(!value.shape.open && value.shape.dims.length === 0, `${op}: the appended value is ${formatType(value)}, not a scalar`);
    if (x.shape.open) return tensor('f32', { dims: x.shape.dims.slice(0, 1), open: true });
    const last = x.shape.dims.at(-1);
    invariant(last !== undefined, `${op}: a scalar has no last axis`);
    return closed('f32', [...x.shape.dims.slice(0, -1), typeof last === 'number' ? last + 1 : `${last}+1`]);
  },
  broadcast_like: (operands, { align }, op) => {
    const x = tensorOperand(op, operands, 0);
    const like = tensorOperand(op, operands, 1);
    if (!x.shape.open && !like.shape.open) {
      const missing = like.shape.dims.length - x.shape.dims.length;
      invariant(missing >= 0, `${op}: ${formatType(x)} has a higher rank than ${formatType(like)}`);
      const offset = align === 'trailing' ? missing : 0;
      const fits = x.shape.dims.every((dim, i) => dim === 1 || mayEqual(dim, like.shape.dims[i + offset]));
      invariant(fits, `${op}<${align}>: ${formatShape(x.shape)} does not broadcast to ${formatShape(like.shape)}`);
    }
    return tensor(x.dtype, like.shape);
  },
  sum_like: (operands, _attributes, op) => {
    const x = tensorOperand(op, operands, 0, ['f32', 'i32']);
    const like = tensorOperand(op, operands, 1);
    if (!x.shape.open && !like.shape.open) {
      const offset = x.shape.dims.length - like.shape.dims.length;
      const fits = offset >= 0 && like.shape.dims.every((dim, i) => dim === 1 || mayEqual(dim, x.shape.dims[i + offset]));
      invariant(fits, `${op}: ${formatShape(x.shape)} does not sum to ${formatShape(like.shape)}`);
    }
    return tensor(x.dtype, like.shape);
  },
  // whether weights fit losses is the user's affair: GL5004, found when shapes are known
  broadcast_weights: (operands, _attributes, op) => tensor(tensorOperand(op, operands, 0).dtype, tensorOperand(op, operands, 1).shape),
} satisfies Partial<InferTable>;
