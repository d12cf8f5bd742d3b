import type { Span } from '../../support/source.ts';
import type { BinaryFunction, ExprType, ModelName, StateExpr, TypedExpr, UnaryFunction } from '../typed.ts';
import { nodesOf } from '../childrenOf.ts';

/** The leaves of one term instance (or of the root file's own level): one node a name, so that identity is value identity. */
export interface Nodes {
  model(name: ModelName, span: Span): TypedExpr;
  param(name: string, span: Span): TypedExpr;
  input(name: string, span: Span): TypedExpr;
  state(name: string, initial: number, span: Span): StateExpr;
  /** The number of the next random draw, from 0. */
  nextDraw(): number;
  /** A key for the next piece of state: `ema0`. */
  nextKey(prefix: string): string;
}

const MODEL_TYPES: { readonly [N in ModelName]: ExprType } = {
  real: 'tensor',
  fake: 'tensor',
  z: 'any',
  labels: 'tensor',
  codes: 'list',
  x: 'tensor',
  y: 'tensor',
  label: 'tensor',
  target: 'tensor',
  reconstructed: 'tensor',
};

/** @param shared expressions handed in from outside, whose leaves are this table's leaves too */
export function createNodes(shared: readonly TypedExpr[] = []): Nodes {
  const leaves = new Map<string, TypedExpr>();
  for (const node of nodesOf(shared)) {
    if (node.kind === 'model' || node.kind === 'param' || node.kind === 'input') leaves.set(`${node.kind} ${node.name}`, node);
  }
  const states = new Map<string, StateExpr>();
  const once = (key: string, make: () => TypedExpr): TypedExpr => {
    const known = leaves.get(key);
    if (known !== undefined) return known;
    const node = make();
    leaves.set(key, node);
    return node;
  };
  let draws = 0;
  let keys = 0;
  return {
    model: (name, span) => once(`model ${name}`, () => ({ kind: 'model', name, type: MODEL_TYPES[name], span })),
    param: (name, span) => once(`param ${name}`, () => ({ kind: 'param', name, type: 'scalar', span })),
    input: (name, span) => once(`input ${name}`, () => ({ kind: 'input', name, type: 'tensor', span })),
    state(name, initial, span) {
      const node = states.get(name) ?? { kind: 'state', name, initial, type: 'scalar', span };
      states.set(name, node);
      return node;
    },
    nextDraw: () => draws++,
    nextKey: (prefix) => `${prefix}${keys++}`,
  };
}

export const constant = (value: number, span: Span): TypedExpr => ({ kind: 'constant', value, type: 'scalar', span });

/** The type of an elementwise combination of numeric operands. */
export function elementwiseType(...types: readonly ExprType[]): ExprType {
  if (types.includes('list')) return 'list';
  if (types.includes('tensor')) return 'tensor';
  return types.includes('any') ? 'any' : 'scalar';
}

export function unary(fn: UnaryFunction, operand: TypedExpr, span: Span): TypedExpr {
  const type = fn === 'not' ? 'boolean' : operand.type;
  return { kind: 'unary', fn, operand, type, span };
}

const TRUTH: ReadonlySet<BinaryFunction> = new Set(['and', 'or', 'eq', 'ne', 'lt', 'le', 'gt', 'ge']);

export function binary(fn: BinaryFunction, left: TypedExpr, right: TypedExpr, span: Span): TypedExpr {
  const type = TRUTH.has(fn) ? 'boolean' : elementwiseType(left.type, right.type);
  return { kind: 'binary', fn, left, right, type, span };
}

export function select(condition: TypedExpr, whenTrue: TypedExpr, whenFalse: TypedExpr, span: Span): TypedExpr {
  const chosen = elementwiseType(whenTrue.type, whenFalse.type);
  const type = chosen === 'scalar' && !hasRankZero(condition) ? 'tensor' : chosen;
  return { kind: 'select', condition, whenTrue, whenFalse, type, span };
}

/** Whether a condition is one truth value rather than one for each element. */
export function hasRankZero(condition: TypedExpr): boolean {
  return nodesOf([condition], (expr) => (expr.type === 'boolean' && (expr.kind === 'unary' || expr.kind === 'binary') ? operandsOf(expr) : []))
    .every((expr) => expr.type === 'boolean' || expr.type === 'scalar');
}

const operandsOf = (expr: Extract<TypedExpr, { kind: 'unary' | 'binary' }>): readonly TypedExpr[] =>
  expr.kind === 'unary' ? [expr.operand] : [expr.left, expr.right];
