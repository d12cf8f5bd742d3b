import type { BinaryFunction, ReduceFunction, Reduction, TypedExpr, UnaryFunction } from '../dsl/typed.ts';
import { childrenOf, nodesOf } from '../dsl/childrenOf.ts';
import type { Notation } from './notation.ts';

/** Binding strength of a formula's outermost operator; a weaker one inside a stronger needs brackets. */
const LEVEL = { sum: 1, product: 2, power: 3, atom: 4 } as const;
type Level = (typeof LEVEL)[keyof typeof LEVEL];


interface Written {
  readonly text: string;
  readonly level: Level;
}

export interface FormulaWriter {
  readonly write: (expr: TypedExpr) => string;
  /** `x = …` for each value that was referred to by name, in the order of first mention. */
  readonly definitions: () => readonly string[];
}

const GREEK = ['α', 'β', 'γ', 'δ', 'ε', 'ζ', 'η', 'θ'];

/** Writes `roots` as formulas; every draw, and what the text binds by `let` and uses twice, is written by name and defined once. */
export function createFormulaWriter(notation: Notation, roots: readonly TypedExpr[]): FormulaWriter {
  const shared = sharedNodes(roots);
  const names = new Map<TypedExpr, string>();
  const definitions: { text: string }[] = [];
  let draws = 0;

  const define = (expr: TypedExpr): string => {
    const known = names.get(expr);
    if (known !== undefined) return known;
    const wanted = expr.kind === 'draw' ? (GREEK[draws++] ?? `α${draws}`) : (expr.name ?? 't');
    const taken = new Set(names.values());
    let unique = wanted;
    for (let count = 2; taken.has(notation.name(unique)); count += 1) unique = `${wanted}${count}`;
    const name = notation.name(unique);
    names.set(expr, name);
    const slot = { text: '' };
    definitions.push(slot);
    slot.text = expr.kind === 'draw' ? `${name}${notation.distributed}${notation.draw[expr.distribution]}` : `${name} = ${body(expr).text}`;
    return name;
  };

  const atom = (text: string): Written => ({ text, level: LEVEL.atom });
  const write = (expr: TypedExpr): Written => (expr.kind === 'draw' || (expr.name !== undefined && shared.has(expr)) ? atom(define(expr)) : body(expr));
  const plain = (expr: TypedExpr) => write(expr).text;
  const within = (expr: TypedExpr, level: Level) => {
    const written = write(expr);
    return written.level < level ? notation.group(written.text) : written.text;
  };
  const call = (fn: string, ...args: readonly TypedExpr[]) => atom(notation.call(fn, args.map(plain)));

  const sum = (left: string, operator: string, right: string): Written => ({ text: `${left} ${operator} ${right}`, level: LEVEL.sum });

  const binary: { readonly [F in BinaryFunction]: (left: TypedExpr, right: TypedExpr) => Written } = {
    add: (left, right) => sum(plain(left), '+', plain(right)),
    subtract: (left, right) => sum(plain(left), notation.minus, within(right, LEVEL.product)),
    multiply: (left, right) => ({ text: `${within(left, LEVEL.product)}${notation.times}${within(right, LEVEL.power)}`, level: LEVEL.product }),
    divide: (left, right) => (isConstant(right, 1) ? write(left) : { text: `${within(left, LEVEL.product)}${notation.over}${within(right, LEVEL.power)}`, level: LEVEL.product }),
    power: (left, right) => power(left, plain(right)),
    max: (left, right) => call('max', left, right),
    min: (left, right) => call('min', left, right),
    and: (left, right) => call('and', left, right),
    or: (left, right) => call('or', left, right),
    eq: (left, right) => sum(plain(left), notation.compare.eq, plain(right)),
    ne: (left, right) => sum(plain(left), notation.compare.ne, plain(right)),
    lt: (left, right) => sum(plain(left), notation.compare.lt, plain(right)),
    le: (left, right) => sum(plain(left), notation.compare.le, plain(right)),
    gt: (left, right) => sum(plain(left), notation.compare.gt, plain(right)),
    ge: (left, right) => sum(plain(left), notation.compare.ge, plain(right)),
  };
  const power = (base: TypedExpr, exponent: string): Written => ({ text: notation.power(within(base, LEVEL.atom), exponent), level: LEVEL.power });
  const functionCall = (fn: string) => (operand: TypedExpr) => call(fn, operand);
  const unary: { readonly [F in UnaryFunction]: (operand: TypedExpr) => Written } = {
    negate: (operand) => ({ text: `${notation.minus}${within(operand, LEVEL.product)}`, level: LEVEL.sum }),
    square: (operand) => power(operand, '2'),
    sqrt: (operand) => atom(notation.sqrt(plain(operand))),
    abs: functionCall('abs'),
    exp: functionCall('exp'),
    log: functionCall('log'),
    log1p: functionCall('log1p'),
    tanh: functionCall('tanh'),
    sigmoid: functionCall('sigmoid'),
    relu: functionCall('relu'),
    softplus: functionCall('softplus'),
    sign: functionCall('sign'),
    not: functionCall('not'),
    list: functionCall('list'),
    ones_like: () => atom(notation.number(1)),
    zeros_like: () => atom(notation.number(0)),
    stop_gradient: functionCall('stop_gradient'),
  };
  const aggregate: { readonly [F in ReduceFunction]: (operand: TypedExpr) => Written } = {
    mean: (operand) => atom(notation.expectation(plain(operand), null)),
    sum: (operand) => atom(notation.sum(plain(operand))),
    sum_per_sample: (operand) => {
      const base = squareBase(operand);
      return base === null ? call('sum_per_sample', operand) : { text: notation.squaredNorm(plain(base)), level: LEVEL.power };
    },
    reduce_max: functionCall('max'),
    max_per_sample: functionCall('max_per_sample'),
    mean_per_sample: functionCall('mean_per_sample'),
    sum_over_samples: functionCall('sum_over_samples'),
    mean_over_samples: functionCall('mean_over_samples'),
    pixels: functionCall('pixels'),
    mean_of_each: functionCall('mean_of_each'),
    sum_of_each: functionCall('sum_of_each'),
  };
  const reductions: { readonly [R in Reduction]: (operand: string, weights: string | null) => string } = {
    none: (operand, weights) => (weights === null ? operand : notation.group(`${weights}${notation.times}${operand}`)),
    sum: (operand, weights) => notation.sum(weights === null ? operand : `${weights}${notation.times}${operand}`),
    mean: notation.expectation,
    sum_over_batch_size: notation.expectation,
    sum_over_nonzero_weights: notation.expectation,
    sum_by_nonzero_weights: notation.expectation,
  };

  const body = (expr: TypedExpr): Written => {
    switch (expr.kind) {
      case 'constant':
        return { text: notation.number(expr.value), level: expr.value < 0 ? LEVEL.sum : LEVEL.atom };
      case 'param':
      case 'input':
      case 'model':
      case 'state':
        return atom(notation.name(expr.name));
      case 'schedule':
        return atom(notation.call(expr.fn, expr.args.map(notation.number)));
      case 'network':
        return atom(notation.call(expr.head === null ? expr.network : `${expr.network}.${expr.head}`, expr.args.map(plain)));
      case 'unary':
        return unary[expr.fn](expr.operand);
      case 'binary':
        return binary[expr.fn](expr.left, expr.right);
      case 'select':
        return call('where', expr.condition, expr.whenTrue, expr.whenFalse);
      case 'clip':
        return call('clip', expr.operand, expr.low, expr.high);
      case 'lerp': {
        const from = within(expr.from, LEVEL.product);
        return sum(from, '+', `${within(expr.t, LEVEL.power)}${notation.group(`${plain(expr.to)} ${notation.minus} ${from}`)}`);
      }
      case 'apply':
        return call(expr.fn, ...expr.args);
      case 'aggregate':
        return aggregate[expr.fn](expr.operand);
      case 'reduce': {
        const weights = isConstant(expr.weights, 1) ? null : plain(expr.weights);
        return atom(reductions[expr.reduction](plain(expr.operand), weights));
      }
      case 'cross_entropy': {
        const smoothing = expr.smoothing === 0 ? [] : [`smoothing ${notation.number(expr.smoothing)}`];
        return atom(notation.call(expr.fn === 'sigmoid' ? 'sigmoid_ce' : 'softmax_ce', [plain(expr.labels), plain(expr.logits), ...smoothing]));
      }
      case 'log_prob':
        return call('log_prob', expr.distribution, expr.value);
      case 'grad': {
        const simple = expr.of.kind === 'network' && expr.of.args[0] === expr.by;
        return { text: notation.gradient(plain(expr.of), plain(expr.by), simple), level: LEVEL.product };
      }
      case 'draw':
        return atom(define(expr));
      case 'hook':
        return atom(notation.call(expr.hook, [plain(expr.operand)]));
      case 'weights':
        return atom(notation.call(expr.which === 'all' ? 'variables' : 'kernels', [notation.name(expr.network)]));
      case 'spectral_norm':
        return call('spectral_norm', expr.operand);
      case 'running_mean':
        return call('running_mean', expr.operand);
      case 'ema':
        return call('ema', expr.operand, expr.decay);
      case 'pooled':
        return call('pool', expr.operand);
      default:
        return expr satisfies never;
    }
  };

  return { write: plain, definitions: () => definitions.map(({ text }) => text) };
}

/** Nodes that several places use and that are longer than a name. */
function sharedNodes(roots: readonly TypedExpr[]): ReadonlySet<TypedExpr> {
  const short: ReadonlySet<TypedExpr['kind']> = new Set(['constant', 'param', 'schedule', 'input', 'model', 'state', 'network']);
  const uses = new Map<TypedExpr, number>();
  for (const node of nodesOf(roots)) for (const child of childrenOf(node)) uses.set(child, (uses.get(child) ?? 0) + 1);
  return new Set([...uses].filter(([node, count]) => count > 1 && !short.has(node.kind)).map(([node]) => node));
}

function isConstant(expr: TypedExpr, value: number): boolean {
  return expr.kind === 'constant' && expr.value === value;
}

/** What is squared, or null. */
function squareBase(expr: TypedExpr): TypedExpr | null {
  if (expr.kind === 'unary' && expr.fn === 'square') return expr.operand;
  if (expr.kind === 'binary' && expr.fn === 'power' && isConstant(expr.right, 2)) return expr.left;
  return null;
}
