import { evaluateOp } from '../../ir/evaluate.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import type { DType } from '../../ir/types.ts';
import type { ArrayValue } from '../../ir/values.ts';
import { arrayValue, filledValue, forEachIndex, sizeOf } from '../../ir/values.ts';
import { invariant } from '../../support/invariant.ts';
import type { Access, Buffer, ContractionKernel, Kernel, LoopsKernel, Node, Reduction, Schedule, Store } from '../types.ts';

/** The content of a schedule's buffers, by BufferId; undefined where nothing was written yet. */
export type Memory = (Float64Array | undefined)[];

const ofType = (dtype: DType, x: number): number => (dtype === 'f32' ? Math.fround(x) : x);

function dot(coefficients: readonly number[], index: readonly number[]): number {
  return coefficients.reduce((sum, coefficient, d) => sum + coefficient * index[d], 0);
}

/** Values of an access at every point of the index space. */
function load(access: Access, dtype: DType, space: readonly number[], values: readonly ArrayValue[], buffers: readonly Buffer[], memory: Memory): ArrayValue {
  const data = memory[access.buffer];
  const { name, shape } = buffers[access.buffer];
  invariant(data !== undefined, `${name} is read before it is written`);
  const size = sizeOf(shape);
  const result = new Float64Array(sizeOf(space));
  forEachIndex(space, (index, point) => {
    let place = access.offset + dot(access.strides, index);
    for (const guard of access.guards) {
      const position = guard.offset + dot(guard.coefficients, index);
      const coordinate = position / guard.dilation;
      if (!Number.isInteger(coordinate) || coordinate < 0 || coordinate >= guard.size) {
        result[point] = ofType(dtype, access.fill);
        return;
      }
      place += guard.stride * coordinate;
    }
    for (const { node, stride, limit } of access.indirections) place += stride * Math.min(Math.max(values[node].data[point], 0), limit);
    invariant(place >= 0 && place < size, `${name}[${shape.join(', ')}] is read at ${place}, for the point [${index.join(', ')}]`);
    result[point] = data[place];
  });
  return arrayValue(space, result, dtype);
}

/** The values of nodes at every point of the index space, by the reference evaluation of each op. */
function evaluateNodes(nodes: readonly Node[], space: readonly number[], accumulators: readonly ArrayValue[], buffers: readonly Buffer[], memory: Memory): ArrayValue[] {
  const values: ArrayValue[] = [];
  for (const node of nodes) {
    values.push(evaluateNode(node));
    invariant(values[values.length - 1].dtype === node.dtype, `node ${values.length - 1} (${node.kind}) is ${values[values.length - 1].dtype}, not ${node.dtype}`);
  }
  return values;

  function evaluateNode(node: Node): ArrayValue {
    switch (node.kind) {
      case 'load':
        return load(node.access, node.dtype, space, values, buffers, memory);
      case 'constant':
        return filledValue(space, ofType(node.dtype, node.value), node.dtype);
      case 'index': {
        const data = new Float64Array(sizeOf(space));
        forEachIndex(space, (index, point) => (data[point] = node.offset + dot(node.coefficients, index)));
        return arrayValue(space, data, node.dtype);
      }
      case 'apply': {
        const operands = node.args.map((arg) => values[arg]);
        const value = evaluateOp(node.op, operands, node.attributes as OpAttributes[typeof node.op]) as ArrayValue;
        return { ...value, shape: space };
      }
      case 'accumulator':
        return accumulators[node.place];
      default:
        return node satisfies never;
    }
  }
}

function store(stores: readonly Store[], space: readonly number[], values: readonly ArrayValue[], buffers: readonly Buffer[], memory: Memory): void {
  for (const { buffer, offset, strides, node } of stores) {
    const { name, shape, dtype } = buffers[buffer];
    invariant(values[node].dtype === dtype, `${values[node].dtype} is stored in ${name}: ${dtype}`);
    const size = sizeOf(shape);
    const target = (memory[buffer] ??= new Float64Array(size).fill(NaN));
    forEachIndex(space, (index, point) => {
      const place = offset + dot(strides, index);
      invariant(place >= 0 && place < size, `${name}[${shape.join(', ')}] is written at ${place}, for the point [${index.join(', ')}]`);
      target[place] = values[node].data[point];
    });
  }
}

function combine(kind: Reduction['combine'], value: ArrayValue, points: number): ArrayValue {
  return evaluateOp('reduce', [arrayValue([points, value.data.length / points], value.data, value.dtype)], { kind, axes: [1] }) as ArrayValue;
}

function runLoops(kernel: LoopsKernel, buffers: readonly Buffer[], memory: Memory): void {
  const values = evaluateNodes(kernel.nodes, [...kernel.space, ...kernel.reduced], [], buffers, memory);
  if (kernel.reductions.length === 0) {
    store(kernel.stores, kernel.space, values, buffers, memory);
    return;
  }
  const points = sizeOf(kernel.space);
  const sums = kernel.reductions.map(({ combine: kind, node }): ArrayValue => {
    const value = values[node];
    if (points === 0) return arrayValue(kernel.space, [], value.dtype);
    return { ...combine(kind, value, points), shape: kernel.space };
  });
  store(kernel.stores, kernel.space, evaluateNodes(kernel.epilogue, kernel.space, sums, buffers, memory), buffers, memory);
}

/** All sums of products of a contraction, in float64. */
function contract(kernel: ContractionKernel, buffers: readonly Buffer[], memory: Memory): ArrayValue {
  const { batch, rows, windows, columns, contracted } = kernel;
  const sizes = (dims: readonly { readonly size: number }[]): number[] => dims.map(({ size }) => size);
  const space = [...sizes(batch), ...sizes(rows), ...sizes(windows), ...sizes(columns)];
  const lhs = memory[kernel.lhs.buffer];
  const rhs = memory[kernel.rhs.buffer];
  invariant(lhs !== undefined && rhs !== undefined, 'an operand of a contraction is read before it is written');
  const read = (data: Float64Array, place: number, buffer: number): number => {
    const size = sizeOf(buffers[buffer].shape);
    invariant(place >= 0 && place < size, `${buffers[buffer].name} is read at ${place} of ${size}`);
    return data[place];
  };
  const result = new Float64Array(sizeOf(space));
  const windowsFrom = batch.length + rows.length;
  const columnsFrom = windowsFrom + windows.length;
  const inner = [...sizes(contracted), ...windows.map(({ taps }) => taps)];
  forEachIndex(space, (index, point) => {
    let sum = 0;
    forEachIndex(inner, (at) => {
      let left = kernel.lhs.offset;
      let right = kernel.rhs.offset;
      batch.forEach((dim, i) => {
        left += dim.lhs * index[i];
        right += dim.rhs * index[i];
      });
      rows.forEach((dim, i) => (left += dim.lhs * index[batch.length + i]));
      columns.forEach((dim, i) => (right += dim.rhs * index[columnsFrom + i]));
      contracted.forEach((dim, i) => {
        left += dim.lhs * at[i];
        right += dim.rhs * at[i];
      });
      for (const [i, window] of windows.entries()) {
        const tap = at[contracted.length + i];
        const position = (index[windowsFrom + i] * window.stride + tap * window.tapStride - window.low) / window.dilation;
        if (!Number.isInteger(position) || position < 0 || position >= window.inputSize) return;
        left += window.lhs * position;
        right += window.rhs * tap;
      }
      sum += read(lhs, left, kernel.lhs.buffer) * read(rhs, right, kernel.rhs.buffer);
    });
    result[point] = sum;
  });
  return arrayValue(space, result);
}

/** A buffer's content as a tensor. */
function tensor(buffer: number, buffers: readonly Buffer[], memory: Memory): ArrayValue {
  const data = memory[buffer];
  invariant(data !== undefined, `${buffers[buffer].name} is read before it is written`);
  return arrayValue(buffers[buffer].shape, data, buffers[buffer].dtype);
}

/**
 * Runs a kernel as `types.ts` defines it, by plain loops in float64, and writes its results to `memory`, unrounded. For tests: the
 * code generators are compared with it. Throws where a place lies outside of its buffer or was never written.
 */
export function interpretKernel(kernel: Kernel, buffers: readonly Buffer[], memory: Memory): void {
  switch (kernel.kind) {
    case 'loops':
      return runLoops(kernel, buffers, memory);
    case 'contraction': {
      const sums = contract(kernel, buffers, memory);
      return store(kernel.stores, sums.shape, evaluateNodes(kernel.epilogue, sums.shape, [sums], buffers, memory), buffers, memory);
    }
    case 'scatter': {
      const operands = [kernel.result, kernel.indices, kernel.updates].map((buffer) => tensor(buffer, buffers, memory));
      memory[kernel.result] = (evaluateOp('scatter', operands, kernel.attributes) as ArrayValue).data;
      return;
    }
    case 'select_and_scatter': {
      const operands = [kernel.operand, kernel.source].map((buffer) => tensor(buffer, buffers, memory));
      memory[kernel.result] = (evaluateOp('select_and_scatter', operands, kernel.attributes) as ArrayValue).data;
      return;
    }
    default:
      return kernel satisfies never;
  }
}

/** Runs a whole schedule on its inputs (by name) and gives its outputs. */
export function interpretSchedule(schedule: Schedule, inputs: ReadonlyMap<string, ArrayLike<number>>): ReadonlyMap<string, Float64Array> {
  // nothing needs to be written to an empty tensor
  const memory: Memory = schedule.buffers.map(({ shape }) => (sizeOf(shape) === 0 ? new Float64Array(0) : undefined));
  for (const { buffer, data } of schedule.constants) memory[buffer] = Float64Array.from(data, (x) => ofType(schedule.buffers[buffer].dtype, x));
  for (const { name, buffer } of schedule.inputs) {
    const data = inputs.get(name);
    invariant(data?.length === sizeOf(schedule.buffers[buffer].shape), `input ${name} has ${data?.length ?? 'no'} numbers`);
    memory[buffer] = Float64Array.from(data);
  }
  for (const { kernel } of schedule.kernels) interpretKernel(kernel, schedule.buffers, memory);
  return new Map(
    schedule.outputs.map(({ name, buffer }) => {
      const data = memory[buffer];
      invariant(data !== undefined, `output ${name} was never written`);
      return [name, data];
    }),
  );
}
