import { invariant } from '../../support/invariant.ts';
import type { Equation, Graph, ValueId } from '../../ir/graph.ts';
import { definitionsOf, selectInstruction, type Argument, type Instruction } from './instructions.ts';

/**
 * Which values a block makes, in order, and which of them need a name of their own. A `gradient` has a block inside: the part of
 * the graph between its variable and the differentiated value, made anew from the variable; everything that does not depend on
 * the variable is made outside. An `every` has one, too: what nothing but it needs.
 */
export interface BlockPlan {
  readonly order: readonly ValueId[];
  /** Values used more than once, or by a block inside. */
  readonly named: ReadonlySet<ValueId>;
}

export interface Schedule {
  readonly instructionOf: (id: ValueId) => Instruction | undefined;
  readonly equationOf: (id: ValueId) => Equation | undefined;
  /** The values that the block inside a gradient of `of` by `by` takes from outside. */
  readonly freeValues: (of: ValueId, by: ValueId) => readonly ValueId[];
  /** The values that the block inside an `every` of `results` takes from outside. */
  readonly sharedValues: (results: readonly ValueId[]) => readonly ValueId[];
  /** The plan for making `results` where `available` are made already. */
  readonly plan: (results: readonly ValueId[], available: ReadonlySet<ValueId>) => BlockPlan;
}

export function createSchedule(graph: Graph): Schedule {
  const equationOf = definitionsOf(graph);
  const chosen = new Map<ValueId, Instruction>();
  const instructionOf = (id: ValueId): Instruction | undefined => {
    const equation = equationOf(id);
    if (equation === undefined) return undefined;
    const instruction = chosen.get(id) ?? selectInstruction(equation, equationOf);
    chosen.set(id, instruction);
    return instruction;
  };
  const isInline = (id: ValueId) => {
    const kind = instructionOf(id)?.kind;
    return kind === undefined || kind === 'literal' || kind === 'param';
  };

  const needsOf = new Map<ValueId, readonly ValueId[]>();
  /** What must be there before a value can be made in its block. */
  const needs = (id: ValueId): readonly ValueId[] => {
    const known = needsOf.get(id);
    if (known !== undefined) return known;
    const instruction = instructionOf(id);
    const result = instruction === undefined ? [] : instruction.kind === 'every' ? sharedValues(resultsOf(instruction)) : operandsOf(instruction, (of, by) => [by, ...freeValues(of, by)]);
    needsOf.set(id, result);
    return result;
  };

  let everywhere: ReadonlySet<ValueId> | null = null;
  /** What is made in every step: all that outputs and effects need other than through an `every`. */
  const madeAlways = (): ReadonlySet<ValueId> => {
    everywhere ??= reachable(graph.outputs.map(({ value }) => value), (id) => (instructionOf(id)?.kind === 'every' ? [] : needs(id)));
    return everywhere;
  };

  const sharedValues = (results: readonly ValueId[]): readonly ValueId[] => {
    const always = madeAlways();
    const inside = reachable(results, (id) => (always.has(id) ? [] : needs(id)));
    return [...inside].filter((id) => always.has(id) || equationOf(id) === undefined);
  };

  const freeValues = (of: ValueId, by: ValueId): readonly ValueId[] => {
    const depends = dependents(of, by);
    const free = new Set<ValueId>();
    for (const id of depends) for (const need of id === by ? [] : needs(id)) if (!depends.has(need)) free.add(need);
    return [...free];
  };

  /** The values below `of` that depend on `by`, `by` included. */
  const dependents = (of: ValueId, by: ValueId): ReadonlySet<ValueId> => {
    const found = new Map<ValueId, boolean>([[by, true]]);
    const pending = [of];
    while (pending.length > 0) {
      const id = pending[pending.length - 1];
      const open = needs(id).filter((need) => !found.has(need));
      if (found.has(id) || open.length === 0) {
        pending.pop();
        if (!found.has(id)) found.set(id, needs(id).some((need) => found.get(need) === true));
      } else pending.push(...open);
    }
    return new Set([...found].filter(([, does]) => does).map(([id]) => id));
  };

  return {
    instructionOf,
    equationOf,
    freeValues,
    sharedValues,
    plan(results, available) {
      const order: ValueId[] = [];
      const uses = new Map<ValueId, number>();
      const use = (id: ValueId, count: number) => uses.set(id, (uses.get(id) ?? 0) + count);
      const seen = new Set<ValueId>(available);
      const pending: { readonly id: ValueId; readonly made: boolean }[] = [...results].reverse().map((id) => ({ id, made: false }));
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const { id, made } = next;
        if (made) {
          order.push(id);
          continue;
        }
        if (seen.has(id) || isInline(id)) continue;
        seen.add(id);
        const instruction = instructionOf(id);
        invariant(instruction !== undefined, `no instruction for %${id}`);
        pending.push({ id, made: true });
        const below = needs(id);
        // what a block inside reads must be a local outside
        for (const need of below) use(need, instruction.kind === 'gradient' || instruction.kind === 'every' ? 2 : 1);
        for (const need of [...below].reverse()) pending.push({ id: need, made: false });
      }
      for (const id of results) use(id, 1);
      return { order, named: new Set(order.filter((id) => (uses.get(id) ?? 0) > 1)) };
    },
  };
}

/** Everything that the block of an `every` makes: its value first. */
export function resultsOf({ of, effects }: Extract<Instruction, { readonly kind: 'every' }>): readonly ValueId[] {
  return [of, ...effects];
}

function reachable(roots: readonly ValueId[], below: (id: ValueId) => readonly ValueId[]): ReadonlySet<ValueId> {
  const found = new Set<ValueId>(roots);
  for (const id of found) for (const next of below(id)) found.add(next);
  return found;
}

function operandsOf(instruction: Exclude<Instruction, { readonly kind: 'every' }>, gradient: (of: ValueId, by: ValueId) => readonly ValueId[]): readonly ValueId[] {
  switch (instruction.kind) {
    case 'literal':
    case 'param':
      return [];
    case 'alias':
      return [instruction.of];
    case 'call':
    case 'each':
      return instruction.args.filter((arg): arg is Argument & { kind: 'value' } => arg.kind === 'value').map((arg) => arg.id);
    case 'network':
      return instruction.args;
    case 'head':
      return [instruction.object];
    case 'gradient':
      return gradient(instruction.of, instruction.by);
    default:
      return instruction satisfies never;
  }
}
