import { printSchedule } from '../support/schedules.ts';
import type { BinaryFunction, TypedExpr } from './typed.ts';
import { childrenOf, nodesOf } from './childrenOf.ts';

const INFIX: { readonly [F in BinaryFunction]: { readonly symbol: string; readonly level: number } | null } = {
  or: { symbol: ' || ', level: 1 },
  and: { symbol: ' && ', level: 2 },
  eq: { symbol: ' == ', level: 3 },
  ne: { symbol: ' != ', level: 3 },
  lt: { symbol: ' < ', level: 3 },
  le: { symbol: ' <= ', level: 3 },
  gt: { symbol: ' > ', level: 3 },
  ge: { symbol: ' >= ', level: 3 },
  add: { symbol: ' + ', level: 4 },
  subtract: { symbol: ' - ', level: 4 },
  multiply: { symbol: '*', level: 5 },
  divide: { symbol: '/', level: 5 },
  power: { symbol: '^', level: 7 },
  max: null,
  min: null,
};
const UNARY_LEVEL = 6;
const ATOM = 8;

/** A part of a printed expression with the precedence of its outermost operator. */
interface Text {
  readonly text: string;
  readonly level: number;
}

/** Nodes used more than once that are worth a name of their own. */
export interface Naming {
  readonly names: ReadonlyMap<TypedExpr, string>;
  /** In an order in which each uses only earlier ones. */
  readonly order: readonly TypedExpr[];
}

const LEAVES: ReadonlySet<TypedExpr['kind']> = new Set(['constant', 'param', 'schedule', 'input', 'model', 'state']);

/** Names for the nodes that several places share: their `let`'s, else t1, t2, … */
export function nameShared(roots: readonly TypedExpr[]): Naming {
  const order = nodesOf(roots);
  const uses = new Map<TypedExpr, number>();
  for (const node of [...order.flatMap(childrenOf), ...roots]) uses.set(node, (uses.get(node) ?? 0) + 1);
  const names = new Map<TypedExpr, string>();
  const taken = new Set<string>();
  for (const node of order) {
    if (LEAVES.has(node.kind) || (uses.get(node)! < 2 && node.name === undefined)) continue;
    let name = node.name ?? 't1';
    for (let i = 2; taken.has(name); i += 1) name = node.name === undefined ? `t${i}` : `${node.name}_${i}`;
    taken.add(name);
    names.set(node, name);
  }
  return { names, order: order.filter((node) => names.has(node)) };
}

/** The expression in the language's own notation; shared nodes come first, as `let` lines. */
export function printTypedExpr(expr: TypedExpr): string {
  const naming = nameShared([expr]);
  return [...printLets(naming), printWith(expr, naming)].join('\n');
}

export function printLets(naming: Naming): readonly string[] {
  return naming.order.map((node) => `let ${naming.names.get(node)} = ${printNode(node, naming.names).text}`);
}

export const printWith = (expr: TypedExpr, { names }: Naming): string => names.get(expr) ?? printNode(expr, names).text;

function printNode(root: TypedExpr, names: ReadonlyMap<TypedExpr, string>): Text {
  const texts = new Map<TypedExpr, Text>();
  const stop = (node: TypedExpr) => (node !== root && names.has(node) ? [] : childrenOf(node));
  for (const node of nodesOf([root], stop)) {
    const name = node === root ? undefined : names.get(node);
    texts.set(node, name === undefined ? write(node, (child) => texts.get(child)!) : { text: name, level: ATOM });
  }
  return texts.get(root)!;
}

const WEIGHTS = { all: 'variables', kernels: 'kernels' } as const;

const call = (name: string, ...args: readonly string[]): Text => ({ text: `${name}(${args.join(', ')})`, level: ATOM });

function crossEntropyCall({ fn, labels, logits, smoothing }: Extract<TypedExpr, { kind: 'cross_entropy' }>, plain: (child: TypedExpr) => string) {
  return { name: `${fn}_cross_entropy`, args: [plain(labels), plain(logits), ...(smoothing === 0 ? [] : [`label_smoothing: ${smoothing}`])] };
}

function write(node: TypedExpr, of: (child: TypedExpr) => Text): Text {
  const plain = (child: TypedExpr) => of(child).text;
  const within = (child: TypedExpr, level: number) => (of(child).level < level ? `(${plain(child)})` : plain(child));
  switch (node.kind) {
    case 'constant':
      return { text: String(node.value), level: node.value < 0 || Object.is(node.value, -0) ? UNARY_LEVEL : ATOM };
    case 'param':
    case 'input':
    case 'model':
    case 'state':
      return { text: node.name, level: ATOM };
    case 'schedule':
      return { text: printSchedule(node), level: ATOM };
    case 'network':
      return call(node.head === null ? node.network : `${node.network}.${node.head}`, ...node.args.map(plain));
    case 'unary':
      if (node.fn === 'negate') return { text: `-${within(node.operand, UNARY_LEVEL)}`, level: UNARY_LEVEL };
      if (node.fn === 'not') return { text: `!${within(node.operand, UNARY_LEVEL)}`, level: UNARY_LEVEL };
      return call(node.fn, plain(node.operand));
    case 'binary': {
      const infix = INFIX[node.fn];
      if (infix === null) return call(node.fn, plain(node.left), plain(node.right));
      const rightward = node.fn === 'power';
      const left = within(node.left, rightward ? infix.level + 1 : infix.level);
      const right = within(node.right, rightward ? UNARY_LEVEL : infix.level + 1);
      return { text: `${left}${infix.symbol}${right}`, level: infix.level };
    }
    case 'select':
      return { text: `${within(node.condition, 1)} ? ${plain(node.whenTrue)} : ${plain(node.whenFalse)}`, level: 0 };
    case 'clip':
      return call('clip', plain(node.operand), plain(node.low), plain(node.high));
    case 'lerp':
      return call('lerp', plain(node.from), plain(node.to), plain(node.t));
    case 'apply':
      return call(node.fn, ...node.args.map(plain));
    case 'aggregate':
      return call(node.fn, plain(node.operand));
    case 'reduce': {
      const weights = node.weights.kind === 'constant' && node.weights.value === 1 ? [] : [`weights: ${plain(node.weights)}`];
      const { operand } = node;
      // in the language the cross entropies reduce by themselves
      const losses = operand.kind === 'cross_entropy' ? crossEntropyCall(operand, plain) : { name: 'reduce', args: [plain(operand)] };
      return call(losses.name, ...losses.args, ...weights, `reduction: "${node.reduction}"`);
    }
    case 'cross_entropy': {
      const { name, args } = crossEntropyCall(node, plain);
      return call(name, ...args);
    }
    case 'log_prob':
      return call('log_prob', plain(node.distribution), plain(node.value));
    case 'grad':
      return call('grad', plain(node.of), plain(node.by));
    case 'draw':
      return call(node.distribution, plain(node.like));
    case 'hook':
      return node.keepsShape ? call(node.hook, plain(node.operand)) : call('hook', JSON.stringify(node.hook), plain(node.operand));
    case 'weights':
      return call(WEIGHTS[node.which], node.network);
    case 'spectral_norm':
      return call('spectral_norm', plain(node.operand), ...(node.iterations === 1 ? [] : [`iterations: ${node.iterations}`]));
    case 'running_mean':
      return call('running_mean', plain(node.operand));
    case 'ema':
      return call('ema', plain(node.operand), `decay: ${plain(node.decay)}`);
    case 'pooled':
      return call('pool', plain(node.operand), `size: ${node.size}`);
  }
}
