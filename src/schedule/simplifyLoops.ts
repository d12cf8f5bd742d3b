import type { Access, Guard, LoopsKernel, Node, Store } from './types.ts';

/** Numbers by dimension: strides or coefficients. */
type PerDimension = readonly number[];

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Least and greatest value of offset + Σ coefficients·index. */
function rangeOf(offset: number, coefficients: PerDimension, sizes: PerDimension): readonly [number, number] {
  const spans = coefficients.map((coefficient, d) => coefficient * Math.max(0, sizes[d] - 1));
  return [offset + sum(spans.filter((span) => span < 0)), offset + sum(spans.filter((span) => span > 0))];
}

/** The guard on the grid that the dilation leaves, where all its positions lie on it; 'never' where none does. */
function withoutDilation(guard: Guard): Guard | 'never' {
  const { dilation, offset, coefficients } = guard;
  if (dilation === 1 || coefficients.some((coefficient) => coefficient % dilation !== 0)) return guard;
  if (offset % dilation !== 0) return 'never';
  return { ...guard, dilation: 1, offset: offset / dilation, coefficients: coefficients.map((coefficient) => coefficient / dilation) };
}

/** An access without the guards that hold everywhere; null where one holds nowhere. */
function simplifyAccess(access: Access, sizes: PerDimension): Access | null {
  let { offset, strides } = access;
  const guards: Guard[] = [];
  for (const original of access.guards) {
    const guard = withoutDilation(original);
    if (guard === 'never') return null;
    const [least, most] = rangeOf(guard.offset, guard.coefficients, sizes);
    if (most < 0 || least >= guard.size * guard.dilation) return null;
    if (guard.dilation === 1 && least >= 0 && most < guard.size) {
      offset += guard.stride * guard.offset;
      strides = strides.map((stride, d) => stride + guard.stride * guard.coefficients[d]);
    } else guards.push(guard);
  }
  return { ...access, offset, strides, guards };
}

function simplifyNode(node: Node, sizes: PerDimension): Node {
  if (node.kind !== 'load' || sizes.includes(0)) return node;
  const access = simplifyAccess(node.access, sizes);
  if (access === null) return { kind: 'constant', dtype: node.dtype, value: node.access.fill };
  return { ...node, access };
}

/** Everything that a node or store says about the dimensions. */
function vectorsOf(nodes: readonly Node[], stores: readonly Store[]): PerDimension[] {
  return [
    ...nodes.flatMap((node) => {
      if (node.kind === 'load') return [node.access.strides, ...node.access.guards.map((guard) => guard.coefficients)];
      return node.kind === 'index' ? [node.coefficients] : [];
    }),
    ...stores.map((store) => store.strides),
  ];
}

/** Replaces the numbers by dimension everywhere. */
function mapDimensions(nodes: readonly Node[], map: (vector: PerDimension) => PerDimension): readonly Node[] {
  return nodes.map((node): Node => {
    if (node.kind === 'index') return { ...node, coefficients: map(node.coefficients) };
    if (node.kind !== 'load') return node;
    const { access } = node;
    return { ...node, access: { ...access, strides: map(access.strides), guards: access.guards.map((guard) => ({ ...guard, coefficients: map(guard.coefficients) })) } };
  });
}

/**
 * Which old dimension each new one ends in, and its size: dimensions of size 1 are dropped, and neighbours become one where everything
 * goes on from the end of the inner one to the next step of the outer one. `bounds` are places that no merge may cross.
 */
function mergedDimensions(sizes: PerDimension, vectors: readonly PerDimension[], bound: number): { readonly last: number; readonly size: number }[] {
  const merged: { last: number; size: number }[] = [];
  sizes.forEach((size, d) => {
    if (size === 1) return;
    const outer = merged[merged.length - 1];
    const joins = outer !== undefined && outer.last >= bound === d >= bound && vectors.every((vector) => d >= vector.length || vector[outer.last] === vector[d] * size);
    if (joins) merged[merged.length - 1] = { last: d, size: outer.size * size };
    else merged.push({ last: d, size });
  });
  return merged;
}

/**
 * The same kernel in fewer dimensions: without those of size 1, neighbours merged where all accesses traverse them contiguously, guards
 * that always hold folded into strides, loads that are padding everywhere made constants. Code generators make their loops from it.
 */
export function simplifyLoops(kernel: LoopsKernel): LoopsKernel {
  const sizes = [...kernel.space, ...kernel.reduced];
  const nodes = kernel.nodes.map((node) => simplifyNode(node, sizes));
  const epilogue = kernel.epilogue.map((node) => simplifyNode(node, kernel.space));
  // vectors of the epilogue and of stores end where `space` does
  const vectors = [...vectorsOf(nodes, kernel.stores), ...vectorsOf(epilogue, [])];
  const merged = mergedDimensions(sizes, vectors, kernel.space.length);
  const map = (vector: PerDimension): PerDimension => merged.filter(({ last }) => last < vector.length).map(({ last }) => vector[last]);
  const inSpace = merged.filter(({ last }) => last < kernel.space.length).length;
  return {
    ...kernel,
    space: merged.slice(0, inSpace).map(({ size }) => size),
    // a reduction stays one
    reduced: inSpace === merged.length && kernel.reduced.length > 0 ? [1] : merged.slice(inSpace).map(({ size }) => size),
    nodes: mapDimensions(nodes, (vector) => (inSpace === merged.length && kernel.reduced.length > 0 ? [...map(vector), 0] : map(vector))),
    epilogue: mapDimensions(epilogue, map),
    stores: kernel.stores.map((store) => ({ ...store, strides: map(store.strides) })),
  };
}
