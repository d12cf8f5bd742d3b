/** A run-time scalar with a name; see `param`. */
export interface ParamReference {
  readonly kind: 'param' | 'input';
  readonly name: string;
  readonly declaration: string;
}

export type TermArgument = number | boolean | string | ParamReference;
export type Weight = number | ParamReference;

/** An objective as TypeScript builds it: terms form a vector space, as in the language. Immutable. */
export interface ObjectiveExpression {
  readonly plus: (other: ObjectiveExpression) => ObjectiveExpression;
  readonly minus: (other: ObjectiveExpression) => ObjectiveExpression;
  readonly times: (weight: Weight) => ObjectiveExpression;
  readonly over: (divisor: Weight) => ObjectiveExpression;
  readonly negated: () => ObjectiveExpression;
  /** One player's half; the other becomes absent. */
  readonly generator: ObjectiveExpression;
  readonly discriminator: ObjectiveExpression;
  /** The specification that it stands for: settings left to the caller, declarations, terms, objective. */
  readonly toSpec: () => string;
  readonly text: string;
  /** Declarations and terms that the text needs, by name. */
  readonly definitions: ReadonlyMap<string, string>;
}

/** Declares a run-time scalar, to be used as a weight or an argument. */
export function param(name: string, value: number): ParamReference {
  return { kind: 'param', name, declaration: `param ${name} = ${value}` };
}

/** Declares a tensor that is fed with every batch, to be used as an argument. */
export function input(name: string): ParamReference {
  return { kind: 'input', name, declaration: `input ${name}` };
}

/** A use of a term; argument names may be written in camelCase. */
export function createTerm(name: string, args: Readonly<Record<string, TermArgument | undefined>>, definitions: ReadonlyMap<string, string>): ObjectiveExpression {
  const given = Object.entries(args).filter((entry): entry is [string, TermArgument] => entry[1] !== undefined);
  const needed = new Map([...definitions, ...given.flatMap(([, value]) => declarationsOf(value))]);
  const list = given.map(([arg, value]) => `${toSnakeCase(arg)}: ${typeof value === 'object' ? value.name : JSON.stringify(value) ?? String(value)}`);
  return createObjectiveExpression(list.length === 0 ? name : `${name}(${list.join(', ')})`, needed);
}

function createObjectiveExpression(text: string, definitions: ReadonlyMap<string, string>): ObjectiveExpression {
  const combine = (operator: string) => (other: ObjectiveExpression) => createObjectiveExpression(`${text} ${operator} (${other.text})`, new Map([...definitions, ...other.definitions]));
  const scaled = (before: string, after: string, weight: Weight) => createObjectiveExpression(`${before}(${text})${after}`, new Map([...definitions, ...declarationsOf(weight)]));
  return {
    text,
    definitions,
    plus: combine('+'),
    minus: combine('-'),
    times: (weight) => scaled(`${printWeight(weight)}*`, '', weight),
    over: (divisor) => scaled('', `/${printWeight(divisor)}`, divisor),
    negated: () => createObjectiveExpression(`-(${text})`, definitions),
    get generator() {
      return createObjectiveExpression(`(${text}).generator`, definitions);
    },
    get discriminator() {
      return createObjectiveExpression(`(${text}).discriminator`, definitions);
    },
    toSpec: () => [...definitions.values(), `objective = ${text}`].join('\n\n'),
  };
}

function declarationsOf(value: TermArgument): readonly (readonly [string, string])[] {
  return typeof value === 'object' ? [[value.name, value.declaration]] : [];
}

function printWeight(weight: Weight): string {
  return typeof weight === 'object' ? weight.name : `(${weight})`;
}

export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
