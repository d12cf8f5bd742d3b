import type { Player } from '../../dsl/ast.ts';
import { childrenOf, nodesOf } from '../../dsl/childrenOf.ts';
import type { NetworkName, TypedExpr, TypedObjective } from '../../dsl/typed.ts';

const NAMES: { readonly [N in NetworkName]: string } = {
  D: 'the discriminator',
  G: 'the generator',
  F: 'the generator from y to x',
  Dx: 'the discriminator of x',
  Dy: 'the discriminator of y',
};

const ORDINALS = ['', 'first', 'second', 'third'] as const;

/**
 * Which networks training differentiates more than once: a gradient in a loss is differentiated again by the weights.
 * Such a network may hold only layers whose gradients have gradients.
 */
export function derivativeNeeds(objective: TypedObjective): readonly string[] {
  const orders = new Map<NetworkName, number>();
  for (const player of ['discriminator', 'generator'] as const satisfies readonly Player[]) {
    const clauses = objective.summands.filter((summand) => summand.player === player).flatMap(({ instance }) => instance.clauses[player] ?? []);
    for (const [network, order] of ordersOf(clauses)) orders.set(network, Math.max(order, orders.get(network) ?? 0));
  }
  return [...orders].map(([network, order]) => `${ORDINALS[order] ?? `${order}th`} derivatives of ${NAMES[network]}`);
}

/** For networks under a `grad`, how often they are differentiated in all: once for each `grad` around, and once by the weights. */
function ordersOf(roots: readonly TypedExpr[]): ReadonlyMap<NetworkName, number> {
  const depths = new Map<TypedExpr, number>(roots.map((root) => [root, 0]));
  const orders = new Map<NetworkName, number>();
  // what uses a node comes before it, so that its depth is known when its own operands get theirs
  for (const node of [...nodesOf(roots)].reverse()) {
    const depth = depths.get(node) ?? 0;
    if (node.kind === 'network' && depth > 0) orders.set(node.network, Math.max(depth + 1, orders.get(node.network) ?? 0));
    for (const child of childrenOf(node)) {
      const inside = node.kind === 'grad' && child === node.of ? depth + 1 : depth;
      depths.set(child, Math.max(inside, depths.get(child) ?? 0));
    }
  }
  return orders;
}
