import type { Builder } from '../ir/builder.ts';
import type { Equation, EquationOf, Graph, ValueId } from '../ir/graph.ts';
import { inferType } from '../ir/infer.ts';
import type { OpAttributes, OpKind } from '../ir/ops.ts';
import { isScalar, type Type } from '../ir/types.ts';
import { splat } from './constants.ts';
import { describe } from './describe.ts';
import { filledLike } from './emit.ts';
import { keepLive, liveValues } from './liveness.ts';
import type { PassContext } from './pass.ts';
import { pinnedValues } from './pinned.ts';
import { rebuild, type RebuildEquation } from './rebuild.ts';
import { SHAPE_SOURCE } from './shapeSource.ts';

/** An equation that is about to be made. */
export type Candidate<K extends OpKind = OpKind> = Pick<EquationOf<K>, 'op' | 'operands' | 'attributes' | 'type'>;

/** What a rule may ask of the graph so far, and how it adds to it. */
export interface View {
  readonly typeOf: (id: ValueId) => Type;
  /** The equation that makes a value; undefined for inputs and for values that must not be looked through (`pinnedValues`). */
  readonly definition: (id: ValueId) => Equation | undefined;
  /** The number that every element of a value is; null where unknown. */
  readonly constantOf: (id: ValueId) => number | null;
  /** Whether two values surely have the same shape. */
  readonly sameShape: (a: ValueId, b: ValueId) => boolean;
  /** Whether a value surely has the candidate's shape and element type, so that it may stand in its place. */
  readonly fits: (candidate: Candidate, id: ValueId) => boolean;
  /** Makes an equation; the rules apply to it, too. */
  readonly emit: Builder['emit'];
  readonly constant: Builder['constant'];
  /** `value` in a tensor of `like`'s shape. */
  readonly filledLike: (value: number, like: ValueId) => ValueId;
}

/** One algebraic rule: a value that is equal to the candidate, or null where the rule does not apply. */
export interface Rule<K extends OpKind = OpKind> {
  readonly name: string;
  readonly op: K;
  /** `strict` rules hold for NaN, infinities and signed zeros, and round as before; `fast` ones assume finite values. */
  readonly requires: PassContext['math'];
  /** In what a strict rule's value may differ after all; nothing unless given. */
  readonly upTo?: 'the sign of zero';
  /** What must hold of every program for a strict rule to be right; nothing unless given. */
  readonly assumes?: string;
  /** For the remark: why the value is the same. */
  readonly why: string;
  readonly apply: (candidate: Candidate<K>, view: View) => ValueId | null;
}

/** Any rule; `op` says which candidates it takes. */
export type AnyRule = { readonly [K in OpKind]: Rule<K> }[OpKind];

type RulesOf = { readonly [K in OpKind]?: readonly Rule<K>[] };

function rulesByOp(rules: readonly AnyRule[], math: PassContext['math']): RulesOf {
  const table: { [K in OpKind]?: AnyRule[] } = {};
  for (const rule of rules) {
    if (rule.requires === 'strict' || math === 'fast') (table[rule.op] ??= []).push(rule);
  }
  // each list holds rules of its own op only
  return table as RulesOf;
}

/**
 * Makes a graph anew, each equation by the first rule that applies to it. The operands of a candidate have been rewritten before.
 * What only a replaced equation used goes with it; what was unused before stays for `eliminateDeadCode`, which says so.
 */
export function rewrite(graph: Graph, rules: readonly AnyRule[], pass: string, context: PassContext): Graph {
  const table = rulesByOp(rules, context.math);
  const pinned = pinnedValues(graph);
  const frozen = new Set<ValueId>();
  const describeValue = describe(graph);
  const alive = liveValues(graph);
  const unused = new Set<ValueId>();
  let shared: View | null = null;
  let changed = false;

  const make: RebuildEquation = (equation, operands, builder) => {
    const view = (shared ??= createView(builder, createDefinitions(builder, frozen), table));
    if (pinned.has(equation.id)) {
      const copy = builder.copy(equation, operands);
      frozen.add(copy);
      return copy;
    }
    const found = builder.at(equation.origin, () => applyRules({ ...equation, operands }, table, view));
    if (found === null) return builder.copy(equation, operands);
    changed = true;
    context.remark({ pass, rule: found.rule.name, what: describeValue(equation.id), why: found.rule.why, origin: equation.origin });
    if (equation.name !== undefined) builder.name(found.value, equation.name);
    return found.value;
  };
  const result = rebuild(graph, (equation, ...rest) => {
    const value = make(equation, ...rest);
    if (!alive.has(equation.id)) unused.add(value);
    return value;
  });
  return changed ? keepLive(result, liveValues(result, unused)) : graph;
}

interface Application {
  readonly rule: Pick<Rule, 'name' | 'why'>;
  readonly value: ValueId;
}

function applyRules<K extends OpKind>(candidate: Candidate<K>, table: RulesOf, view: View): Application | null {
  const rules: readonly Rule<K>[] = table[candidate.op] ?? [];
  for (const rule of rules) {
    const value = rule.apply(candidate, view);
    if (value !== null) return { rule, value };
  }
  return null;
}

type Definitions = (id: ValueId) => Equation | undefined;

function createDefinitions(builder: Builder, frozen: ReadonlySet<ValueId>): Definitions {
  const known = new Map<ValueId, Equation>();
  let read = 0;
  return (id) => {
    const { equations } = builder.finish([]);
    for (; read < equations.length; read++) known.set(equations[read].id, equations[read]);
    return frozen.has(id) ? undefined : known.get(id);
  };
}

function createView(builder: Builder, definition: Definitions, table: RulesOf): View {
  const keys = new Map<ValueId, string>();
  const shapeKey = (id: ValueId): string => {
    const known = keys.get(id);
    if (known !== undefined) return known;
    const equation = definition(id);
    const key = keyOf(equation ?? { type: builder.typeOf(id) }, `%${id}`);
    keys.set(id, key);
    return key;
  };
  /** Equal keys mean equal shapes. Where a shape is not known, the key is the value whose shape it surely is. */
  const keyOf = ({ type, op, operands = [] }: Partial<Candidate> & Pick<Candidate, 'type'>, own: string): string => {
    if (type.kind === 'tensor' && !type.shape.open) return `[${type.shape.dims.join()}]`;
    if (op === undefined || SHAPE_SOURCE[op] === 'own') return own;
    if (SHAPE_SOURCE[op] === 'first') return shapeKey(operands[0]);
    if (SHAPE_SOURCE[op] === 'second') return shapeKey(operands[1]);
    const shapes = new Set(operands.filter((operand) => !isScalar(builder.typeOf(operand))).map(shapeKey));
    return shapes.size === 1 ? [...shapes][0] : own;
  };

  const view: View = {
    typeOf: builder.typeOf,
    definition,
    constantOf(id) {
      const equation = definition(id);
      if (equation?.op === 'broadcast_in_dim' || equation?.op === 'broadcast_like') return view.constantOf(equation.operands[0]);
      return splat(equation);
    },
    sameShape: (a, b) => shapeKey(a) === shapeKey(b),
    fits(candidate, id) {
      const type = builder.typeOf(id);
      if (type.kind !== 'tensor' || candidate.type.kind !== 'tensor') return type.kind === candidate.type.kind;
      return type.dtype === candidate.type.dtype && shapeKey(id) === keyOf(candidate, 'the candidate');
    },
    emit(op, operands, ...[attributes]) {
      const given = (attributes ?? {}) as OpAttributes[typeof op];
      const type = inferType(op, operands.map(builder.typeOf), given);
      const found = applyRules({ op, operands, attributes: given, type }, table, view);
      if (found !== null) return found.value;
      return (builder.emit as (op: OpKind, operands: readonly ValueId[], attributes: OpAttributes[OpKind]) => ValueId)(op, operands, given);
    },
    constant: builder.constant,
    filledLike: (value, like) => filledLike(builder, value, like),
  };
  return view;
}
