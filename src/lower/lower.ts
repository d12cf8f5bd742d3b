import { invariant } from '../support/invariant.ts';
import type { Span } from '../support/source.ts';
import type { Player } from '../dsl/ast.ts';
import { nodesOf } from '../dsl/childrenOf.ts';
import { updaterOf } from '../dsl/statesOf.ts';
import type { NetworkName, Summand, TermInstance, TypedExpr, TypedObjective } from '../dsl/typed.ts';
import { createBuilder, type Builder } from '../ir/builder.ts';
import type { Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { tensorType } from '../ir/types.ts';
import { INPUT_TYPES, MODEL_BINDINGS, withPool, type Direction, type ModelBinding } from './bindings.ts';
import { lowerExpr, stateKey, type GivenFake, type LowerScope } from './lowerExpr.ts';

/** The graph of each player's loss. */
export type PlayerGraphs = { readonly [P in Player]: Graph };

export interface LowerOptions {
  /** Adds outputs for what a term's clause is made of, so that it can be read without being computed again. */
  readonly observe?: boolean;
}

/**
 * Typed objective → one graph a player. Outputs:
 * - `loss`: what the player's variables descend. In a cyclegan the sum over both directions, with terms that concern both
 *   (`cycle`) once: no other direction's part depends on a direction's networks, so its gradients are those of TF-GAN's two losses;
 * - `loss.x2y`, `loss.y2x` (cyclegan): the losses as TF-GAN reports them, `cycle` in both;
 * - `term.<label>`, in a cyclegan `term.x2y.<label>` for terms of a direction: each term before its weight;
 * - `state.<label>.<name>`: what a term's state becomes, in the graph of the player whose update sets it, unless the term is lazy;
 * - with `observe`, `let.<label>.<name>`: each numeric `let` that a clause is made of, and `part.<label>.0`, `part.<label>.1`: both
 *   sides of a clause that is a sum or a difference.
 */
export function lower(objective: TypedObjective, options: LowerOptions = {}): PlayerGraphs {
  return { generator: lowerPlayer(objective, 'generator', options), discriminator: lowerPlayer(objective, 'discriminator', options) };
}

function lowerPlayer(objective: TypedObjective, player: Player, { observe = false }: LowerOptions): Graph {
  const builder = createBuilder(player);
  const summands = objective.summands.filter((summand) => summand.player === player);
  const context = createContext(builder, objective, player, summands);
  const directions = MODEL_BINDINGS[objective.model];
  const terms: GraphOutput[] = [];
  const parts: { readonly direction: Direction | null; readonly value: ValueId }[] = [];
  const states: GraphOutput[] = [];
  const observed: GraphOutput[] = [];

  for (const summand of summands) {
    const { instance } = summand;
    for (const { direction, name: prefix } of placesOf(objective, instance)) {
      const { binding } = directions.find((candidate) => direction === null || candidate.direction === direction) ?? directions[0];
      const scope = context.scopeOf(instance, binding, prefix);
      const clause = instance.clauses[player];
      invariant(clause !== null, `a summand of ${instance.label} for the ${player}, who has no clause`);
      const computed = lowerExpr(clause, scope);
      const updates = updaterOf(objective, instance) === player ? lowerUpdates(builder, instance, scope) : [];
      const value = sometimes(builder, instance, computed, updates);
      terms.push({ name: `term.${prefix}`, value });
      if (observe) observed.push(...observedIn(clause, scope));
      parts.push({ direction, value: weigh(builder, summand, value, scope, objective) });
      // updates of a term that is computed now and then are effects of computing it
      if (instance.every === 1) states.push(...updates);
    }
  }

  const total = (values: readonly ValueId[]): ValueId =>
    values.length === 0 ? builder.constant(0) : values.reduce((left, right) => builder.at([], () => builder.emit('add', [left, right])));
  const outputs: GraphOutput[] = [{ name: 'loss', value: total(parts.map((part) => part.value)) }];
  if (objective.model === 'cyclegan') {
    for (const { direction } of directions) {
      const own = parts.filter((part) => part.direction === null || part.direction === direction);
      outputs.push({ name: `loss.${direction}`, value: total(own.map((part) => part.value)) });
    }
  }
  return builder.finish([...outputs, ...terms, ...states, ...observed]);
}

/** The values that a clause is made of: they are in the scope already. */
function observedIn(clause: TypedExpr, { prefix, values }: LowerScope): readonly GraphOutput[] {
  const output = (name: string, expr: TypedExpr): readonly GraphOutput[] => {
    const value = values.get(expr);
    return value === undefined || (expr.type !== 'scalar' && expr.type !== 'tensor') ? [] : [{ name, value }];
  };
  const lets = nodesOf([clause]).flatMap((node) => (node.name === undefined ? [] : output(`let.${prefix}.${node.name}`, node)));
  const isSum = clause.kind === 'binary' && (clause.fn === 'add' || clause.fn === 'subtract');
  return [...lets, ...(isSum ? [clause.left, clause.right].flatMap((side, index) => output(`part.${prefix}.${index}`, side)) : [])];
}

/** A term's value, or 0 in the steps in which it is not computed, and its states are not updated. */
function sometimes(builder: Builder, { every, span }: TermInstance, value: ValueId, updates: readonly GraphOutput[]): ValueId {
  return every === 1 ? value : builder.at([span], () => builder.emit('every', [value, ...updates.map((update) => update.value)], { interval: every }));
}

/** The states' next values, from the values that the clause is made of. */
function lowerUpdates(builder: Builder, instance: TermInstance, scope: LowerScope): readonly GraphOutput[] {
  return instance.updates.map(({ state, value }) => {
    const key = stateKey(scope, state.name);
    const next = lowerExpr(value, scope);
    const write = builder.at([scope.originOf(value)], () => builder.emit('state_write', [builder.emit('stop_gradient', [next])], { key }));
    builder.name(write, `next_${state.name}`);
    return { name: `state.${key}`, value: write };
  });
}

/** Where a term is computed, and what its value is called there: once, or in each direction of a cyclegan. */
export function placesOf({ model }: TypedObjective, { label, scope }: TermInstance): readonly { readonly direction: Direction | null; readonly name: string }[] {
  if (model !== 'cyclegan' || scope === 'model') return [{ direction: null, name: label }];
  return MODEL_BINDINGS.cyclegan.map(({ direction }) => ({ direction, name: `${direction}.${label}` }));
}

function weigh(builder: Builder, summand: Summand, value: ValueId, scope: LowerScope, objective: TypedObjective): ValueId {
  const { weight } = summand;
  if (weight.kind === 'constant' && weight.value === 1) return value;
  const factor = lowerExpr(weight, scope);
  const origin: Span = summand.span.source === objective.source ? summand.span : summand.instance.span;
  const product = builder.at([origin], () => builder.emit('multiply', [factor, value]));
  builder.name(product, `weighted_${summand.instance.name}`);
  return product;
}

function createContext(builder: Builder, objective: TypedObjective, player: Player, summands: readonly Summand[]) {
  const inputs = new Map<string, ValueId>();
  const calls = new Map<string, ValueId>();
  const declared = new Set(objective.inputs.map((declaration) => declaration.name));
  const roots = summands.flatMap(({ instance }) => {
    const updates = updaterOf(objective, instance) === player ? instance.updates : [];
    return [instance.clauses[player], ...updates.map(({ value }) => value)].filter((expr) => expr !== null);
  });
  const reachable = nodesOf(roots);
  const withHeads = new Set<NetworkName>();
  const madeFrom = new Set(MODEL_BINDINGS[objective.model].flatMap(({ binding }) => [binding.generator.from, binding.generator.condition, 'z', 'codes']));
  let explicitFake = false;
  for (const node of reachable) {
    if (node.kind === 'network' && node.head !== null) withHeads.add(node.network);
    if (node.kind === 'grad' && node.by.kind === 'model' && madeFrom.has(node.by.name) && nodesOf([node.of]).some(isMade)) explicitFake = true;
  }
  const variables = new Set(reachable.flatMap((node) => (node.kind === 'grad' ? [node.by] : [])));
  const pooled = player === 'discriminator' && objective.pool !== null;
  const fakes = pooled || explicitFake ? [] : givenFakes(objective);

  const input = (name: string): ValueId => {
    const known = inputs.get(name);
    if (known !== undefined) return known;
    const id = builder.input(name, declared.has(name) ? tensorType([], { open: true }) : INPUT_TYPES[name]);
    inputs.set(name, id);
    return id;
  };
  const once = (key: string, make: () => ValueId): ValueId => {
    const id = calls.get(key) ?? make();
    calls.set(key, id);
    return id;
  };
  const callOnce = (network: string, data: ValueId, condition: ValueId | null, outputs: 'single' | 'all'): ValueId =>
    once(`${network}/${data}/${condition}`, () => builder.emit('network_call', condition === null ? [data] : [data, condition], { network, outputs }));

  return {
    scopeOf(instance: TermInstance, plain: ModelBinding, prefix: string): LowerScope {
      const binding = pooled ? withPool(plain) : plain;
      // 'D' in the text is this direction's discriminator
      const hasHeads = (network: NetworkName) => withHeads.has(network) || (network === binding.discriminator && withHeads.has('D'));
      return {
        builder,
        binding,
        values: new Map(),
        variables,
        input,
        call(network, data, condition, head) {
          if (!hasHeads(network)) return callOnce(network, data, condition, 'single');
          const all = callOnce(network, data, condition, 'all');
          return once(`${all}.${head}`, () => builder.emit('get_tuple_element', [all], { head }));
        },
        explicitFake,
        fakes,
        prefix,
        player,
        originOf: (expr) => (expr.span.source === objective.source ? expr.span : instance.span),
      };
    },
  };
}

/** Whether a generator makes the value. */
function isMade(node: TypedExpr): boolean {
  if (node.kind === 'model') return node.name === 'fake' || node.name === 'reconstructed';
  return node.kind === 'network' && (node.network === 'G' || node.network === 'F');
}

function givenFakes(objective: TypedObjective): readonly GivenFake[] {
  return MODEL_BINDINGS[objective.model].map(({ binding }) => {
    const { network, from, condition } = binding.generator;
    const name = (key: typeof from) => {
      const bound = binding.names[key];
      invariant(bound?.kind === 'input', `'${key}' is no input`);
      return bound.name;
    };
    return { network, from: name(from), condition: condition === null ? null : name(condition), fake: name('fake') };
  });
}
