import { fail } from '../../runtime/models/fail.ts';

/** One object of the properties of both, getters and hidden ones included; those of the second win. Nothing is read. */
export function joinFields<A extends object, B extends object>(first: A, second: B): Omit<A, keyof B> & B {
  return Object.defineProperties({} as Omit<A, keyof B> & B, descriptorsOf(first, second));
}

/** The same for a tuple and some of its fields. */
export function overrideFields<Tuple extends object>(tuple: Tuple, fields: Partial<Tuple>): Tuple {
  return Object.defineProperties({} as Tuple, descriptorsOf(tuple, fields));
}

function descriptorsOf(first: object, second: object): PropertyDescriptorMap {
  return { ...Object.getOwnPropertyDescriptors(first), ...Object.getOwnPropertyDescriptors(second) };
}

/** The tuple with properties that copying and listing it does not see. */
export function withHidden<T extends object, Hidden extends object>(tuple: T, hidden: Hidden): T & Hidden {
  for (const key of Reflect.ownKeys(hidden)) Object.defineProperty(tuple, key, { value: hidden[key as keyof Hidden], enumerable: false, configurable: true });
  return tuple as T & Hidden;
}

/** Refuses fields that the tuple does not have, in Python's words. @throws SpecError GL2003 */
export function checkFields(tuple: object, fields: object): void {
  const unknown = Object.keys(fields).filter((key) => !(key in tuple));
  if (unknown.length > 0) fail('GL2003', `Got unexpected field names: [${unknown.map((key) => `'${key}'`).join(', ')}]`);
}
