import { invariant } from '../../support/invariant.ts';
import type { Span } from '../../support/source.ts';
import type { EquationOf, Graph, ValueId } from '../graph.ts';
import { inferType } from '../infer.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import type { ArrayValue, OutputsValue, Value } from '../values.ts';
import { sizeOf, typeOfValue } from '../values.ts';

/** A network as a function: data and, where it takes one, its condition. A plain value is its first and only output. */
export type NetworkFunction = (data: Value, condition: Value | null) => OutputsValue | Value;

/** The numbers of a draw in row-major order. The same name and shape must give the same numbers within one step. */
export type RandomFunction = (draw: string, distribution: 'uniform' | 'normal', shape: readonly number[]) => ArrayLike<number>;

/** What a graph needs beside its inputs. What is missing matters only when an equation asks for it. */
export interface Environment {
  readonly networks?: ReadonlyMap<string, NetworkFunction>;
  readonly params?: ReadonlyMap<string, number>;
  /** How many steps were done before this one; 0 unless given. */
  readonly step?: number;
  readonly random?: RandomFunction;
  /** The states as the last committed step left them. */
  readonly state?: ReadonlyMap<string, Value>;
  /** Told of every `state_write`; the caller commits it or not. */
  readonly writeState?: (key: string, value: Value) => void;
  /** The user's functions by name. */
  readonly hooks?: ReadonlyMap<string, (x: ArrayValue, draw: string) => ArrayValue>;
  /** The trained variables of a network. */
  readonly weights?: (network: string) => readonly ArrayValue[];
  readonly pool?: (key: string, size: number, value: Value) => Value;
  /** How to evaluate a `gradient` that no pass has replaced, given the values so far; without it such an equation is an error. */
  readonly gradient?: (graph: Graph, equation: EquationOf<'gradient'>, values: ReadonlyMap<ValueId, Value>) => Value;
}

export interface RuleContext {
  readonly environment: Environment;
  /** The text that the equation comes from, for problems that are the user's. */
  readonly origin: readonly Span[];
  /** The value of another op, for ops that apply one. */
  readonly evaluateOp: <K extends OpKind>(op: K, operands: readonly Value[], attributes: OpAttributes[K]) => Value;
  /** A `gradient`'s value by the environment; null outside a graph. */
  readonly gradient: (() => Value) | null;
}

/** The value of one op: what the op means. Operand counts have been checked. */
export type EvaluateRule<K extends OpKind> = (operands: readonly Value[], attributes: OpAttributes[K], context: RuleContext) => Value;

/** A rule for each op; a new op does not compile until it has one. */
export type EvaluateTable = { readonly [K in OpKind]: EvaluateRule<K> };

export function arrayOperand(op: OpKind, operands: readonly Value[], index: number): ArrayValue {
  const value = operands[index];
  invariant(value.kind === 'array', `${op}: operand ${index} is a value of kind ${value.kind}, not a tensor`);
  return value;
}

/** An op on tensors whose result has the shape that inference gives for the operands at hand. Integer results are wrapped to 32 bits. */
export function arrayRule<K extends OpKind>(
  op: K,
  fill: (result: Float64Array, operands: readonly ArrayValue[], attributes: OpAttributes[K], shape: readonly number[]) => void,
): EvaluateRule<K> {
  return (operands, attributes) => {
    const arrays = operands.map((_, i) => arrayOperand(op, operands, i));
    const type = inferType(op, arrays.map(typeOfValue), attributes);
    invariant(type.kind === 'tensor', `${op} does not give a tensor`);
    const shape = type.shape.dims.map(Number);
    const data = new Float64Array(sizeOf(shape));
    fill(data, arrays, attributes, shape);
    // integers wrap: sums of them are exact in float64 up to here
    if (type.dtype === 'i32') data.forEach((x, i) => (data[i] = x | 0));
    return { kind: 'array', dtype: type.dtype, shape, data };
  };
}
