import type { Span } from '../support/source.ts';
import type { OpAttributes, OpKind } from './ops.ts';
import type { Type } from './types.ts';

/** Inputs and equations share one space of ids; printed as `%name` for inputs and `%7` for equations. */
export type ValueId = number;

export interface EquationOf<K extends OpKind> {
  readonly id: ValueId;
  readonly op: K;
  readonly operands: readonly ValueId[];
  readonly attributes: OpAttributes[K];
  readonly type: Type;
  /** The texts it comes from, never empty for what a user wrote; merged equations keep all. */
  readonly origin: readonly Span[];
  /** What the `.ganloss` text calls the value: a hint for readers of generated code, without meaning. */
  readonly name?: string;
}

export type Equation = { [K in OpKind]: EquationOf<K> }[OpKind];

export interface GraphInput {
  readonly id: ValueId;
  readonly name: string;
  readonly type: Type;
}

/** `loss` first, then a value for each term. */
export interface GraphOutput {
  readonly name: string;
  readonly value: ValueId;
}

/** SSA: every operand is an input or an earlier equation. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly GraphOutput[];
}
