import type { Access, Guard, LoopsKernel, Node, Store } from './types.ts';

/** Numbers by dimension: strides or coefficients. */
type PerDimension = readonly number[];

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Least and greatest value of offset + Σ coefficients·index. */
function rangeOf(offset: number, coefficients: PerDimension, sizes: PerDimension): readonly [number, number] {
  const spans = coefficients.map((coefficient, d) => coefficient * Math.max(0, sizes[d] - 1));
  return [offset + sum(spans.filter((span) => span < 0)), offset + sum(spans.filter((span) => span > 0))];
}

/** What a rule makes of a guard: another one, or what is known of it at all points. */
type Known = Guard | 'holds' | 'fails';

interface GuardRule {
  readonly name: string;
  /** Null where it does not apply. `sizes` are those of the index space, of which none is 0. */
  readonly apply: (guard: Guard, sizes: PerDimension) => Known | null;
}

/** How guards become less, in this order. Each keeps for every point whether the guard holds, and the coordinate where it does. */
export const GUARD_RULES: readonly GuardRule[] = [
  {
    name: 'all positions lie on the grid of the dilation',
    apply: ({ dilation, offset, coefficients, ...guard }) =>
      dilation > 1 && offset % dilation === 0 && coefficients.every((coefficient) => coefficient % dilation === 0)
        ? { ...guard, dilation: 1, offset: offset / dilation, coefficients: coefficients.map((coefficient) => coefficient / dilation) }
        : null,
  },
  {
    name: 'no position lies on the grid of the dilation',
    apply: ({ dilation, offset, coefficients }) => (offset % dilation !== 0 && coefficients.every((coefficient) => coefficient % dilation === 0) ? 'fails' : null),
  },
  {
    name: 'all positions lie outside',
    apply({ offset, coefficients, size, dilation }, sizes) {
      const [least, most] = rangeOf(offset, coefficients, sizes);
      return most < 0 || least >= size * dilation ? 'fails' : null;
    },
  },
  {
    name: 'all positions lie inside',
    apply({ offset, coefficients, size, dilation }, sizes) {
      const [least, most] = rangeOf(offset, coefficients, sizes);
      return dilation === 1 && least >= 0 && most < size ? 'holds' : null;
    },
  },
];

function simplifyGuard(given: Guard, sizes: PerDimension): Known {
  let guard = given;
  for (const { apply } of GUARD_RULES) {
    const known = apply(guard, sizes);
    if (known === 'holds' || known === 'fails') return known;
    guard = known ?? guard;
  }
  return guard;
}

/** An access without the guards that hold everywhere; null where one holds nowhere. */
function simplifyAccess(access: Access, sizes: PerDimension): Access | null {
  let { offset, strides } = access;
  const guards: Guard[] = [];
  for (const original of access.guards) {
    const guard = simplifyGuard(original, sizes);
    if (guard === 'fails') return null;
    if (guard !== 'holds') guards.push(guard);
    else {
      // the first rule may have taken a dilation away
      const { dilation, stride, coefficients, offset: start } = original;
      offset += (stride * start) / dilation;
      strides = strides.map((own, d) => own + (stride * coefficients[d]) / dilation);
    }
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

interface Dimension {
  /** The old dimension in which it ends. */
  readonly last: number;
  readonly size: number;
}

/** How dimensions become fewer. `vectors` is everything that the kernel says about dimensions. */
export const DIMENSION_RULES = {
  'of size 1, dropped': (dim: Dimension): boolean => dim.size === 1,
  'traversed as one with its neighbour': (outer: Dimension, inner: Dimension, vectors: readonly PerDimension[]): boolean =>
    // vectors of the epilogue and of stores end where `space` does
    vectors.every((vector) => inner.last >= vector.length || vector[outer.last] === vector[inner.last] * inner.size),
} as const;

/** The new dimensions. No merge crosses the place `bound`. */
function mergedDimensions(sizes: PerDimension, vectors: readonly PerDimension[], bound: number): readonly Dimension[] {
  const merged: Dimension[] = [];
  sizes.forEach((size, d) => {
    const dim = { last: d, size };
    if (DIMENSION_RULES['of size 1, dropped'](dim)) return;
    const outer = merged[merged.length - 1];
    const joins = outer !== undefined && outer.last >= bound === d >= bound && DIMENSION_RULES['traversed as one with its neighbour'](outer, dim, vectors);
    if (joins) merged[merged.length - 1] = { last: d, size: outer.size * size };
    else merged.push(dim);
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
