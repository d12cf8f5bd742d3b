import { invariant } from '../../../support/invariant.ts';
import type { Span } from '../../../support/source.ts';
import type { TypedExpr } from '../../typed.ts';
import { bindArguments, type Bound, type EvaluatedArg } from '../bind.ts';
import { constant } from '../nodes.ts';
import { isWeight } from '../weight.ts';
import { describe, ERROR, type Value } from '../values.ts';
import { functionSpec, type FunctionName } from './functions.ts';
import type { Accepted, FunctionArgs, FunctionCall } from './spec.ts';

interface AcceptRow {
  /** What a message asks for. */
  readonly wanted: string;
  readonly test: (value: Value) => boolean;
}

const isTensorOf = (value: Value, ...types: readonly TypedExpr['type'][]): boolean => value.kind === 'tensor' && types.includes(value.expr.type);

const ACCEPT: { readonly [A in Accepted]: AcceptRow } = {
  numeric: { wanted: 'a number or a tensor', test: (value) => value.kind === 'number' || isTensorOf(value, 'scalar', 'tensor', 'any') },
  mapped: { wanted: 'a number, a tensor or a list of tensors', test: (value) => value.kind === 'number' || isTensorOf(value, 'scalar', 'tensor', 'list', 'any') },
  mapped_batch: { wanted: 'a tensor with an axis for the samples, or a list of them', test: (value) => isTensorOf(value, 'tensor', 'list', 'any') },
  network: { wanted: 'a network, such as D', test: (value) => value.kind === 'network' && value.head === null },
  batch: { wanted: 'a tensor with an axis for the samples', test: (value) => isTensorOf(value, 'tensor', 'any') },
  scalar: { wanted: 'a number or a param', test: (value) => value.kind === 'number' || (value.kind === 'tensor' && isWeight(value.expr)) },
  number: { wanted: 'a number that is known while compiling', test: (value) => value.kind === 'number' },
  string: { wanted: 'a string', test: (value) => value.kind === 'string' },
  condition: { wanted: 'a condition', test: (value) => value.kind === 'boolean' || isTensorOf(value, 'boolean') },
  list: { wanted: 'a list of tensors', test: (value) => isTensorOf(value, 'list', 'any') },
  distributions: { wanted: 'distributions, such as D.codes(x)', test: (value) => isTensorOf(value, 'distributions', 'any') },
  values: { wanted: 'a tensor or a list of tensors', test: (value) => isTensorOf(value, 'scalar', 'tensor', 'list', 'any') },
};

/** Checks the arguments against the function's row, then builds its value. */
export function callFunction(name: FunctionName, evaluated: readonly EvaluatedArg[], call: FunctionCall): Value {
  const spec = functionSpec(name);
  const bound = bindArguments({ owner: `'${name}'`, formals: spec.formals, variadic: spec.variadic === true }, evaluated, call.span, call.report);
  if (bound === null) return ERROR;
  let failed = false;
  for (const formal of spec.formals) {
    for (const arg of bound.get(formal.name) ?? []) {
      const { wanted, test } = ACCEPT[formal.accepts];
      if (test(arg.value)) continue;
      failed = true;
      if (arg.value.kind === 'error') continue;
      const message = `'${formal.name}' of '${name}' must be ${wanted}, not ${describe(arg.value)}`;
      call.reportValue(arg.value, arg.valueSpan, { code: 'GL3004', message, label: describe(arg.value), ...hintFor(arg.value) });
    }
  }
  return failed ? ERROR : spec.build(accessors(bound), call);
}

function hintFor(value: Value): { readonly hint?: string } {
  if (value.kind === 'network') return { hint: `Call it: ${value.network}${value.head === null ? '' : `.${value.head.name}`}(real).` };
  if (value.kind === 'objective') return { hint: "A term is a pair of losses; inside a term's body only tensors can be used." };
  return {};
}

function accessors(bound: Bound): FunctionArgs {
  const all = (name: string): readonly EvaluatedArg[] => bound.get(name) ?? [];
  const first = (name: string): EvaluatedArg => {
    const arg = all(name)[0];
    invariant(arg !== undefined, `the argument '${name}' was asked for but is not there`);
    return arg;
  };
  return {
    has: (name) => bound.has(name),
    value: (name) => first(name).value,
    expr: (name) => toExpr(first(name).value),
    exprs: (name) => all(name).map((arg) => toExpr(arg.value)),
    network(name) {
      const { value } = first(name);
      invariant(value.kind === 'network', `the argument '${name}' was checked to be a network`);
      return value.network;
    },
    number(name) {
      const { value } = first(name);
      invariant(value.kind === 'number', `the argument '${name}' was checked to be a number`);
      return value.value;
    },
    string(name) {
      const { value } = first(name);
      invariant(value.kind === 'string', `the argument '${name}' was checked to be a string`);
      return value.value;
    },
    span: (name): Span => first(name).valueSpan,
  };
}

function toExpr(value: Value): TypedExpr {
  if (value.kind === 'tensor') return value.expr;
  invariant(value.kind === 'number', 'the argument was checked to be numeric');
  return constant(value.value, value.origin);
}
