import { evaluateOp } from '../../../ir/evaluate.ts';
import type { DType } from '../../../ir/types.ts';
import { forEachIndex, scalarValue } from '../../../ir/values.ts';
import { invariant } from '../../../support/invariant.ts';
import type { Access, BufferId, LoopsKernel, Node, Reduction, Store } from '../../../schedule/types.ts';

/** What each buffer holds, f32 rounded to float32. A missing buffer is a mistake of the schedule. */
export type BufferValues = ReadonlyMap<BufferId, Float64Array>;

export function dataOf(values: BufferValues, id: BufferId): Float64Array {
  const data = values.get(id);
  invariant(data, `buffer ${id} has no place`);
  return data;
}

export function rounded(dtype: DType, value: number): number {
  return dtype === 'f32' ? Math.fround(value) : value | 0;
}

const sum = (offset: number, factors: readonly number[], index: readonly number[]) => factors.reduce((total, factor, axis) => total + factor * index[axis], offset);

function readElement(data: Float64Array, place: number): number {
  invariant(Number.isInteger(place) && place >= 0 && place < data.length, `place ${place} lies outside of a buffer of ${data.length} elements`);
  return data[place];
}

function load({ buffer, offset, strides, guards, indirections, fill }: Access, index: readonly number[], nodes: readonly number[], values: BufferValues): number {
  let place = sum(offset, strides, index);
  for (const guard of guards) {
    const coordinate = sum(guard.offset, guard.coefficients, index) / guard.dilation;
    if (!Number.isInteger(coordinate) || coordinate < 0 || coordinate >= guard.size) return fill;
    place += coordinate * guard.stride;
  }
  for (const { node, stride, limit } of indirections) place += stride * Math.min(Math.max(nodes[node], 0), limit);
  return readElement(dataOf(values, buffer), place);
}

/** The value of every node at one point, each rounded to its type. */
export function interpretNodes(nodes: readonly Node[], index: readonly number[], accumulators: readonly number[], values: BufferValues): readonly number[] {
  const results: number[] = [];
  for (const node of nodes) {
    switch (node.kind) {
      case 'load':
        results.push(rounded(node.dtype, load(node.access, index, results, values)));
        break;
      case 'constant':
        results.push(rounded(node.dtype, node.value));
        break;
      case 'index':
        results.push(rounded(node.dtype, sum(node.offset, node.coefficients, index)));
        break;
      case 'accumulator':
        results.push(accumulators[node.place]);
        break;
      case 'apply': {
        const value = evaluateOp(node.op, node.args.map((arg) => scalarValue(results[arg], nodes[arg].dtype)), node.attributes);
        invariant(value.kind === 'array' && value.dtype === node.dtype, `${node.op} gives another type than ${node.dtype}`);
        results.push(rounded(node.dtype, value.data[0]));
      }
    }
  }
  return results;
}

export function interpretStore({ buffer, offset, strides, node }: Store, index: readonly number[], nodes: readonly number[], values: BufferValues): void {
  const data = dataOf(values, buffer);
  const place = sum(offset, strides, index);
  readElement(data, place);
  data[place] = nodes[node];
}

const START: { readonly [K in Reduction['combine']]: (dtype: DType) => number } = {
  add: () => 0,
  maximum: (dtype) => (dtype === 'f32' ? -Infinity : -(2 ** 31)),
  minimum: (dtype) => (dtype === 'f32' ? Infinity : 2 ** 31 - 1),
};

const COMBINE: { readonly [K in Reduction['combine']]: (a: number, b: number) => number } = { add: (a, b) => a + b, maximum: Math.max, minimum: Math.min };

/** What a loops kernel does, point by point: floats are added up in float64. */
export function interpretLoops(kernel: LoopsKernel, values: BufferValues): void {
  forEachIndex(kernel.space, (outer) => {
    if (kernel.reductions.length === 0) {
      const nodes = interpretNodes(kernel.nodes, outer, [], values);
      for (const store of kernel.stores) interpretStore(store, outer, nodes, values);
      return;
    }
    const typeOf = ({ node }: Reduction) => kernel.nodes[node].dtype;
    const sums = kernel.reductions.map((reduction) => START[reduction.combine](typeOf(reduction)));
    forEachIndex(kernel.reduced, (inner) => {
      const nodes = interpretNodes(kernel.nodes, [...outer, ...inner], [], values);
      kernel.reductions.forEach(({ combine, node }, i) => (sums[i] = COMBINE[combine](sums[i], nodes[node])));
    });
    const results = kernel.reductions.map((reduction, i) => rounded(typeOf(reduction), sums[i]));
    const nodes = interpretNodes(kernel.epilogue, outer, results, values);
    for (const store of kernel.stores) interpretStore(store, outer, nodes, values);
  });
}
