import { FUNCTIONS, type FunctionName } from '../dsl/check/functions/functions.ts';

/** A node of a term's body as TypeScript builds it. Using one object twice means one value, as a `let` does in the language. */
export interface TensorExpression {
  readonly plus: (other: TensorOperand) => TensorExpression;
  readonly minus: (other: TensorOperand) => TensorExpression;
  readonly times: (other: TensorOperand) => TensorExpression;
  readonly over: (other: TensorOperand) => TensorExpression;
  readonly power: (exponent: TensorOperand) => TensorExpression;
  readonly negated: () => TensorExpression;
  /** How it reads in the language; `print` gives an operand's text, in brackets. */
  readonly write: (print: (operand: TensorOperand) => string) => string;
  readonly operands: readonly TensorOperand[];
}

export type TensorOperand = TensorExpression | number | boolean | string;

/** Arguments by position, and at the end by name: `mean(x)`, `reduce(x, { weights: w })`. */
export type FunctionArgument = TensorOperand | { readonly [name: string]: TensorOperand };

/** Every function of the language by its name there. */
export type LanguageFunctions = { readonly [F in FunctionName]: (...args: readonly FunctionArgument[]) => TensorExpression };

export function createFunctions(): LanguageFunctions {
  const entries = (Object.keys(FUNCTIONS) as FunctionName[]).map((name) => [name, (...args: readonly FunctionArgument[]) => callExpression(name, args)] as const);
  return Object.fromEntries(entries) as LanguageFunctions;
}

/** A name that the language binds. */
export function nameExpression(name: string): TensorExpression {
  return createExpression([], () => name);
}

export function callExpression(callee: string, args: readonly FunctionArgument[]): TensorExpression {
  const list = args.flatMap((arg): { readonly name: string | null; readonly value: TensorOperand }[] =>
    isOperand(arg) ? [{ name: null, value: arg }] : Object.entries(arg).map(([name, value]) => ({ name, value })),
  );
  const operands = list.map(({ value }) => value);
  return createExpression(operands, (print) => `${callee}(${list.map(({ name, value }) => (name === null ? print(value) : `${name}: ${print(value)}`)).join(', ')})`);
}

/** Whether it is something built here, and not a record of named arguments. */
export function isExpression(value: unknown): value is TensorExpression {
  return typeof value === 'object' && value !== null && 'write' in value && 'operands' in value;
}

function isOperand(arg: FunctionArgument): arg is TensorOperand {
  return typeof arg !== 'object' || isExpression(arg);
}

function createExpression(operands: readonly TensorOperand[], write: TensorExpression['write']): TensorExpression {
  const infix = (operator: string) => (other: TensorOperand) => createExpression([expression, other], (print) => `${print(expression)} ${operator} ${print(other)}`);
  const expression: TensorExpression = {
    operands,
    write,
    plus: infix('+'),
    minus: infix('-'),
    times: infix('*'),
    over: infix('/'),
    power: infix('^'),
    negated: () => createExpression([expression], (print) => `-${print(expression)}`),
  };
  return expression;
}
