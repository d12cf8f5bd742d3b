import { invariant } from '../support/invariant.ts';
import { ARITY } from './arity.ts';
import type { Equation, Graph, ValueId } from './graph.ts';
import { inferType } from './infer.ts';
import type { OpKind } from './ops.ts';
import { createNames, printEquation } from './print.ts';
import { sameType } from './shapes.ts';
import { formatAttributes, readAttributes } from './text/attributes.ts';
import { createReader } from './text/reader.ts';
import type { Type } from './types.ts';
import { formatType } from './types.ts';

/** Runs `check`; what it throws is told with the equation at which it happened. */
function inEquation<T>(equation: Equation, graph: Graph, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^compiler bug: /, '');
    throw new Error(`compiler bug: graph @${graph.name}: ${reason}\n  in ${describe(equation, graph)}`, { cause: error });
  }
}

/** The printed equation, or as much of it as its attributes allow. */
function describe(equation: Equation, graph: Graph): string {
  try {
    return printEquation(equation, createNames(graph));
  } catch {
    return `${equation.op} ${JSON.stringify(equation.attributes)}`;
  }
}

function requireFresh(id: ValueId, seen: ReadonlyMap<ValueId, Type>): void {
  invariant(Number.isInteger(id) && id >= 0, `${id} is not an id`);
  invariant(!seen.has(id), `the id ${id} is given twice`);
}

/**
 * Checks what every pass may rely on: ids are unique, operands come before their use, each op has as many operands as it takes,
 * attributes are well formed, each type is what inference gives, outputs exist and no two inputs or outputs share a name.
 *
 * @throws a compiler bug that shows the printed equation
 */
export function verify(graph: Graph): void {
  const types = new Map<ValueId, Type>();
  const inputNames = new Set<string>();
  for (const { id, name, type } of graph.inputs) {
    requireFresh(id, types);
    invariant(!inputNames.has(name), `graph @${graph.name}: two inputs are called '${name}'`);
    inputNames.add(name);
    types.set(id, type);
  }
  for (const equation of graph.equations) {
    inEquation(equation, graph, () => verifyEquation(equation, types));
    types.set(equation.id, equation.type);
  }
  const outputNames = new Set<string>();
  for (const { name, value } of graph.outputs) {
    invariant(types.has(value), `graph @${graph.name}: output '${name}' is %?${value}, which does not exist`);
    invariant(!outputNames.has(name), `graph @${graph.name}: two outputs are called '${name}'`);
    outputNames.add(name);
  }
}

function verifyEquation(equation: Equation, types: ReadonlyMap<ValueId, Type>): void {
  requireFresh(equation.id, types);
  const { op } = equation;
  invariant(Object.hasOwn(ARITY, op), `there is no op '${op}'`);
  const operands = equation.operands.map((id) => {
    const type = types.get(id);
    invariant(type, `operand %?${id} is not there yet`);
    return type;
  });
  verifyAttributes(equation);
  const expected = inferType<OpKind>(op, operands, equation.attributes);
  invariant(sameType(expected, equation.type), `the type is ${formatType(equation.type)}, inference gives ${formatType(expected)}`);
}

/** Attributes are well formed where their text reads back. A constant's may be long, and inference counts its numbers. */
function verifyAttributes({ op, attributes, type }: Equation): void {
  if (op === 'constant') return;
  const reader = createReader(formatAttributes<OpKind>(op, attributes));
  readAttributes<OpKind>(op, reader)(type);
  invariant(reader.atEnd(), `the attributes of ${op} do not read back`);
}
