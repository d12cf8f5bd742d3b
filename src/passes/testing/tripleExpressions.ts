import { createBuilder, type Builder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { tensorType } from '../../ir/types.ts';
import { eliminateDeadCode } from '../eliminateDeadCode.ts';
import { BINARY, DIRECTIONS, UNARY } from './expressions.ts';

/** What may stand around an operand: rules look through it, or know the sign that it gives. */
const AROUND = ['negate', 'abs', 'exponential'] as const;

/**
 * Elementwise expressions that read all of x, y and z and end in `root`: chains of two and three ops in either order, with what rules
 * look through around their operands, and selections by comparisons, their opposites and combinations. Which variable stands where is
 * all one, since they are tried at all triples.
 */
export function tripleExpressions(root: OpKind): Graph {
  const b = createBuilder('triples');
  const [x, y, z] = ['x', 'y', 'z'].map((name) => b.input(name, tensorType([1])));
  const made: ValueId[] = [];
  const around = (id: ValueId): readonly ValueId[] => [id, ...AROUND.map((op) => b.emit(op, [id]))];
  const numbers = [0, -0, 1, -1].map((value) => b.constant(value));
  const [ofX, ofY, ofZ] = [x, y, z].map(around);
  const chains = BINARY.flatMap((inner) => around(b.emit(inner, [x, y])));
  const deeper = BINARY.flatMap((inner) => [...ofX.slice(1), ...numbers].map((a) => b.emit(inner, [a, y])));
  for (const op of BINARY) {
    const wanted = op === root;
    for (const chain of chains) for (const other of wanted ? ofZ : [z]) both(b, op, chain, other, made);
    if (!wanted) continue;
    for (const chain of deeper) for (const other of ofZ.slice(0, 2)) both(b, op, chain, other, made);
    for (const inner of ['add', 'subtract', 'multiply', 'divide'] as const) {
      const product = b.emit(inner, [y, z]);
      for (const number of numbers) for (const left of ['add', 'subtract', 'multiply', 'divide'] as const) both(b, op, b.emit(left, [x, number]), product, made);
    }
  }
  const whole = [...made];
  for (const op of UNARY) if (op === root) for (const chain of whole) made.push(b.emit(op, [chain]));
  if (root === 'select') made.push(...selections(b, [x, y, z], [ofX[1], ofY[1], ofZ[1], numbers[0]]));
  if (root === 'not' || root === 'and' || root === 'or') made.push(...truths(b, [x, y, z]));
  const isRoot = new Set(b.finish([]).equations.flatMap(({ id, op }) => (op === root ? [id] : [])));
  const graph = b.finish([...new Set(made)].filter((id) => isRoot.has(id)).map((value) => ({ name: `y${value}`, value })));
  return eliminateDeadCode.run(graph, { math: 'strict', remark: () => undefined });
}

function both(b: Builder, op: (typeof BINARY)[number], left: ValueId, right: ValueId, made: ValueId[]): void {
  made.push(b.emit(op, [left, right]), b.emit(op, [right, left]));
}

function selections(b: Builder, [x, y, z]: readonly ValueId[], more: readonly ValueId[]): readonly ValueId[] {
  const compared = DIRECTIONS.map((direction) => b.emit('compare', [x, y], { direction }));
  const opposites = compared.map((p) => b.emit('not', [p]));
  const combined = [b.emit('and', [compared[0], opposites[2]]), b.emit('or', [opposites[1], compared[3]])];
  const predicates = [...compared, ...opposites, ...opposites.map((p) => b.emit('not', [p])), ...combined, ...combined.map((p) => b.emit('not', [p]))];
  const branches = [[x, z], [z, y], [z, z], ...more.flatMap((value) => [[z, value], [value, z]])];
  return predicates.flatMap((p) => branches.map(([onTrue, onFalse]) => b.emit('select', [p, onTrue, onFalse])));
}

/** Combinations of comparisons, as numbers. */
function truths(b: Builder, [x, y, z]: readonly ValueId[]): readonly ValueId[] {
  const [first, second] = [[x, y], [y, z]].map((operands) => DIRECTIONS.map((direction) => b.emit('compare', operands, { direction })));
  const made = first.flatMap((p) => second.flatMap((q) => [b.emit('and', [p, q]), b.emit('or', [p, q]), b.emit('and', [b.emit('not', [p]), q])]));
  return [...made, ...made.flatMap((p) => [b.emit('not', [p]), b.emit('not', [b.emit('not', [p])])])];
}
