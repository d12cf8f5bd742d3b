import type { Expr } from '../ast.ts';
import { nounOf, type Definition, type LetDefinition, type Module, type TermDefinition } from './module.ts';
import { namesIn } from './subexpressions.ts';
import type { Reporter } from './reporter.ts';

type Node = LetDefinition | TermDefinition;

/** Finds terms and lets that are defined through themselves, and reports each circle once, at its first member. */
export function findCycles(root: Module, reporter: Reporter): ReadonlySet<Definition> {
  const cyclic = new Set<Definition>();
  for (const circle of strongComponents(nodesOf(root))) {
    const ordered = [...circle].sort((a, b) => a.item.name.span.start - b.item.name.span.start);
    const first = ordered.find(({ module }) => module === root) ?? ordered[0]!;
    const path = pathAround(first, circle);
    for (const node of circle) cyclic.add(node);
    const { name } = first.item;
    reporter.report(
      {
        code: 'GL2008',
        span: name.span,
        message: `the ${nounOf(first)} '${name.name}' is defined through itself: ${arrows([...path, first].map((node) => node.item.name.name))}`,
        label: 'leads back here',
        labels: path.slice(1, MAX_LABELS).map((node) => ({ span: node.item.name.span, message: 'by way of this' })),
      },
      first.module.site,
    );
  }
  return cyclic;
}

/** Long circles are shown by their beginning. */
const MAX_LABELS = 8;

function arrows(names: readonly string[]): string {
  const shown = names.length > MAX_LABELS + 1 ? [...names.slice(0, MAX_LABELS - 1), '…', names.at(-1)] : names;
  return shown.join(' → ');
}

const isNode = (definition: Definition | undefined): definition is Node => definition?.kind === 'let' || definition?.kind === 'term';

const nodesOf = (module: Module): readonly Node[] => [...module.definitions.values()].filter(isNode);

/** The definitions that a definition mentions. */
function mentioned({ item, module }: Node): readonly Node[] {
  const own = new Set(item.kind === 'term' ? item.formals.map((formal) => formal.name.name) : []);
  const exprs: Expr[] = [];
  if (item.kind === 'let') exprs.push(item.value);
  else {
    for (const formal of item.formals) if (formal.default !== null) exprs.push(formal.default);
    if (item.body.kind === 'terms') exprs.push(item.body.value);
    else {
      for (const member of item.body.members) {
        if (member.kind === 'let' || member.kind === 'state') own.add(member.name.name);
        exprs.push(member.value);
      }
    }
  }
  const found = new Set<Node>();
  for (const name of namesIn(exprs)) {
    const definition = own.has(name) ? undefined : module.definitions.get(name);
    if (isNode(definition)) found.add(definition);
  }
  return [...found];
}

/** Tarjan's algorithm with a stack of its own; only components that hold a circle. */
function strongComponents(roots: readonly Node[]): readonly ReadonlySet<Node>[] {
  const index = new Map<Node, number>();
  const low = new Map<Node, number>();
  const open: Node[] = [];
  const isOpen = new Set<Node>();
  const found: ReadonlySet<Node>[] = [];
  for (const root of roots) {
    if (index.has(root)) continue;
    const work: { readonly node: Node; readonly next: readonly Node[]; at: number }[] = [];
    const visit = (node: Node) => {
      index.set(node, index.size);
      low.set(node, index.get(node)!);
      open.push(node);
      isOpen.add(node);
      work.push({ node, next: mentioned(node), at: 0 });
    };
    visit(root);
    while (work.length > 0) {
      const frame = work.at(-1)!;
      const next = frame.next[frame.at];
      if (next !== undefined) {
        frame.at += 1;
        if (!index.has(next)) visit(next);
        else if (isOpen.has(next)) low.set(frame.node, Math.min(low.get(frame.node)!, index.get(next)!));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(frame.node)!));
      if (low.get(frame.node) !== index.get(frame.node)) continue;
      const component = new Set(open.splice(open.indexOf(frame.node)));
      for (const node of component) isOpen.delete(node);
      if (component.size > 1 || frame.next.includes(frame.node)) found.push(component);
    }
  }
  return found;
}

/** A shortest way from a member of a circle back to it. */
function pathAround(first: Node, circle: ReadonlySet<Node>): readonly Node[] {
  const cameFrom = new Map<Node, Node>();
  const queue: Node[] = [first];
  for (const node of queue) {
    for (const next of mentioned(node)) {
      if (next === first) {
        const path = [node];
        for (let back = cameFrom.get(node); back !== undefined; back = cameFrom.get(back)) path.unshift(back);
        return path;
      }
      if (!circle.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [first];
}
