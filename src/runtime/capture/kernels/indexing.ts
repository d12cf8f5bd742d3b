import type { ValueId } from '../../../ir/graph.ts';
import { range } from '../../../passes/shapes.ts';
import { weightsAt, type Interpolation } from '../../gradients/resizeWeights.ts';
import { axesOf, type GraphWriter } from '../graphWriter.ts';
import { dtypeOf } from './structural.ts';
import { numberOf, numbersOf, type KernelCall, type KernelRule } from './rule.ts';

const integers = (write: GraphWriter, x: ValueId) => write.convert(x, 'i32');

/** Slices of x at `indices` along `axis`; the first `batchDims` axes of both go together. */
const gather: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const indices = integers(write, call.input('indices'));
  const shape = write.shape(x);
  const axis = axesOf(numberOf(call, 'axis'), shape.length)[0];
  const batch = Number(call.attributes.batchDims ?? 0);
  if (batch === 0) return write.take(x, indices, axis);
  const places = write.shape(indices);
  const column = [...places, 1];
  const vectors = write.concatenate([...range(batch).map((dim) => write.iota(column, dim)), write.reshape(indices, column)], places.length);
  const indexed = [...range(batch), axis];
  const kept = range(shape.length).filter((dim) => !indexed.includes(dim));
  return write.builder.emit('gather', [x, vectors], {
    // those between the batch and the axis come before the indices' own dimensions, the others after them
    offset_dims: kept.map((dim) => (dim < axis ? dim : dim - 1 - batch + places.length)),
    collapsed_slice_dims: indexed,
    start_index_map: indexed,
    index_vector_dim: places.length,
    slice_sizes: shape.map((size, dim) => (indexed.includes(dim) ? 1 : size)),
  });
};

/** Index vectors in the last dimension of `indices`. */
const gatherNd: KernelRule = ({ write, input }) => {
  const params = input('params');
  const indices = integers(write, input('indices'));
  const shape = write.shape(params);
  const outer = write.shape(indices).slice(0, -1);
  const depth = write.shape(indices).at(-1)!;
  return write.builder.emit('gather', [params, indices], {
    offset_dims: range(shape.length - depth).map((i) => i + outer.length),
    collapsed_slice_dims: range(depth),
    start_index_map: range(depth),
    index_vector_dim: outer.length,
    slice_sizes: shape.map((size, axis) => (axis < depth ? 1 : size)),
  });
};

/** Updates added up at index vectors, in zeros. */
const scatterNd: KernelRule = (call) => {
  const { write } = call;
  const indices = integers(write, call.input('indices'));
  const updates = call.input('updates');
  const shape = numbersOf(call, 'shape');
  const outer = write.shape(indices).length - 1;
  const depth = write.shape(indices).at(-1)!;
  const zeros = write.filled(0, shape, write.dtype(updates));
  return write.builder.emit('scatter', [zeros, indices, updates], {
    update_window_dims: range(shape.length - depth).map((i) => i + outer),
    inserted_window_dims: range(depth),
    scatter_dims_to_operand_dims: range(depth),
    index_vector_dim: outer,
  });
};

const segmentSum: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const segments = integers(write, call.input('segmentIds'));
  const places = write.shape(segments).length;
  const shape = [numberOf(call, 'numSegments'), ...write.shape(x).slice(places)];
  return write.builder.emit('scatter', [write.filled(0, shape, write.dtype(x)), segments, x], {
    update_window_dims: range(shape.length - 1).map((i) => i + places),
    inserted_window_dims: [0],
    scatter_dims_to_operand_dims: [0],
    index_vector_dim: places,
  });
};

const oneHot: KernelRule = (call) => {
  const { write, attributes } = call;
  const indices = integers(write, call.input('indices'));
  const shape = [...write.shape(indices), numberOf(call, 'depth')];
  const spread = write.broadcast(write.reshape(indices, [...write.shape(indices), 1]), shape);
  const hot = write.compare('EQ', spread, write.iota(shape, shape.length - 1));
  const dtype = dtypeOf(attributes.dtype ?? 'float32') ?? 'f32';
  const chosen = write.select(hot, write.number(Number(attributes.onValue ?? 1)), write.number(Number(attributes.offValue ?? 0)));
  return write.convert(chosen, dtype);
};

/** One axis resized: each place is between two of the source. */
function resized(call: KernelCall, x: ValueId, axis: number, to: number, kind: Interpolation): ValueId {
  const { write, attributes } = call;
  const shape = write.shape(x);
  const from = shape[axis];
  if (from === to && attributes.halfPixelCenters !== true) return x;
  const block = to / from;
  if (kind === 'nearest' && attributes.alignCorners !== true && Number.isInteger(block)) {
    const copied = [...shape.slice(0, axis + 1), block, ...shape.slice(axis + 1)];
    const copies = write.builder.emit('broadcast_in_dim', [x], { shape: copied, broadcast_dimensions: range(shape.length).map((dim) => (dim > axis ? dim + 1 : dim)) });
    return write.reshape(copies, shape.map((size, dim) => (dim === axis ? to : size)));
  }
  const weights = range(to).map((place) => weightsAt(place, from, to, kind, attributes));
  const at = (places: readonly number[]) => write.take(x, write.constant(places, [to], 'i32'), axis);
  const low = at(weights.map((weight) => weight.low));
  if (weights.every(({ share }) => share === 0)) return low;
  const share = write.reshape(write.constant(weights.map((weight) => weight.share), [to]), shape.map((_, dim) => (dim === axis ? to : 1)));
  const high = at(weights.map((weight) => weight.high));
  return write.binary('add', low, write.binary('multiply', write.binary('subtract', high, low), share));
}

function resize(kind: Interpolation): KernelRule {
  return (call) => {
    const [height, width] = numbersOf(call, 'size');
    const images = call.write.convert(call.input('images'), 'f32');
    return resized(call, resized(call, images, 1, height, kind), 2, width, kind);
  };
}

export const indexingKernels = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinear: resize('bilinear'),
} satisfies Readonly<Record<string, KernelRule>>;
