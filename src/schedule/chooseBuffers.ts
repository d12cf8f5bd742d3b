import type { Equation, Graph, ValueId } from '../ir/graph.ts';
import { sizeOf } from '../ir/values.ts';
import { isScalarOp, isView, type Values } from './values.ts';

/** Ops whose result always has a buffer of its own: a kernel of its own makes it. */
const OWN_KERNEL: ReadonlySet<string> = new Set(['dot_general', 'convolution', 'reduce', 'reduce_window', 'concatenate', 'scatter', 'select_and_scatter']);
/** Ops that read their operands from buffers, through views at most. */
const READS_BUFFERS: ReadonlySet<string> = new Set(['dot_general', 'convolution', 'scatter', 'select_and_scatter', 'reduce_window']);

/** Rough costs of one element, in additions. */
const COSTS: Readonly<Record<string, number>> = {
  exponential: 10, exponential_minus_one: 12, log: 10, log_plus_one: 12, tanh: 12, logistic: 12, power: 30, sqrt: 4, rsqrt: 6, divide: 4, gather: 4,
  compare: 0.5, select: 0.5, convert: 0.5, negate: 0.5, and: 0.5, or: 0.5, not: 0.5,
};

/** What it may cost to compute a value again for each of its readers rather than to store and load it. */
const CHEAP = 1.5;
/** An expression of more nodes is cut: registers are few. */
const MOST_NODES = 64;

interface Expression {
  readonly cost: number;
  readonly nodes: number;
}

/**
 * Which values get a buffer: those that a kernel of their own makes, outputs, what contractions and windows read, and what would cost
 * more to compute again for each reader than to keep. `forced` adds others. Everything else is computed where it is read.
 */
export function chooseBuffers(graph: Graph, values: Omit<Values, 'bufferOf'>, options: { readonly forced: ReadonlySet<ValueId>; readonly fuse: boolean }): ReadonlySet<ValueId> {
  const chosen = new Set<ValueId>(options.forced);
  const outputs = new Set(graph.outputs.map(({ value }) => value));
  const readers = readersOf(graph);
  for (const equation of graph.equations) {
    if (OWN_KERNEL.has(equation.op)) chosen.add(equation.id);
    if (READS_BUFFERS.has(equation.op)) for (const operand of equation.operands) chooseBehindViews(values, operand, chosen);
  }
  const expressions = new Map<ValueId, Expression>();
  for (const equation of graph.equations) {
    const { id } = equation;
    if (outputs.has(id)) chosen.add(id);
    if (chosen.has(id)) continue;
    const expression = measure(equation, expressions);
    const arithmetic = isScalarOp(equation) || equation.op === 'gather';
    if (arithmetic && (!options.fuse || expression.nodes > MOST_NODES || isKept(equation, expression.cost, readers, values))) chosen.add(id);
    else expressions.set(id, expression);
  }
  return chosen;
}

/** A buffer for the value that a chain of views shows. */
function chooseBehindViews(values: Omit<Values, 'bufferOf'>, id: ValueId, chosen: Set<ValueId>): void {
  const equation = values.definition(id);
  if (equation === undefined || chosen.has(id)) return;
  if (isView(equation) && equation.op !== 'pad') chooseBehindViews(values, equation.operands[0], chosen);
  else chosen.add(id);
}

function readersOf(graph: Graph): ReadonlyMap<ValueId, readonly Equation[]> {
  const readers = new Map<ValueId, Equation[]>();
  for (const equation of graph.equations) {
    for (const operand of new Set(equation.operands)) {
      const known = readers.get(operand);
      if (known === undefined) readers.set(operand, [equation]);
      else known.push(equation);
    }
  }
  return readers;
}

function measure(equation: Equation, expressions: ReadonlyMap<ValueId, Expression>): Expression {
  const own = isScalarOp(equation) || equation.op === 'gather' ? (COSTS[equation.op] ?? 1) : 0;
  return [...new Set(equation.operands)].reduce(
    (sum, operand) => {
      const inner = expressions.get(operand);
      return { cost: sum.cost + (inner?.cost ?? 0), nodes: sum.nodes + (inner?.nodes ?? 1) };
    },
    { cost: own, nodes: 1 },
  );
}

/** Whether a value is worth its buffer. */
function isKept({ id }: Equation, cost: number, readers: ReadonlyMap<ValueId, readonly Equation[]>, values: Omit<Values, 'bufferOf'>): boolean {
  const size = sizeOf(values.shapeOf(id));
  const direct = readers.get(id) ?? [];
  // a scalar is computed once a kernel
  if (size === 1) return cost > 20 && direct.length > 1;
  if (direct.length > 1 && cost > CHEAP) return true;
  return readsOf(id, readers, values) > size && cost >= 1;
}

/** How many elements of a value its readers ask for, through views and broadcasts. */
function readsOf(id: ValueId, readers: ReadonlyMap<ValueId, readonly Equation[]>, values: Omit<Values, 'bufferOf'>): number {
  return Math.max(
    0,
    ...(readers.get(id) ?? []).map((reader) => {
      const size = sizeOf(values.shapeOf(reader.id));
      if (reader.op === 'broadcast_in_dim') return size;
      return isView(reader) ? readsOf(reader.id, readers, values) : 0;
    }),
  );
}
