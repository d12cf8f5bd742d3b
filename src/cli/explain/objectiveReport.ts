import type { Player } from '../../dsl/ast.ts';
import { nodesOf } from '../../dsl/childrenOf.ts';
import { hooksOf } from '../../dsl/hooksOf.ts';
import { printTypedExpr } from '../../dsl/printTypedExpr.ts';
import { statesOf, updaterOf } from '../../dsl/statesOf.ts';
import type { Summand, TermInstance, TypedExpr, TypedObjective } from '../../dsl/typed.ts';
import { formulaOf, type Formula } from '../../formula.ts';
import type { Diagnostic } from '../../support/diagnostic.ts';
import { formatStart } from '../../support/source.ts';
import { citation } from './citations.ts';
import { derivativeNeeds } from './derivativeNeeds.ts';
import { simplifications } from './simplifications.ts';

/** What `ganloss explain FILE` says, as data. */
export interface ObjectiveReport {
  readonly file: string;
  readonly objective: string;
  readonly model: string;
  /** Settings that differ from their defaults, as the language writes them. */
  readonly settings: readonly string[];
  readonly params: readonly { readonly name: string; readonly default: number; readonly doc: string }[];
  readonly inputs: readonly { readonly name: string; readonly doc: string }[];
  /** The user's functions that the objective calls. */
  readonly hooks: readonly string[];
  readonly losses: { readonly [P in Player]: Formula };
  readonly terms: readonly TermRow[];
  /** What lives from step to step, and is in checkpoints. */
  readonly state: readonly string[];
  readonly removed: readonly string[];
  readonly merged: readonly string[];
  readonly kept: readonly string[];
  /** What the passes wrote more simply, and why that is the same. */
  readonly simplified: readonly string[];
  readonly warnings: readonly string[];
  readonly needs: readonly string[];
}

export interface TermRow {
  readonly term: string;
  readonly discriminator: boolean;
  readonly generator: boolean;
  /** `10`, `lambda`, or where the players differ `D 0.5, G 1`. */
  readonly weight: string;
  readonly source: string;
}

const PLAYERS: readonly Player[] = ['discriminator', 'generator'];

/** @param diagnostics what checking the file reported: warnings and notes */
export function objectiveReport(objective: TypedObjective, diagnostics: readonly Diagnostic[]): ObjectiveReport {
  const messages = (...codes: readonly string[]): readonly string[] => diagnostics.filter(({ code }) => codes.includes(code)).map(({ message }) => message);
  return {
    file: objective.source.name,
    objective: objective.text,
    model: objective.model,
    settings: settingsOf(objective),
    params: objective.params.map((param) => ({ name: param.name, default: param.default, doc: param.doc.join(' ') })),
    inputs: objective.inputs.map((input) => ({ name: input.name, doc: input.doc.join(' ') })),
    hooks: hooksOf(objective),
    losses: { discriminator: formulaOf(objective, 'discriminator', 'text'), generator: formulaOf(objective, 'generator', 'text') },
    terms: objective.instances.map((instance) => termRow(instance, objective)),
    state: objective.instances.flatMap((instance) => stateRows(instance, objective)),
    removed: [...messages('GL4001'), ...PLAYERS.flatMap((player) => notComputed(objective, player))],
    merged: messages('GL4003'),
    kept: messages('GL4005'),
    simplified: simplifications(objective),
    warnings: diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
    needs: derivativeNeeds(objective),
  };
}

function settingsOf({ reduction, math, pool, weightClip }: TypedObjective): readonly string[] {
  return [
    reduction === 'sum_by_nonzero_weights' ? '' : `reduction ${reduction}`,
    math === 'strict' ? '' : `math ${math}`,
    pool === null ? '' : `pool tensor_pool(size: ${pool.size}, probability: ${pool.probability})`,
    weightClip === null ? '' : `weight_clip ${weightClip}`,
  ].filter((setting) => setting !== '');
}

function termRow(instance: TermInstance, objective: TypedObjective): TermRow {
  const own = (player: Player): Summand | undefined => objective.summands.find((summand) => summand.instance === instance && summand.player === player);
  const [discriminator, generator] = [own('discriminator'), own('generator')];
  const weights = [discriminator, generator].map((summand) => (summand === undefined ? null : printTypedExpr(summand.weight)));
  const [d, g] = weights;
  const weight = d !== null && g !== null && d !== g ? `D ${d}, G ${g}` : (d ?? g ?? '');
  const when = instance.every === 1 ? '' : `, every ${instance.every} steps`;
  return { term: instance.label, discriminator: discriminator !== undefined, generator: generator !== undefined, weight: `${weight}${when}`, source: citation(instance.doc) ?? definedAt(instance, objective) };
}

function stateRows(instance: TermInstance, objective: TypedObjective): readonly string[] {
  const updated = new Set(instance.updates.map(({ state }) => state));
  const states = statesOf(instance).map((state) => `${instance.label}.${state.name} = ${state.initial}, ${updated.has(state) ? `updated with the ${updaterOf(objective, instance)}` : 'never updated'}`);
  const players = PLAYERS.filter((player) => objective.summands.some((summand) => summand.instance === instance && summand.player === player));
  return [...states, ...players.flatMap((player) => keptState(instance, player))];
}

/** What functions such as `ema` keep for a player. */
function keptState({ label, clauses }: TermInstance, player: Player): readonly string[] {
  const clause = clauses[player];
  if (clause === null) return [];
  return nodesOf([clause]).flatMap((node) => ('key' in node ? [`${label}.${node.key}, ${KEPT[node.kind](node as never)} of the ${player}`] : []));
}

type Keeper = Extract<TypedExpr, { readonly key: string }>;

const KEPT: { readonly [K in Keeper['kind']]: (node: Extract<Keeper, { kind: K }>) => string } = {
  spectral_norm: ({ operand }) => `left singular vector of ${printTypedExpr(operand)}`,
  running_mean: ({ operand }) => `running mean of ${printTypedExpr(operand)}`,
  ema: ({ decay }) => `moving average with decay ${printTypedExpr(decay)}`,
  pooled: ({ size }) => `pool of ${size}`,
};

function definedAt({ definition }: TermInstance, { source }: TypedObjective): string {
  return definition.source === source ? `defined at ${formatStart(definition)}` : `defined at ${definition.source.name}:${formatStart(definition)}`;
}

/** What only the other player's loss needs: terms without a part for this one, and calls of networks. */
function notComputed(objective: TypedObjective, player: Player): readonly string[] {
  const other: Player = player === 'generator' ? 'discriminator' : 'generator';
  const absent = objective.instances.filter(({ clauses }) => clauses[player] === null).map(({ label }) => label);
  const mine = networkCalls(objective, player);
  const calls = [...networkCalls(objective, other)].filter((call) => !mine.has(call));
  return [
    ...(absent.length === 0 ? [] : [`${player}: ${list(absent)} (no part for the ${player})`]),
    ...(calls.length === 0 || mine.size === 0 ? [] : [`${player}: ${list(calls)} (its loss does not need ${calls.length === 1 ? 'it' : 'them'})`]),
  ];
}

function networkCalls({ summands }: TypedObjective, player: Player): ReadonlySet<string> {
  const clauses = summands.filter((summand) => summand.player === player).flatMap(({ instance }) => instance.clauses[player] ?? []);
  const calls = nodesOf(clauses).flatMap((node) => {
    if (node.kind !== 'network') return [];
    const args = node.args.map((arg) => arg.name ?? printTypedExpr(arg));
    return [`${node.network}${node.head === null ? '' : `.${node.head}`}(${args.join(', ')})`];
  });
  return new Set(calls);
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
