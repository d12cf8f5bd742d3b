import { evaluateOp } from '../../ir/evaluate.ts';
import type { Equation, EquationOf, ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { arrayValue, type ArrayValue } from '../../ir/values.ts';
import { CODE_VALUES, CODES, codeOf } from './eightBits.ts';

/**
 * A value at many points, a byte each: the code of a float (`eightBits.ts`), or a truth value. A number where it is the same byte
 * everywhere.
 */
export type Column = Uint8Array | number;

/** Elementwise ops on columns, by tables of all their operands' bytes: millions of points a second and op. */
export interface CodeEvaluator {
  /**
   * The column of a value, by those of the inputs; null where an op behind it has no table (integers are no bytes).
   *
   * @param made a graph's equations by their ids
   * @param columns those of the inputs, and all that were computed before: it grows
   */
  readonly columnOf: (made: ReadonlyMap<ValueId, Equation>, root: ValueId, columns: Map<ValueId, Column>) => Column | null;
}

/** Whether the float of a code is finite. */
export function isFiniteCode(code: number): boolean {
  return (code & 0x78) !== 0x78;
}

/** A column's byte at a point. */
export function at(column: Column, point: number): number {
  return typeof column === 'number' ? column : column[point];
}

export function createCodes(): CodeEvaluator {
  const tables = new Map<string, Uint8Array>();

  function tableOf(equation: Equation, operands: number): Uint8Array {
    const key = `${equation.op} ${JSON.stringify(equation.attributes)}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const first = operands === 1 ? CODE_VALUES : CODE_VALUES.flatMap((a) => new Array<number>(CODES).fill(a));
    const second = CODE_VALUES.flatMap(() => CODE_VALUES);
    const values = [first, second].slice(0, operands).map((data) => arrayValue([data.length], data));
    const made = bytesOf(evaluateOp(equation.op, values, equation.attributes) as ArrayValue);
    tables.set(key, made);
    return made;
  }

  function evaluate(equation: Equation, operands: readonly Column[], dtypes: readonly (string | undefined)[]): Column | null {
    const type = equation.type.kind === 'tensor' ? equation.type.dtype : undefined;
    if (type === 'i32' || dtypes.includes('i32')) return null;
    switch (equation.op) {
      case 'constant':
        return constantColumn(equation);
      case 'broadcast_in_dim':
      case 'broadcast_like':
        // of one number: it is the same at every point
        return operands[0];
      case 'stop_gradient':
        return operands[0];
      case 'not':
        return throughTable(NOT, operands[0]);
      case 'and':
        return throughPairs(AND, operands[0], operands[1]);
      case 'or':
        return throughPairs(OR, operands[0], operands[1]);
      case 'select':
        return selected(operands[0], operands[1], operands[2]);
      case 'convert':
        if (dtypes[0] === type) return operands[0];
        return throughTable(type === 'i1' ? TRUTHS : NUMBERS, operands[0]);
      default:
        if (!FLOAT_OPS.has(equation.op)) return null;
        return operands.length === 1 ? throughTable(tableOf(equation, 1), operands[0]) : throughPairs(tableOf(equation, 2), operands[0], operands[1]);
    }
  }

  return {
    columnOf(made, root, columns) {
      const dtypeOf = (id: ValueId): string | undefined => {
        const type = made.get(id)?.type;
        // inputs are floats
        return type === undefined ? 'f32' : type.kind === 'tensor' ? type.dtype : undefined;
      };
      const visit = (id: ValueId): Column | null => {
        const known = columns.get(id);
        if (known !== undefined) return known;
        const equation = made.get(id)!;
        const operands: Column[] = [];
        for (const operand of equation.operands) {
          const column = visit(operand);
          if (column === null) return null;
          operands.push(column);
        }
        const column = evaluate(equation, operands, equation.operands.map(dtypeOf));
        if (column !== null) columns.set(id, column);
        return column;
      };
      return visit(root);
    },
  };
}

/** Floats as codes, truth values as they are. */
function bytesOf({ dtype, data }: ArrayValue): Uint8Array {
  return dtype === 'f32' ? Uint8Array.from(data, codeOf) : Uint8Array.from(data);
}

function constantColumn({ attributes: { dtype, data } }: EquationOf<'constant'>): Column | null {
  if (data.length !== 1) return null;
  return dtype === 'f32' ? codeOf(data[0]) : data[0];
}

const bytes = (of: (code: number) => number): Uint8Array => Uint8Array.from({ length: CODES }, (_, code) => of(code));
const pairs = (of: (a: number, b: number) => number): Uint8Array => Uint8Array.from({ length: CODES * CODES }, (_, place) => of(place >> 8, place & 255));

const NOT = bytes((truth) => 1 - (truth & 1));
const AND = pairs((a, b) => a & b);
const OR = pairs((a, b) => a | b);
const TRUTHS = bytes((code) => Number(CODE_VALUES[code] !== 0));
const NUMBERS = bytes((truth) => codeOf(truth & 1));

const FLOAT_OPS: ReadonlySet<OpKind> = new Set<OpKind>([
  'negate', 'abs', 'sign', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'floor', 'is_finite', 'softplus',
  'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum', 'divide_no_nan', 'sigmoid_cross_entropy', 'compare',
]);

function throughTable(table: Uint8Array, x: Column): Column {
  if (typeof x === 'number') return table[x];
  const result = new Uint8Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = table[x[i]];
  return result;
}

function throughPairs(table: Uint8Array, x: Column, y: Column): Column {
  if (typeof x === 'number') {
    const row = table.subarray(x * CODES, (x + 1) * CODES);
    return throughTable(row, y);
  }
  const result = new Uint8Array(x.length);
  if (typeof y === 'number') for (let i = 0; i < x.length; i++) result[i] = table[(x[i] << 8) | y];
  else for (let i = 0; i < x.length; i++) result[i] = table[(x[i] << 8) | y[i]];
  return result;
}

function selected(predicate: Column, onTrue: Column, onFalse: Column): Column {
  if (typeof predicate === 'number') return predicate === 0 ? onFalse : onTrue;
  const result = new Uint8Array(predicate.length);
  for (let i = 0; i < predicate.length; i++) result[i] = predicate[i] === 0 ? at(onFalse, i) : at(onTrue, i);
  return result;
}
