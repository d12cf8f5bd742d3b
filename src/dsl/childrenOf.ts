import type { TypedExpr } from './typed.ts';

type Children = { readonly [K in TypedExpr['kind']]: (expr: Extract<TypedExpr, { kind: K }>) => readonly TypedExpr[] };

const CHILDREN: Children = {
  constant: () => [],
  param: () => [],
  schedule: () => [],
  input: () => [],
  model: () => [],
  state: () => [],
  network: ({ args }) => args,
  unary: ({ operand }) => [operand],
  binary: ({ left, right }) => [left, right],
  select: ({ condition, whenTrue, whenFalse }) => [condition, whenTrue, whenFalse],
  clip: ({ operand, low, high }) => [operand, low, high],
  lerp: ({ from, to, t }) => [from, to, t],
  aggregate: ({ operand }) => [operand],
  apply: ({ args }) => args,
  reduce: ({ operand, weights }) => [operand, weights],
  cross_entropy: ({ labels, logits }) => [labels, logits],
  log_prob: ({ distribution, value }) => [distribution, value],
  grad: ({ of, by }) => [of, by],
  draw: ({ like }) => [like],
  hook: ({ operand }) => [operand],
  weights: () => [],
  spectral_norm: ({ operand }) => [operand],
  running_mean: ({ operand }) => [operand],
  ema: ({ operand, decay }) => [operand, decay],
  pooled: ({ operand }) => [operand],
};

/** The expressions that an expression is made of, in the order of the text. */
export function childrenOf(expr: TypedExpr): readonly TypedExpr[] {
  // the table has a row for each kind, taking just that kind
  return (CHILDREN[expr.kind] as (node: TypedExpr) => readonly TypedExpr[])(expr);
}

/** Every node of the expressions once, operands before what is made of them, without recursion. */
export function nodesOf(roots: Iterable<TypedExpr>, into: (expr: TypedExpr) => readonly TypedExpr[] = childrenOf): readonly TypedExpr[] {
  const seen = new Set<TypedExpr>();
  const order: TypedExpr[] = [];
  const stack: { readonly expr: TypedExpr; readonly done: boolean }[] = [...roots].reverse().map((expr) => ({ expr, done: false }));
  while (stack.length > 0) {
    const { expr, done } = stack.pop()!;
    if (done) {
      order.push(expr);
      continue;
    }
    if (seen.has(expr)) continue;
    seen.add(expr);
    stack.push({ expr, done: true });
    for (const child of [...into(expr)].reverse()) stack.push({ expr: child, done: false });
  }
  return order;
}
