import type { Equation, ValueId } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { describe } from './describe.ts';
import { joinOrigins } from './origins.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned.ts';
import { rebuild } from './rebuild.ts';

const PASS = 'mergeCommon';

/** a + b is b + a to the bit in IEEE arithmetic, and a · b is b · a. Sums of more are not touched: their order rounds. */
export const COMMUTATIVE: ReadonlySet<OpKind> = new Set<OpKind>(['add', 'multiply', 'and', 'or']);

/** Attributes as text; unlike JSON it tells 0 from −0 and knows NaN and the infinities. */
function serialize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(serialize).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${key}:${serialize(entry)}`).join()}}`;
  }
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function keyOf({ op, attributes }: Equation, operands: readonly ValueId[]): string {
  const ordered = COMMUTATIVE.has(op) ? [...operands].sort((a, b) => a - b) : operands;
  return `${op} ${ordered.join()} ${serialize(attributes)}`;
}

/**
 * Equations of the same op on the same operands become one, with all their origins. Networks, reads of state and draws of the same
 * name are functions within one step, so they merge, too; what a `gradient` differentiates by does not.
 */
export const mergeCommon: Pass = {
  name: PASS,
  run(graph, context) {
    const pinned = pinnedValues(graph);
    const kept = new Map<string, Equation>();
    const merged = new Map<ValueId, Equation>();
    for (const equation of graph.equations) {
      if (pinned.has(equation.id)) continue;
      const key = keyOf(equation, equation.operands.map((id) => merged.get(id)?.id ?? id));
      const first = kept.get(key);
      if (first === undefined) kept.set(key, equation);
      else merged.set(equation.id, first);
    }
    if (merged.size === 0) return graph;

    const origins = new Map<ValueId, Equation['origin']>();
    const names = new Map<ValueId, string>();
    const inner = new Set<ValueId>();
    for (const equation of graph.equations) {
      const first = merged.get(equation.id);
      if (first === undefined) continue;
      origins.set(first.id, joinOrigins(origins.get(first.id) ?? first.origin, equation.origin));
      if (equation.name !== undefined && !names.has(first.id)) names.set(first.id, equation.name);
      equation.operands.forEach((id) => inner.add(id));
    }
    const describeValue = describe(graph);
    for (const equation of graph.equations) {
      const first = merged.get(equation.id);
      // of a merged expression only the whole is worth a remark
      if (first === undefined || inner.has(equation.id) || equation.op === 'constant') continue;
      context.remark({
        pass: PASS,
        rule: 'equal equations',
        what: describeValue(equation.id),
        why: 'it is computed once for all its uses',
        origin: joinOrigins(first.origin, equation.origin),
      });
    }
    return rebuild(graph, (equation, operands, builder, renamed) => {
      const first = merged.get(equation.id);
      if (first !== undefined) return renamed(first.id);
      const copy = builder.copy({ ...equation, origin: origins.get(equation.id) ?? equation.origin }, operands);
      const name = names.get(equation.id);
      if (name !== undefined) builder.name(copy, name);
      return copy;
    });
  },
};
