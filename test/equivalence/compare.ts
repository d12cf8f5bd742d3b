/** What differs by more than `within`, relative to the greater of 1 and the values; as text, for an assertion that shows it. */
export function differences(expected: ReadonlyMap<string, readonly number[]>, found: ReadonlyMap<string, readonly number[]>, within: number): readonly string[] {
  if ([...expected.keys()].sort().join() !== [...found.keys()].sort().join()) return [`outputs ${[...expected.keys()]} became ${[...found.keys()]}`];
  return [...expected].flatMap(([name, values]) => listDifferences(name, values, found.get(name)!, within));
}

export function listDifferences(name: string, expected: readonly number[], found: readonly number[], within: number): readonly string[] {
  if (expected.length !== found.length) return [`${name}: ${expected.length} numbers became ${found.length}`];
  const scale = within === 0 ? 0 : Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs));
  return expected.flatMap((value, i) => (Object.is(value, found[i]) || Math.abs(value - found[i]) <= within * scale ? [] : [`${name}[${i}]: ${value} became ${found[i]}`]));
}
