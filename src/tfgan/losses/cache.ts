/** Values by key, the most recently used ones. */
export interface Cache<Value> {
  readonly get: (key: string, make: () => Value) => Value;
}

/** @param size how many values are kept */
export function createCache<Value>(size: number): Cache<Value> {
  // a Map keeps the order of insertion: the first key is the one that was not used for longest
  const values = new Map<string, Value>();
  return {
    get(key, make) {
      const value = values.get(key) ?? make();
      values.delete(key);
      values.set(key, value);
      if (values.size > size) values.delete([...values.keys()][0]);
      return value;
    },
  };
}
