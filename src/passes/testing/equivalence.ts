import { evaluate, type Environment } from '../../ir/evaluate.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Value } from '../../ir/values.ts';
import { distance } from './tensors.ts';

/** What differs between two graphs' outputs at the same inputs, as text: for an assertion that shows it. Exact unless `within` is given. */
export function differences(before: Graph, after: Graph, inputs: ReadonlyMap<string, Value>, environment: Environment, within = 0): readonly string[] {
  const expected = evaluate(before, inputs, environment);
  const found = evaluate(after, inputs, environment);
  if ([...expected.keys()].join() !== [...found.keys()].join()) return [`outputs ${[...expected.keys()]} became ${[...found.keys()]}`];
  return [...expected].flatMap(([name, value]) => compare(name, value, found.get(name)!, within));
}

function compare(name: string, before: Value, after: Value, within: number): readonly string[] {
  if (before.kind !== 'array' || after.kind !== 'array') return before.kind === after.kind ? [] : [`${name}: ${before.kind} became ${after.kind}`];
  if (before.dtype !== after.dtype || before.shape.join() !== after.shape.join()) return [`${name}: ${before.dtype}[${before.shape}] became ${after.dtype}[${after.shape}]`];
  return [...before.data].flatMap((value, i) => {
    const close = within > 0 ? distance(value, after.data[i]) <= within : Object.is(value, after.data[i]);
    return close ? [] : [`${name}[${i}]: ${Object.is(value, -0) ? '-0' : value} became ${Object.is(after.data[i], -0) ? '-0' : after.data[i]}`];
  });
}
