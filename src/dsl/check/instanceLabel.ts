import type { ExprKeys } from './exprKey.ts';
import type { LinearObjective } from './linear.ts';
import { printTypedExpr } from '../printTypedExpr.ts';
import type { Value } from './values.ts';

/** A text that equal values share, and unequal ones do not. */
export function valueKey(value: Value, keys: ExprKeys): string {
  switch (value.kind) {
    case 'number':
      return String(value.value);
    case 'boolean':
      return String(value.value);
    case 'string':
      return JSON.stringify(value.value);
    case 'none':
      return 'none';
    case 'tensor':
      return keys.keyOf(value.expr);
    case 'network':
      return `network ${value.network}.${value.head?.name ?? ''}`;
    case 'objective':
      return objectiveKey(value.objective, keys);
    case 'error':
      return '?';
  }
}

function objectiveKey(objective: LinearObjective, keys: ExprKeys): string {
  const parts = [...objective].map(([key, { weight }]) => {
    const sum = [...weight].map(([monomial, { coefficient, factors }]) => `${coefficient}*${monomial}/${factors.map((factor) => keys.keyOf(factor)).join('*')}`);
    return `${key}=${sum.sort().join('+')}`;
  });
  return `{${parts.sort().join('; ')}}`;
}

/** `gp(target: 2)`: the term and the arguments that differ from their defaults; made unique where that is not enough. */
export function instanceLabel(name: string, shown: readonly { readonly name: string; readonly value: Value }[], taken: ReadonlySet<string>): string {
  const args = shown.map((arg) => `${arg.name}: ${showValue(arg.value)}`).join(', ');
  const label = args === '' ? name : `${name}(${args})`;
  let unique = label;
  for (let i = 2; taken.has(unique); i += 1) unique = `${label}#${i}`;
  return unique;
}

const MAX_SHOWN = 40;

function showValue(value: Value): string {
  switch (value.kind) {
    case 'number':
    case 'boolean':
      return String(value.value);
    case 'string':
      return JSON.stringify(value.value);
    case 'none':
      return 'none';
    case 'tensor': {
      const text = printTypedExpr(value.expr);
      return text.length > MAX_SHOWN || text.includes('\n') ? '…' : text;
    }
    case 'network':
      return value.head === null ? value.network : `${value.network}.${value.head.name}`;
    case 'objective':
      return [...new Set([...value.objective.values()].map((part) => part.instance.label))].join(' + ');
    case 'error':
      return '?';
  }
}
