import type { Span } from '../../support/source.ts';
import type { Ident } from '../ast.ts';
import type { NetworkName, TypedExpr } from '../typed.ts';
import type { LinearObjective } from './linear.ts';

/**
 * What an expression is worth while a file is checked. `origin` is where the user would look for it: the literal, the
 * operation, or the argument that a term was given, so that a mistake found inside a term's body is shown where it was made.
 */
export type Value =
  | { readonly kind: 'number'; readonly value: number; readonly origin: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly origin: Span }
  | { readonly kind: 'string'; readonly value: string; readonly origin: Span }
  | { readonly kind: 'none'; readonly origin: Span }
  | { readonly kind: 'objective'; readonly objective: LinearObjective; readonly origin: Span }
  | { readonly kind: 'tensor'; readonly expr: TypedExpr; readonly origin: Span }
  /** `D`, or a head of it: `D.classes`. */
  | { readonly kind: 'network'; readonly network: NetworkName; readonly head: Ident | null; readonly origin: Span }
  /** A problem was reported: whatever is made of it stays silent. */
  | { readonly kind: 'error' };

export type ValueOf<K extends Value['kind']> = Extract<Value, { kind: K }>;

export const ERROR: Value = { kind: 'error' };

export const numberValue = (value: number, origin: Span): Value => ({ kind: 'number', value, origin });
export const booleanValue = (value: boolean, origin: Span): Value => ({ kind: 'boolean', value, origin });
export const tensorValue = (expr: TypedExpr, origin: Span = expr.span): Value => ({ kind: 'tensor', expr, origin });
export const objectiveValue = (objective: LinearObjective, origin: Span): Value => ({ kind: 'objective', objective, origin });

/** The value as it is seen from another place of the text. */
export function withOrigin(value: Value, origin: Span): Value {
  return value.kind === 'error' ? value : { ...value, origin };
}

/** What a message calls the value: "a number", "a term". */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a truth value';
    case 'string':
      return 'a string';
    case 'none':
      return "'none'";
    case 'objective':
      return 'a term';
    case 'network':
      return 'a network';
    case 'error':
      return 'a mistake';
    case 'tensor':
      return describeTensor(value.expr);
  }
}

function describeTensor(expr: TypedExpr): string {
  switch (expr.type) {
    case 'scalar':
      return expr.kind === 'param' ? 'a param' : 'a scalar';
    case 'tensor':
    case 'any':
      return expr.kind === 'input' ? 'an input' : 'a tensor';
    case 'boolean':
      return 'a tensor of truth values';
    case 'list':
      return 'a list of tensors';
    case 'distributions':
      return 'a list of distributions';
  }
}
