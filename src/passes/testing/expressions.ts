import { createBuilder, type Builder } from '../../ir/builder.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { tensorType } from '../../ir/types.ts';
import { ALL_CODES, CODE_VALUES } from './eightBits.ts';
import { eliminateDeadCode } from '../eliminateDeadCode.ts';
import type { Domain } from './domains.ts';

/**
 * Elementwise expressions of up to three ops in x, y and constants: every one of which a rule may be about. Rules are tried on all of
 * them; those that they change are evaluated at all values.
 */
export interface Expressions {
  readonly domain: Domain;
  readonly graph: Graph;
}

export const UNARY = ['negate', 'abs', 'sign', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'floor', 'softplus', 'stop_gradient'] as const;
export const BINARY = ['add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum', 'divide_no_nan', 'sigmoid_cross_entropy'] as const;
const INTEGER_UNARY = ['negate', 'abs', 'sign', 'stop_gradient'] as const;
const INTEGER_BINARY = ['add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum'] as const;
export const DIRECTIONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'] as const;

type Unary = (typeof UNARY)[number] | 'not';
type Binary = (typeof BINARY)[number] | 'and' | 'or';

const FLOATS = [0, -0, 1, -1, 2, 0.5, -2, 3, 240, 2 ** -9, Infinity, -Infinity, NaN];
const INTEGERS = [0, 1, -1, 2, -3];

interface Ops {
  readonly unary: readonly Unary[];
  readonly binary: readonly Binary[];
  readonly constants: readonly number[];
  /** Constants that stand beside x alone. */
  readonly more: readonly number[];
}

const OPS: { readonly [D in Domain['dtype']]: Ops } = {
  f32: { unary: UNARY, binary: BINARY, constants: FLOATS, more: ALL_CODES.map((code) => CODE_VALUES[code]) },
  i32: { unary: INTEGER_UNARY, binary: INTEGER_BINARY, constants: INTEGERS, more: [] },
  i1: { unary: ['not', 'stop_gradient'], binary: ['and', 'or'], constants: [0, 1], more: [] },
};

/** Ops whose results a rule may know the sign of: they are nested deeper than others. */
const SIGNED: readonly Unary[] = ['abs', 'exponential', 'logistic', 'softplus', 'negate'];

/** Those whose last op is `root`, in x alone or in both variables. */
export function expressionsOf(domain: Domain, root: OpKind, variables: 'x' | 'x and y'): Expressions {
  const builder = createBuilder('expressions');
  const type = tensorType((variables === 'x' ? domain.single : domain.x).shape, { dtype: domain.dtype });
  const [x, y] = [builder.input('x', type), builder.input('y', type)];
  const made = new Set<ValueId>();
  const keep = (id: ValueId): ValueId => {
    made.add(id);
    return id;
  };
  grow(builder, domain.dtype, x, y, { root, keep });
  const { equations } = builder.finish([]);
  const roots = new Set(equations.flatMap(({ id, op }) => (op === root ? [id] : [])));
  const readY = new Set([y]);
  for (const { id, operands } of equations) if (operands.some((operand) => readY.has(operand))) readY.add(id);
  const graph = builder.finish([...made].filter((id) => roots.has(id) && readY.has(id) === (variables === 'x and y')).map((value) => ({ name: `y${value}`, value })));
  return { domain, graph: eliminateDeadCode.run(graph, { math: 'strict', remark: () => undefined }) };
}

interface Growth {
  readonly root: OpKind;
  readonly keep: (id: ValueId) => ValueId;
}

function grow(b: Builder, dtype: Domain['dtype'], x: ValueId, y: ValueId, { root, keep }: Growth): void {
  const { unary, binary, constants, more } = OPS[dtype];
  const number = (value: number) => b.emit('constant', [], { dtype, shape: [], data: [value] });
  const one = (op: Unary, a: ValueId) => keep(b.emit(op, [a]));
  const two = (op: Binary, a: ValueId, c: ValueId) => keep(b.emit(op, [a, c]));
  const numbers = constants.map(number);
  const leaves = [x, y, ...numbers];
  const ofX = unary.map((op) => one(op, x));
  const ofY = unary.map((op) => one(op, y));
  const products = binary.flatMap((op) => [two(op, x, y), two(op, y, x), two(op, x, x), ...numbers.flatMap((c) => [two(op, x, c), two(op, c, x)])]);
  const signed = unary.filter((op) => SIGNED.includes(op));
  const deep = dtype === 'f32' ? binary.flatMap((op) => signed.flatMap((p) => signed.flatMap((q) => [two(op, one(p, x), one(q, y))]))) : [];
  const simple = [...leaves, ...ofX, ...ofY];
  for (const op of unary.filter((kind) => kind === root)) for (const operand of [...products, ...ofX, ...deep]) one(op, operand);
  for (const op of binary.filter((kind) => kind === root)) {
    for (const a of simple) for (const c of simple) two(op, a, c);
    for (const a of products) for (const c of leaves.slice(0, 6)) {
      two(op, a, c);
      two(op, c, a);
    }
    for (const c of more.map(number)) {
      two(op, x, c);
      two(op, c, x);
      // beside a product of another constant
      two(op, c, two(op, x, numbers[4] ?? numbers[0]));
    }
    if (op === 'add' || op === 'multiply') for (const a of deep) for (const c of numbers.slice(0, 3)) two(op, a, c);
  }
  const comparisons = DIRECTIONS.flatMap((direction) => [[x, y], [x, x], ...numbers.slice(0, 3).map((c) => [x, c])].map((operands) => keep(b.emit('compare', operands, { direction }))));
  for (const direction of DIRECTIONS) for (const [i, a] of ofX.entries()) for (const c of [ofY[i], y, numbers[0]]) keep(b.emit('compare', [a, c], { direction }));
  const truths = [0, 1].map((value) => b.emit('constant', [], { dtype: 'i1', shape: [], data: [value] }));
  const negated = comparisons.map((p) => keep(b.emit('not', [p])));
  for (const p of negated) keep(b.emit('not', [p]));
  const predicates = [...comparisons, ...negated.slice(0, 12), ...truths];
  for (const p of predicates.slice(0, 40)) for (const [a, c] of [[x, y], [x, x], [y, numbers[0]], [numbers[0], x], [ofX[0], x]]) keep(b.emit('select', [p, a, c]));
  for (const p of comparisons.slice(0, 6)) for (const q of [...comparisons.slice(0, 6), ...truths]) {
    keep(b.emit('and', [p, q]));
    keep(b.emit('or', [q, p]));
  }
  for (const to of ['f32', 'i32', 'i1'] as const) {
    const converted = keep(b.emit('convert', [x], { dtype: to }));
    for (const back of ['f32', 'i32', 'i1'] as const) keep(b.emit('convert', [converted], { dtype: back }));
  }
  if (dtype === 'f32') {
    for (const p of [...comparisons.slice(0, 2)].map((id) => b.emit('convert', [id], { dtype: 'f32' }))) {
      one('abs', p);
      for (const op of binary) for (const a of leaves) two(op, a, p);
    }
  }
}
