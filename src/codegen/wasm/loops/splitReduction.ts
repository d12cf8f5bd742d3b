import type { DType } from '../../../ir/types.ts';
import { sizeOf, stridesOf } from '../../../ir/values.ts';
import type { BufferId, LoopsKernel, Node } from '../../../schedule/types.ts';

/** How the outermost reduced dimension R is cut: R = parts·steps·lanes + what is left. Neighbouring indices go to different lanes. */
export interface Split {
  readonly parts: number;
  readonly steps: number;
  readonly lanes: number;
}

/** A dimension of a partial kernel: so far apart in the original dimension, or that dimension itself. */
interface Dimension {
  readonly original: number;
  readonly factor: number;
  readonly size: number;
}

/** Loads and indices on new dimensions; the reduced dimension `split` starts at `from`. */
function mapNodes(nodes: readonly Node[], dimensions: readonly Dimension[], split: number, from: number): Node[] {
  const map = (vector: readonly number[]): number[] => dimensions.map(({ original, factor }) => vector[original] * factor);
  return nodes.map((node): Node => {
    if (node.kind === 'index') return { ...node, offset: node.offset + node.coefficients[split] * from, coefficients: map(node.coefficients) };
    if (node.kind !== 'load') return node;
    const { access } = node;
    const guards = access.guards.map((guard) => ({ ...guard, offset: guard.offset + guard.coefficients[split] * from, coefficients: map(guard.coefficients) }));
    return { ...node, access: { ...access, offset: access.offset + access.strides[split] * from, strides: map(access.strides), guards } };
  });
}

export interface SplitKernels {
  /** One after the other; the last one combines. */
  readonly stages: readonly LoopsKernel[];
  /** Elements of scratch. */
  readonly scratch: number;
}

/**
 * A long reduction as partial reductions into scratch and one that combines them, in a fixed order. `scratch` is the number of a buffer
 * for them.
 */
export function splitReduction(kernel: LoopsKernel, { parts, steps, lanes }: Split, scratch: BufferId): SplitKernels {
  const { space, reduced, reductions } = kernel;
  const split = space.length;
  const points = sizeOf(space);
  const left = reduced[0] - parts * steps * lanes;
  const rows = parts * lanes + (left > 0 ? 1 : 0);
  const identity = (sizes: readonly number[], from: number): Dimension[] => sizes.map((size, d) => ({ original: from + d, factor: 1, size }));
  const inner = identity(reduced.slice(1), split + 1);
  const pointStrides = stridesOf(space);

  /** Stores all accumulators in rows from `row` on, a row for each index of the dimensions in front of space. */
  const partial = (front: readonly Dimension[], frontStrides: readonly number[], first: Dimension, row: number, from: number): LoopsKernel => {
    const outer = [...front, ...identity(space, 0)];
    const all = [...outer, first, ...inner];
    return {
      kind: 'loops',
      space: outer.map(({ size }) => size),
      reduced: [first, ...inner].map(({ size }) => size),
      nodes: mapNodes(kernel.nodes, all, split, from),
      reductions,
      epilogue: reductions.map(({ node }, place) => ({ kind: 'accumulator', dtype: kernel.nodes[node].dtype, place })),
      stores: reductions.map((_, place) => ({ buffer: scratch, offset: (place * rows + row) * points, strides: [...frontStrides, ...pointStrides], node: place })),
    };
  };
  const main = partial(
    [{ original: split, factor: steps * lanes, size: parts }, { original: split, factor: 1, size: lanes }],
    [lanes * points, points],
    { original: split, factor: lanes, size: steps },
    0, 0,
  );
  const rest = left > 0 ? [partial([], [], { original: split, factor: 1, size: left }, parts * lanes, parts * steps * lanes)] : [];
  const load = (dtype: DType, place: number): Node => ({
    kind: 'load', dtype, access: { buffer: scratch, offset: place * rows * points, strides: [...pointStrides, points], guards: [], indirections: [], fill: 0 },
  });
  const combine: LoopsKernel = {
    ...kernel,
    reduced: [rows],
    nodes: reductions.map(({ node }, place) => load(kernel.nodes[node].dtype, place)),
    reductions: reductions.map(({ combine: how }, node) => ({ combine: how, node })),
  };
  return { stages: [main, ...rest, combine], scratch: reductions.length * rows * points };
}
