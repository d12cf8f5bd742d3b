/** A value that is made on first use and kept: for tables that are costly to build and never change afterwards. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
