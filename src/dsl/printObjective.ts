import { formatStart, type Span } from '../support/source.ts';
import type { Player } from './ast.ts';
import { nodesOf } from './childrenOf.ts';
import { nameShared, printLets, printTypedExpr, printWith } from './printTypedExpr.ts';
import { statesOf } from './statesOf.ts';
import type { Summand, TermInstance, TypedObjective } from './typed.ts';

const PLAYERS: readonly Player[] = ['discriminator', 'generator'];

/** The typed objective as text: settings, declarations, each player's sum with its weights, and every term's clauses. */
export function printObjective(objective: TypedObjective): string {
  const blocks = [header(objective), ...PLAYERS.map((player) => sum(objective, player)), ...objective.instances.map((instance) => printInstance(instance, objective))];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function header({ text, model, reduction, math, pool, weightClip, params, inputs }: TypedObjective): readonly string[] {
  return [
    `objective ${text}`,
    `model ${model}, reduction ${reduction}, math ${math}`,
    ...(pool === null ? [] : [`pool size ${pool.size}, probability ${pool.probability}`]),
    ...(weightClip === null ? [] : [`weight clip ${weightClip}`]),
    ...params.map((param) => `param ${param.name} = ${param.default}`),
    ...inputs.map((input) => `input ${input.name}`),
  ];
}

function sum({ summands }: TypedObjective, player: Player): readonly string[] {
  const own = summands.filter((summand) => summand.player === player);
  return [`${player} =${own.length === 0 ? ' 0' : ''}`, ...own.map((summand, i) => `  ${i === 0 ? ' ' : '+'} ${weighted(summand)}    // ${formatStart(summand.span)}`)];
}

function weighted({ weight, instance, defaultWeight }: Summand): string {
  if (weight.kind === 'constant') return weight.value === 1 ? instance.label : `${weight.value} * ${instance.label}`;
  const text = printTypedExpr(weight);
  const scheduled = nodesOf([weight]).some((node) => node.kind === 'schedule');
  return `${weight.kind === 'param' || weight.kind === 'schedule' ? text : `(${text})`} * ${instance.label}  [${defaultWeight} ${scheduled ? 'at first' : 'by default'}]`;
}

function printInstance(instance: TermInstance, { source, model }: TypedObjective): readonly string[] {
  const { label, modifier, clauses, updates, adversarial, definition, span, scope } = instance;
  const roots = [...PLAYERS.map((player) => clauses[player]).filter((clause) => clause !== null), ...updates.map(({ value }) => value)];
  const naming = nameShared(roots);
  const facts = [
    instance.every === 1 ? null : `every ${instance.every} steps`,
    modifier,
    model === 'cyclegan' ? `of ${scope === 'direction' ? 'each direction' : 'the whole model'}` : null,
    `used at ${formatStart(span)}`,
    `defined at ${place(definition, source)}`,
  ];
  return [
    `term ${label}: ${facts.filter((fact) => fact !== null).join(', ')}`,
    ...statesOf(instance).map((state) => `  state ${state.name} = ${state.initial}`),
    ...printLets(naming).map((line) => `  ${line}`),
    ...PLAYERS.flatMap((player) => {
      const clause = clauses[player];
      return clause === null ? [] : [`  ${player} = ${printWith(clause, naming)}${adversarial[player] ? '    // adversarial' : ''}`];
    }),
    ...updates.map(({ state, value }) => `  update ${state.name} = ${printWith(value, naming)}`),
  ];
}

const place = (span: Span, root: TypedObjective['source']): string => (span.source === root ? formatStart(span) : `${span.source.name}:${formatStart(span)}`);
