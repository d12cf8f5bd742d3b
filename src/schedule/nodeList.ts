import type { DType } from '../ir/types.ts';
import type { Access, Node } from './types.ts';

type ApplyNode = Extract<Node, { readonly kind: 'apply' }>;

/** Collects the nodes of a kernel; equal ones are one. */
export interface NodeList {
  readonly nodes: readonly Node[];
  readonly add: (node: Node) => number;
  readonly load: (dtype: DType, access: Access) => number;
  readonly constant: (dtype: DType, value: number) => number;
  /** The place that `make` gave for this key before, or gives now. */
  readonly once: (key: string, make: () => number) => number;
  readonly apply: (op: ApplyNode['op'], dtype: DType, attributes: ApplyNode['attributes'], args: readonly number[]) => number;
}

export function createNodeList(): NodeList {
  const nodes: Node[] = [];
  const places = new Map<string, number>();
  const made = new Map<string, number>();
  const add = (node: Node): number => {
    const key = keyOf(node);
    const known = places.get(key);
    if (known !== undefined) return known;
    nodes.push(node);
    places.set(key, nodes.length - 1);
    return nodes.length - 1;
  };
  return {
    nodes,
    add,
    load: (dtype, access) => add({ kind: 'load', dtype, access }),
    once(key, make) {
      const known = made.get(key);
      if (known !== undefined) return known;
      const place = make();
      made.set(key, place);
      return place;
    },
    constant: (dtype, value) => add({ kind: 'constant', dtype, value }),
    // op and attributes belong together where they come from one equation
    apply: (op, dtype, attributes, args) => add({ kind: 'apply', dtype, op, attributes, args } as ApplyNode),
  };
}

/** JSON has no NaN, infinities or −0. */
function keyOf(node: Node): string {
  return JSON.stringify(node, (_, value: unknown) => (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? (Object.is(value, -0) ? '-0' : String(value)) : value));
}

/** The buffers that nodes read. */
export function loadsOf(nodes: readonly Node[]): readonly Access[] {
  return nodes.flatMap((node) => (node.kind === 'load' ? [node.access] : []));
}

/** The nodes again, without those that no root needs, each passed through `change`; and where the roots are now. */
export function rebuildNodes(list: NodeList, nodes: readonly Node[], roots: readonly number[], change: (node: Node) => Node | number): readonly number[] {
  const needed = new Set(roots);
  for (let i = nodes.length - 1; i >= 0; i--) if (needed.has(i)) for (const place of argumentsOf(nodes[i])) needed.add(place);
  const moved = new Map<number, number>();
  const place = (old: number): number => moved.get(old) as number;
  nodes.forEach((node, i) => {
    if (!needed.has(i)) return;
    const renamed = renameArguments(node, place);
    const changed = change(renamed);
    moved.set(i, typeof changed === 'number' ? changed : list.add(changed));
  });
  return roots.map(place);
}

function argumentsOf(node: Node): readonly number[] {
  if (node.kind === 'apply') return node.args;
  return node.kind === 'load' ? node.access.indirections.map((indirection) => indirection.node) : [];
}

function renameArguments(node: Node, place: (old: number) => number): Node {
  if (node.kind === 'apply') return { ...node, args: node.args.map(place) };
  if (node.kind !== 'load' || node.access.indirections.length === 0) return node;
  return { ...node, access: { ...node.access, indirections: node.access.indirections.map((indirection) => ({ ...indirection, node: place(indirection.node) })) } };
}
