import type { Access, Guard, LoopsKernel, Node, Store } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';

/** A node of a kernel in the list of all: those of the loops first, then those of the epilogue, arguments renumbered. */
export interface GraphNode {
  readonly node: Node;
  readonly epilogue: boolean;
  /** Dimensions that its value depends on. */
  readonly dimensions: ReadonlySet<number>;
  /** How often its value is taken, stores and reductions included; 0: it is dead. */
  readonly uses: number;
}

export interface NodeGraph {
  /** Sizes of space, then of reduced. */
  readonly sizes: readonly number[];
  readonly spaceRank: number;
  readonly nodes: readonly GraphNode[];
  /** Places in `nodes`. */
  readonly reductions: readonly number[];
  readonly stores: readonly Store[];
}

/** Arguments of a node: operands, and the nodes that decide where it loads from. */
export function argumentsOf(node: Node): readonly number[] {
  if (node.kind === 'apply') return node.args;
  return node.kind === 'load' ? node.access.indirections.map((indirection) => indirection.node) : [];
}

function nonZero(coefficients: readonly number[]): number[] {
  return coefficients.flatMap((coefficient, d) => (coefficient === 0 ? [] : [d]));
}

function ownDimensions(node: Node, spaceRank: number): readonly number[] {
  switch (node.kind) {
    case 'load':
      return [...nonZero(node.access.strides), ...node.access.guards.flatMap((guard) => nonZero(guard.coefficients))];
    case 'index':
      return nonZero(node.coefficients);
    case 'accumulator':
      return Array.from({ length: spaceRank }, (_, d) => d);
    case 'constant':
    case 'apply':
      return [];
    default:
      return node satisfies never;
  }
}

/** An epilogue's node in the list of all: arguments come `by` places later, and the reduced dimensions have coefficient 0. */
function moved(node: Node, by: number, rank: number): Node {
  const padded = (coefficients: readonly number[]): readonly number[] => Array.from({ length: rank }, (_, d) => coefficients[d] ?? 0);
  switch (node.kind) {
    case 'apply':
      return { ...node, args: node.args.map((arg) => arg + by) } as Node;
    case 'load': {
      const guards: Guard[] = node.access.guards.map((guard) => ({ ...guard, coefficients: padded(guard.coefficients) }));
      const access: Access = {
        ...node.access, strides: padded(node.access.strides), guards,
        indirections: node.access.indirections.map((indirection) => ({ ...indirection, node: indirection.node + by })),
      };
      return { ...node, access };
    }
    case 'index':
      return { ...node, coefficients: padded(node.coefficients) };
    case 'constant':
    case 'accumulator':
      return node;
    default:
      return node satisfies never;
  }
}

export function nodeGraph(kernel: LoopsKernel): NodeGraph {
  const sizes = [...kernel.space, ...kernel.reduced];
  const spaceRank = kernel.space.length;
  const base = kernel.nodes.length;
  const reduces = kernel.reductions.length > 0;
  const list = [...kernel.nodes, ...kernel.epilogue.map((node) => moved(node, base, sizes.length))];
  const stores = kernel.stores.map((store) => ({ ...store, node: store.node + (reduces ? base : 0) }));
  const reductions = kernel.reductions.map(({ node }) => node);

  const uses = list.map(() => 0);
  for (const root of [...reductions, ...stores.map((store) => store.node)]) uses[root]++;
  for (let i = list.length - 1; i >= 0; i--) if (uses[i] > 0) for (const arg of argumentsOf(list[i])) uses[arg]++;

  const nodes: GraphNode[] = [];
  list.forEach((node, i) => {
    const args = argumentsOf(node);
    invariant(args.every((arg) => arg < i), `node ${i} comes before its argument`);
    const dimensions = new Set([...ownDimensions(node, spaceRank), ...args.flatMap((arg) => [...nodes[arg].dimensions])]);
    nodes.push({ node, epilogue: i >= base, dimensions, uses: uses[i] });
  });
  return { sizes, spaceRank, nodes, reductions, stores };
}
