import type { Span } from '../../../support/source.ts';
import type { NetworkName, Reduction, TypedExpr } from '../../typed.ts';
import type { Nodes } from '../nodes.ts';
import type { Problem } from '../reporter.ts';
import type { Value } from '../values.ts';

/**
 * What an argument of a function may be:
 * - `numeric`: a number, a param, or a tensor of numbers;
 * - `mapped`, `mapped_batch`: as `numeric` and `batch`, or a list of tensors, each of which the function is applied to;
 * - `network`: a network that is not called;
 * - `batch`: a tensor, with an axis for the samples;
 * - `scalar`: a number or a scalar made of params;
 * - `number`, `string`: known while compiling;
 * - `condition`: a truth value, or a tensor of them;
 * - `list`, `distributions`: as D's heads and the codes are.
 */
export type Accepted = 'numeric' | 'mapped' | 'batch' | 'mapped_batch' | 'network' | 'scalar' | 'number' | 'string' | 'condition' | 'list' | 'distributions' | 'values';

export interface FunctionFormal {
  readonly name: string;
  readonly accepts: Accepted;
  readonly required: boolean;
}

/** One row of the table of functions: what the reference prints, what is checked, what is built. */
export interface FunctionSpec {
  readonly formals: readonly FunctionFormal[];
  /** Whether the last argument may be repeated. */
  readonly variadic?: boolean;
  readonly summary: string;
  /** Makes the value, from arguments that are of the accepted kinds. */
  readonly build: (args: FunctionArgs, call: FunctionCall) => Value;
}

/** The arguments of a call by name; each accessor takes only formals of its kind. */
export interface FunctionArgs {
  has(name: string): boolean;
  value(name: string): Value;
  /** A number becomes a constant. */
  expr(name: string): TypedExpr;
  network(name: string): NetworkName;
  /** All arguments of a variadic formal. */
  exprs(name: string): readonly TypedExpr[];
  number(name: string): number;
  string(name: string): string;
  /** Where the argument stands in the call. */
  span(name: string): Span;
}

/** The call itself. */
export interface FunctionCall {
  readonly name: string;
  readonly span: Span;
  readonly nodes: Nodes;
  /** Draws and state belong to a term; elsewhere nobody would own them. */
  readonly inTerm: boolean;
  /** The file's reduction. */
  readonly reduction: Reduction;
  readonly report: (problem: Problem) => void;
  /** Reports a problem with an argument's value: where the user gave it, with a label at the call. */
  readonly reportValue: (value: Value, at: Span, problem: Omit<Problem, 'span'>) => void;
}

export const required = (name: string, accepts: Accepted): FunctionFormal => ({ name, accepts, required: true });
export const optional = (name: string, accepts: Accepted): FunctionFormal => ({ name, accepts, required: false });
