import { printSchedule } from '../../support/schedules.ts';
import type { TypedExpr } from '../typed.ts';
import { childrenOf, nodesOf } from '../childrenOf.ts';

/** Gives structurally equal expressions the same short key. Draws and state are equal only to themselves, by their number. */
export interface ExprKeys {
  keyOf(expr: TypedExpr): string;
}

export function createExprKeys(): ExprKeys {
  const numbers = new Map<string, number>();
  const known = new WeakMap<TypedExpr, string>();

  function keyOf(expr: TypedExpr): string {
    const ready = known.get(expr);
    if (ready !== undefined) return ready;
    // operands come first in nodesOf, so that each node is one table look-up whatever the sharing
    for (const node of nodesOf([expr], (next) => (known.has(next) ? [] : childrenOf(next)))) {
      if (!known.has(node)) known.set(node, intern(node));
    }
    return known.get(expr)!;
  }

  function intern(node: TypedExpr): string {
    if (node.kind === 'constant') return String(node.value);
    if (node.kind === 'schedule') return printSchedule(node);
    if (node.kind === 'param' || node.kind === 'input' || node.kind === 'model' || node.kind === 'state') return `${node.kind}:${node.name}`;
    const shape = `${node.kind}|${attributesOf(node)}|${childrenOf(node).map((child) => known.get(child)).join(',')}`;
    const number = numbers.get(shape) ?? numbers.size;
    numbers.set(shape, number);
    return `#${number}`;
  }

  return { keyOf };
}

type Inner = Exclude<TypedExpr, { kind: 'constant' | 'param' | 'schedule' | 'input' | 'model' | 'state' }>;

function attributesOf(node: Inner): string {
  switch (node.kind) {
    case 'unary':
    case 'binary':
    case 'aggregate':
    case 'apply':
      return node.fn;
    case 'network':
      return `${node.network}.${node.head ?? ''}`;
    case 'reduce':
      return node.reduction;
    case 'cross_entropy':
      return `${node.fn} ${node.smoothing}`;
    case 'draw':
      return `${node.distribution} ${node.draw}`;
    case 'hook':
      return `${node.hook} ${node.keepsShape} ${node.draw}`;
    case 'weights':
      return `${node.network} ${node.which}`;
    case 'spectral_norm':
      return `${node.key} ${node.iterations}`;
    case 'running_mean':
    case 'ema':
      return node.key;
    case 'pooled':
      return `${node.key} ${node.size}`;
    case 'select':
    case 'clip':
    case 'lerp':
    case 'log_prob':
    case 'grad':
      return '';
  }
}
