import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../../ir/graph.ts';
import type { DType } from '../../../ir/types.ts';
import { range } from '../../../passes/shapes.ts';
import { axesOf, type GraphWriter } from '../graphWriter.ts';
import { numberOf, numbersOf, type KernelCall, type KernelRule } from './rule.ts';

/** tfjs's element types as the graph has them; others cannot be captured. */
export function dtypeOf(dtype: unknown): DType | null {
  if (dtype === 'float32') return 'f32';
  if (dtype === 'int32') return 'i32';
  return dtype === 'bool' ? 'i1' : null;
}

function wantedDtype({ attributes, refuse, kernelName }: KernelCall): DType {
  return dtypeOf(attributes.dtype ?? 'float32') ?? refuse(`the kernel '${kernelName}' makes values of type ${String(attributes.dtype)}, and the graph has float32, int32 and bool`);
}

/** `n` along `axis`, and `rest` along every other one. */
function along(rank: number, axis: number, n: number, rest = 0): readonly number[] {
  return range(rank).map((i) => (i === axis ? n : rest));
}

function part(write: GraphWriter, x: ValueId, axis: number, start: number, length: number): ValueId {
  const shape = write.shape(x);
  return write.slice(x, along(shape.length, axis, start), shape.map((size, i) => (i === axis ? length : size)));
}

const identity: KernelRule = ({ input }) => input('x');

/** Each axis repeated; stretched where it is 1. */
const tile: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const repeats = numbersOf(call, 'reps');
  const shape = write.shape(x);
  const target = shape.map((size, axis) => size * repeats[axis]);
  if (shape.every((size, axis) => size === 1 || repeats[axis] === 1)) return write.broadcast(x, target);
  const copies = write.builder.emit('broadcast_in_dim', [x], { shape: shape.flatMap((size, axis) => [repeats[axis], size]), broadcast_dimensions: shape.map((_, axis) => 2 * axis + 1) });
  return write.reshape(copies, target);
};

/** Margins that repeat the rows next to them, in reverse; `offset` 1 leaves out the edge itself. */
const mirrorPad: KernelRule = (call) => {
  const { write, attributes } = call;
  const offset = attributes.mode === 'reflect' ? 1 : 0;
  return (attributes.paddings as readonly (readonly [number, number])[]).reduce((x, [before, after], axis) => {
    const size = write.shape(x)[axis];
    const mirrored = (start: number, length: number) => write.reverse(part(write, x, axis, start, length), [axis]);
    const parts = [...(before > 0 ? [mirrored(offset, before)] : []), x, ...(after > 0 ? [mirrored(size - offset - after, after)] : [])];
    return write.concatenate(parts, axis);
  }, call.input('x'));
};

const stridedSlice: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const shape = write.shape(x);
  const masks = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'].map((name) => numberOf(call, name)) as [number, number, number, number, number];
  const lists = ['begin', 'end', 'strides'].map((name) => [...numbersOf(call, name)]) as [number[], number[], number[]];
  const { finalShape, begin, end, strides } = tf.slice_util.sliceInfo([...shape], ...lists, ...masks);
  const size = shape.map((_, axis) => Math.max(0, Math.ceil((end[axis] - begin[axis]) / strides[axis])));
  const backwards = range(shape.length).filter((axis) => strides[axis] < 0);
  const turned = write.reverse(x, backwards);
  const start = begin.map((from, axis) => (size[axis] === 0 ? 0 : strides[axis] < 0 ? shape[axis] - 1 - from : from));
  return write.reshape(write.slice(turned, start, size, strides.map(Math.abs)), finalShape);
};

/** [n, h·b, …] and so on: the spatial axes of `blocks` cut into blocks whose places become part of the batch. */
const spaceToBatch: KernelRule = (call) => {
  const { write, attributes } = call;
  const blocks = numbersOf(call, 'blockShape');
  const paddings = attributes.paddings as readonly (readonly [number, number])[];
  const rank = write.shape(call.input('x')).length;
  const margin = (side: 0 | 1) => range(rank).map((axis) => paddings[axis - 1]?.[side] ?? 0);
  const x = write.pad(call.input('x'), margin(0), margin(1));
  const shape = write.shape(x);
  const spatial = range(blocks.length);
  const rest = shape.slice(blocks.length + 1);
  const split = write.reshape(x, [shape[0], ...spatial.flatMap((i) => [shape[i + 1] / blocks[i], blocks[i]]), ...rest]);
  const order = [...spatial.map((i) => 2 * i + 2), 0, ...spatial.map((i) => 2 * i + 1), ...rest.map((_, i) => i + 2 * blocks.length + 1)];
  const count = blocks.reduce((product, block) => product * block, 1);
  return write.reshape(write.transpose(split, order), [shape[0] * count, ...spatial.map((i) => shape[i + 1] / blocks[i]), ...rest]);
};

const batchToSpace: KernelRule = (call) => {
  const { write, attributes } = call;
  const x = call.input('x');
  const blocks = numbersOf(call, 'blockShape');
  const crops = attributes.crops as readonly (readonly [number, number])[];
  const shape = write.shape(x);
  const spatial = range(blocks.length);
  const rest = shape.slice(blocks.length + 1);
  const batch = shape[0] / blocks.reduce((product, block) => product * block, 1);
  const split = write.reshape(x, [...blocks, batch, ...shape.slice(1)]);
  const order = [blocks.length, ...spatial.flatMap((i) => [blocks.length + 1 + i, i]), ...rest.map((_, i) => i + 2 * blocks.length + 1)];
  const whole = write.reshape(write.transpose(split, order), [batch, ...spatial.map((i) => shape[i + 1] * blocks[i]), ...rest]);
  const margin = (side: 0 | 1) => range(shape.length).map((axis) => -(crops[axis - 1]?.[side] ?? 0));
  return write.pad(whole, margin(0), margin(1));
};

const depthToSpace: KernelRule = (call) => {
  const { write, attributes } = call;
  const x = call.input('x');
  const block = numberOf(call, 'blockSize');
  if (attributes.dataFormat === 'NCHW') {
    const [n, c, h, w] = write.shape(x);
    const depth = c / (block * block);
    return write.reshape(write.transpose(write.reshape(x, [n, block, block, depth, h, w]), [0, 3, 4, 1, 5, 2]), [n, depth, h * block, w * block]);
  }
  const [n, h, w, c] = write.shape(x);
  const depth = c / (block * block);
  return write.reshape(write.transpose(write.reshape(x, [n, h, w, block, block, depth]), [0, 1, 3, 2, 4, 5]), [n, h * block, w * block, depth]);
};

function filledAs(value: number): KernelRule {
  return ({ write, input }) => write.filled(value, write.shape(input('x')), write.dtype(input('x')));
}

/** Kernels that move values, or make them of nothing. */
export const structuralKernels = {
  Identity: identity,
  Reshape: (call) => {
    const x = call.input('x');
    const size = call.write.shape(x).reduce((product, dim) => product * dim, 1);
    return call.write.reshape(x, tf.util.inferFromImplicitShape([...numbersOf(call, 'shape')], size));
  },
  ExpandDims: (call) => {
    const shape = [...call.write.shape(call.input('input'))];
    const dim = numberOf(call, 'dim');
    shape.splice(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
    return call.write.reshape(call.input('input'), shape);
  },
  Cast: (call) => call.write.convert(call.input('x'), wantedDtype(call)),
  Transpose: (call) => call.write.transpose(call.input('x'), numbersOf(call, 'perm')),
  Reverse: (call) => {
    const x = call.input('x');
    return call.write.reverse(x, axesOf(call.attributes.dims as number | number[], call.write.shape(x).length));
  },
  FlipLeftRight: ({ write, input }) => write.reverse(input('image'), [2]),
  Tile: tile,
  Slice: (call) => {
    const x = call.input('x');
    const [begin, size] = tf.slice_util.parseSliceParams(call.shaped(x), [...numbersOf(call, 'begin')], [...numbersOf(call, 'size')]);
    return call.write.slice(x, begin, size);
  },
  StridedSlice: stridedSlice,
  Concat: (call) => {
    const { write, list } = call;
    const axis = axesOf(numberOf(call, 'axis'), write.shape(list[0]).length)[0];
    return write.concatenate(list, axis);
  },
  Pack: (call) => {
    const { write, list } = call;
    const shape = write.shape(list[0]);
    const axis = axesOf(numberOf(call, 'axis'), shape.length + 1)[0];
    return write.concatenate(list.map((x) => write.reshape(x, [...shape.slice(0, axis), 1, ...shape.slice(axis)])), axis);
  },
  Unpack: (call) => {
    const { write } = call;
    const value = call.input('value');
    const shape = write.shape(value);
    const axis = axesOf(numberOf(call, 'axis'), shape.length)[0];
    return range(shape[axis]).map((i) => write.reshape(part(write, value, axis, i, 1), shape.filter((_, other) => other !== axis)));
  },
  SplitV: (call) => {
    const { write, attributes } = call;
    const x = call.input('x');
    const axis = axesOf(numberOf(call, 'axis'), write.shape(x).length)[0];
    const sizes = tf.backend_util.prepareSplitSize(call.shaped(x), attributes.numOrSizeSplits as number | number[], axis);
    return sizes.map((size, i) => part(write, x, axis, sizes.slice(0, i).reduce((sum, before) => sum + before, 0), size));
  },
  PadV2: (call) => {
    const paddings = call.attributes.paddings as readonly (readonly [number, number])[];
    return call.write.pad(call.input('x'), paddings.map(([low]) => low), paddings.map(([, high]) => high), Number(call.attributes.constantValue ?? 0));
  },
  MirrorPad: mirrorPad,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  Diag: ({ write, input }) => {
    const x = input('x');
    const shape = write.shape(x);
    const size = shape.reduce((product, dim) => product * dim, 1);
    const square = [size, size];
    const onDiagonal = write.compare('EQ', write.iota(square, 0), write.iota(square, 1));
    const spread = write.select(onDiagonal, write.broadcast(write.reshape(x, [size]), square), write.number(0, write.dtype(x)));
    return write.reshape(spread, [...shape, ...shape]);
  },
  ZerosLike: filledAs(0),
  OnesLike: filledAs(1),
  Fill: (call) => call.write.filled(Number(call.attributes.value), numbersOf(call, 'shape'), wantedDtype(call)),
  Range: (call) => {
    const [start, stop, increment] = ['start', 'stop', 'step'].map((name) => numberOf(call, name));
    const count = Math.max(0, Math.ceil((stop - start) / increment));
    return call.write.constant(range(count).map((i) => start + i * increment), [count], wantedDtype(call));
  },
  LinSpace: (call) => {
    const [start, stop, count] = ['start', 'stop', 'num'].map((name) => numberOf(call, name));
    const increment = count > 1 ? (stop - start) / (count - 1) : 0;
    return call.write.constant(range(count).map((i) => start + i * increment), [count]);
  },
} satisfies Readonly<Record<string, KernelRule>>;
