import { ARITY } from '../../ir/arity.ts';
import { createBuilder, type Builder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { tensorType } from '../../ir/types.ts';
import { arrayValue, type ArrayValue } from '../../ir/values.ts';
import { eliminateDeadCode } from '../eliminateDeadCode.ts';
import { isElementwise } from '../shapeSource.ts';

/** All shapes of up to two dimensions of sizes 0 to 2, and some that are larger. */
export const SMALL_SHAPES: readonly (readonly number[])[] = [...[0, 1, 2].flatMap((rank) => everyList(rank, [0, 1, 2])), [3], [2, 3], [1, 2, 2], [2, 0, 1]];

function product(list: readonly number[]): number {
  return list.reduce((a, b) => a * b, 1);
}

function everyList(length: number, values: readonly number[]): readonly (readonly number[])[] {
  return length === 0 ? [[]] : everyList(length - 1, values).flatMap((rest) => values.map((value) => [...rest, value]));
}

function subsets<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.length === 0 ? [[]] : subsets(list.slice(1)).flatMap((rest) => [rest, [list[0], ...rest]]);
}

function permutations(list: readonly number[]): readonly (readonly number[])[] {
  return list.length === 0 ? [[]] : list.flatMap((first) => permutations(list.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

const shapeOf = (b: Builder, id: ValueId): readonly number[] => {
  const type = b.typeOf(id);
  return type.kind === 'tensor' ? type.shape.dims.map(Number) : [];
};

/** Every view of a value, and every sum over some of its axes. */
function viewsOf(b: Builder, x: ValueId, scalars: readonly ValueId[]): readonly ValueId[] {
  const shape = shapeOf(b, x);
  const axes = shape.map((_, axis) => axis);
  const zeros = axes.map(() => 0);
  const like = (value: ValueId, other: ValueId, align: 'trailing' | 'leading' = 'trailing') => b.emit('broadcast_like', [value, other], { align });
  return [
    ...[shape, [product(shape)], [...shape, 1], [1, ...shape]].map((to) => b.emit('reshape', [x], { shape: to })),
    ...permutations(axes).map((permutation) => b.emit('transpose', [x], { permutation })),
    ...subsets(axes).map((dimensions) => b.emit('reverse', [x], { dimensions })),
    b.emit('broadcast_in_dim', [x], { shape, broadcast_dimensions: axes }),
    b.emit('broadcast_in_dim', [x], { shape: [...shape, 2], broadcast_dimensions: axes }),
    b.emit('broadcast_in_dim', [x], { shape: [2, ...shape.map((size) => (size === 1 ? 2 : size))], broadcast_dimensions: axes.map((axis) => axis + 1) }),
    b.emit('slice', [x], { start_indices: zeros, limit_indices: shape, strides: axes.map(() => 1) }),
    b.emit('slice', [x], { start_indices: zeros, limit_indices: shape, strides: axes.map(() => 2) }),
    b.emit('slice', [x], { start_indices: shape.map((size) => Math.min(1, size)), limit_indices: shape, strides: axes.map(() => 1) }),
    b.emit('pad', [x, scalars[0]], { low: zeros, high: zeros, interior: zeros }),
    b.emit('pad', [x, scalars[0]], { low: axes.map(() => 1), high: zeros, interior: axes.map(() => 1) }),
    ...axes.flatMap((dimension) => [[x], [x, x]].map((parts) => b.emit('concatenate', parts, { dimension }))),
    ...[...subsets(axes), 'all' as const, ...(shape.length > 0 ? ['all_but_first' as const] : [])].flatMap((over) => (['add', 'maximum', 'minimum'] as const).map((kind) => b.emit('reduce', [x], { kind, axes: over }))),
    ...scalars.flatMap((scalar) => [like(scalar, x), b.emit('sum_like', [x, scalar]), b.emit('broadcast_weights', [scalar, x])]),
    like(x, x),
    like(x, x, 'leading'),
    like(scalars[0], like(scalars[1], x)),
    b.emit('sum_like', [x, x]),
    b.emit('broadcast_weights', [x, x]),
    b.emit('size', [x], { axes: 'all' }),
    ...axes.map((axis) => b.emit('size', [x], { axes: [axis - shape.length] })),
  ];
}

export interface ViewExpressions {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, ArrayValue>;
}

/** Those of the values that `root` makes, and what they need. */
function finished(b: Builder, values: readonly ValueId[], root: OpKind): Graph {
  const roots = new Set(b.finish([]).equations.flatMap(({ id, op }) => (op === root ? [id] : [])));
  const graph = b.finish([...new Set(values)].filter((value) => roots.has(value)).map((value) => ({ name: `y${value}`, value })));
  return eliminateDeadCode.run(graph, { math: 'strict', remark: () => undefined });
}

/** NaN, both zeros and infinity among numbers that are all different. */
function numbersOf(shape: readonly number[]): ArrayValue {
  const odd = [2.5, NaN, -0, Infinity, 0];
  return arrayValue(shape, Array.from({ length: product(shape) }, (_, i) => odd[i] ?? i - 7.25));
}

const SCALARS: readonly (readonly [string, number])[] = [['s', -1.5], ['t', 0.1]];

function inputsOf(shape: readonly number[]): ViewExpressions['inputs'] {
  return new Map([['x', numbersOf(shape)], ...SCALARS.map(([name, value]): [string, ArrayValue] => [name, arrayValue([], [value])])]);
}

/** Views of views of a tensor of one shape, and what is computed from them, as far as their last op is `root`. */
export function viewExpressions(shape: readonly number[], root: OpKind): ViewExpressions {
  const b = createBuilder('views');
  const x = b.input('x', tensorType(shape));
  const scalars = [...SCALARS.map(([name]) => b.input(name, tensorType([]))), b.constant(1)];
  const first = [x, b.emit('abs', [x]), ...viewsOf(b, x, scalars)];
  const second = first.flatMap((value) => viewsOf(b, value, scalars));
  const size = b.emit('size', [x], { axes: 'all' });
  const more = scalars.map((scalar) => b.emit('divide', [b.emit('reduce', [b.emit('broadcast_like', [scalar, x], { align: 'trailing' })], { kind: 'add', axes: 'all' }), size]));
  // a batch has elements: the rule on a size says so
  if (product(shape) > 0) more.push(b.emit('divide_no_nan', [x, size]));
  return { graph: finished(b, [...first.slice(2), ...second, ...more], root), inputs: inputsOf(shape) };
}

/** An elementwise op on x, scalars, and scalars that are repeated in x's shape. */
export function repeatedExpressions(shape: readonly number[], root: OpKind): ViewExpressions {
  const b = createBuilder('repeated');
  const x = b.input('x', tensorType(shape));
  const [s, t] = SCALARS.map(([name]) => b.input(name, tensorType([])));
  const repeated = [s, t].map((scalar) => b.emit('broadcast_like', [scalar, x], { align: 'trailing' }));
  const floats = [x, s, ...repeated];
  const truths = [...floats.map((value) => b.emit('compare', [value, b.constant(0)], { direction: 'GT' })), b.emit('broadcast_like', [b.emit('compare', [s, t], { direction: 'LT' }), x], { align: 'trailing' })];
  const values: ValueId[] = [];
  for (const op of [root].filter(isElementwise)) {
    const operands = op === 'not' || op === 'and' || op === 'or' ? truths : floats;
    const lists = op === 'select' ? truths.flatMap((p) => floats.flatMap((a) => floats.map((c) => [p, a, c]))) : ARITY[op][0] === 1 ? operands.map((a) => [a]) : operands.flatMap((a) => operands.map((c) => [a, c]));
    for (const list of lists) values.push(emitAny(b, op, list));
  }
  return { graph: finished(b, values, root), inputs: inputsOf(shape) };
}

function emitAny(b: Builder, op: OpKind, operands: readonly ValueId[]): ValueId {
  if (op === 'compare') return b.emit('compare', operands, { direction: 'LE' });
  if (op === 'convert') return b.emit('convert', operands, { dtype: 'i1' });
  // the others have no attributes
  return b.emit(op as 'add', operands);
}
