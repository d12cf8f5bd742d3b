export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An object of the corpus whose fields are taken one by one. What nobody took, nobody understood: `done` refuses it. */
export interface Fields {
  readonly has: (name: string) => boolean;
  /** A field that must be there. */
  readonly take: (name: string) => Json;
  /** The field, or undefined. */
  readonly optional: (name: string) => Json | undefined;
  /** All fields that were not taken yet. */
  readonly rest: () => readonly (readonly [name: string, value: Json])[];
  readonly done: () => void;
}

export function fieldsOf(value: Json, what: string): Fields {
  const object = objectOf(value, what);
  const left = new Set(Object.keys(object));
  const optional = (name: string): Json | undefined => {
    left.delete(name);
    return Object.hasOwn(object, name) ? object[name] : undefined;
  };
  return {
    has: (name) => Object.hasOwn(object, name),
    take: (name) => optional(name) ?? (Object.hasOwn(object, name) ? null : notUnderstood(`${what} has no '${name}'`)),
    optional,
    rest() {
      const names = [...left];
      left.clear();
      return names.map((name) => [name, object[name]] as const);
    },
    done() {
      if (left.size > 0) notUnderstood(`${what} has ${[...left].map((name) => `'${name}'`).join(', ')}, which the runner does not know`);
    },
  };
}

export function objectOf(value: Json, what: string): { readonly [key: string]: Json } {
  if (value === null || typeof value !== 'object' || isList(value)) return notUnderstood(`${what} is no object`);
  return value;
}

export function listOf(value: Json, what: string): readonly Json[] {
  return isList(value) ? value : notUnderstood(`${what} is no list`);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function textOf(value: Json, what: string): string {
  return typeof value === 'string' ? value : notUnderstood(`${what} is no text`);
}

export function booleanOf(value: Json, what: string): boolean {
  return typeof value === 'boolean' ? value : notUnderstood(`${what} is neither true nor false`);
}

const NON_FINITE: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };

/** A number; those that are not finite are written as text. */
export function numberOf(value: Json, what: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && Object.hasOwn(NON_FINITE, value)) return NON_FINITE[value];
  return notUnderstood(`${what} is no number`);
}

export function isNumberText(value: string): boolean {
  return Object.hasOwn(NON_FINITE, value);
}

export function numbersOf(value: Json, what: string): readonly number[] {
  return listOf(value, what).map((entry) => numberOf(entry, `an entry of ${what}`));
}

/** A case that the runner does not understand is a failed case. */
export function notUnderstood(reason: string): never {
  throw new Error(`not understood: ${reason}`);
}
