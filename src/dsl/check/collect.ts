import type { Span } from '../../support/source.ts';
import type { Player } from '../ast.ts';
import { printTypedExpr } from '../printTypedExpr.ts';
import type { MathMode, Summand, TermInstance } from '../typed.ts';
import type { LinearObjective, Part, Use } from './linear.ts';
import type { Reporter } from './reporter.ts';
import { nodesOf } from '../childrenOf.ts';
import { hasParams, stepsToCheck, weightExpr, weightValue, type Weight } from './weight.ts';

/** The objective's summands after the rules about weights (§2.2), and the instances that are left. */
export interface Collected {
  readonly summands: readonly Summand[];
  readonly instances: readonly TermInstance[];
}

interface Judged {
  readonly part: Part;
  readonly value: number;
  readonly keep: boolean;
}

/** @param params the params' defaults */
export function collectSummands(objective: LinearObjective, math: MathMode, params: ReadonlyMap<string, number>, reporter: Reporter): Collected {
  const parts = [...objective.values()];
  const instances = [...new Set(parts.map((part) => part.instance))];
  const judged = new Map<Part, Judged>();
  for (const part of parts) judged.set(part, { part, value: weightValue(part.weight, params), keep: true });
  for (const instance of instances) {
    const own = parts.filter((part) => part.instance === instance);
    reportMerged(own, reporter);
    if (reportWeights(own, params, reporter)) continue;
    for (const kept of judgeZeros(own, math, judged, reporter)) judged.set(kept.part, kept);
  }
  const kept = [...judged.values()].filter(({ keep }) => keep);
  const left = shortenLabels(instances.filter((instance) => kept.some(({ part }) => part.instance === instance)));
  return {
    summands: kept.map(({ part, value }) => summandOf(part, left.get(part.instance)!, value)),
    instances: [...left.values()],
  };
}

/** An instance whose term has no other is known by the term's name: metrics and generated code say `gp`. */
function shortenLabels(instances: readonly TermInstance[]): ReadonlyMap<TermInstance, TermInstance> {
  const isOnly = ({ name }: TermInstance) => instances.filter((other) => other.name === name).length === 1;
  return new Map(instances.map((instance) => [instance, isOnly(instance) ? { ...instance, label: instance.name } : instance]));
}

function summandOf(part: Part, instance: TermInstance, defaultWeight: number): Summand {
  const span = part.uses[0]!.multiple;
  return { instance, player: part.player, weight: weightExpr(part.weight, span), defaultWeight, span };
}

const joinPlayers = (parts: readonly Part[]): string => parts.map((part) => part.player).join(' and ');

function reportMerged(own: readonly Part[], reporter: Reporter): void {
  const merged = own.find((part) => part.mergedAt !== null);
  if (merged === undefined || merged.mergedAt === null) return;
  const first = merged.uses[0]!.term;
  const { label } = merged.instance;
  reporter.report(
    {
      code: 'GL4003',
      span: merged.mergedAt,
      message: `equal terms are one: the weights of '${label}' add up to ${printTypedExpr(weightExpr(merged.weight, merged.mergedAt))}`,
      label: 'the same term again',
      labels: [{ span: first, message: 'first here' }],
    },
    null,
  );
}

/** Negative and infinite weights; whether there was one. */
function reportWeights(own: readonly Part[], params: ReadonlyMap<string, number>, reporter: Reporter): boolean {
  for (const part of own) {
    const { instance } = part;
    const { value, step } = worstValue(part.weight, params);
    const factors = [...part.weight.values()].flatMap((monomial) => monomial.factors);
    const scheduled = nodesOf(factors).some((node) => node.kind === 'schedule');
    const hasParam = nodesOf(factors).some((node) => node.kind === 'param');
    const underDefaults = `${scheduled ? ` at step ${step}` : ''}${hasParam ? ' with the default values of its params' : ''}`;
    if (!Number.isFinite(value)) {
      const use = part.uses.at(-1)!;
      reporter.report({ code: 'GL3008', span: use.multiple, message: `the weight of '${instance.label}' is ${value}${underDefaults}`, label: `weighs ${value}` }, null);
      return true;
    }
    if (instance.modifier === null || value >= 0) continue;
    const use = negativeUse(part, params, step);
    const message = `the weight of '${instance.label}' is ${value}${underDefaults}: ${instance.modifier === 'auxiliary' ? 'an auxiliary term' : 'this term'} cannot have a negative one`;
    const labels = part.uses.length > 1 ? part.uses.filter((other) => other !== use).map((other) => ({ span: other.multiple, message: 'also adds to it' })) : [];
    reporter.report({ code: 'GL3007', span: use.multiple, message, label: `weighs ${value}`, labels }, null);
    return true;
  }
  return false;
}

const negativeUse = (part: Part, params: ReadonlyMap<string, number>, step: number): Use => part.uses.find((use) => weightValue(use.weight, params, step) < 0) ?? part.uses[0]!;

/** The weight's value at the first step where it is not finite, else its least. */
function worstValue(weight: Weight, params: ReadonlyMap<string, number>): { readonly value: number; readonly step: number } {
  const steps = stepsToCheck([...weight.values()].flatMap(({ factors }) => factors));
  const values = steps.map((step) => ({ value: weightValue(weight, params, step), step }));
  return values.find(({ value }) => !Number.isFinite(value)) ?? values.reduce((least, other) => (other.value < least.value ? other : least));
}

/** What becomes of summands that weigh nothing: a literal zero only, never a param. */
function judgeZeros(own: readonly Part[], math: MathMode, judged: ReadonlyMap<Part, Judged>, reporter: Reporter): readonly Judged[] {
  const zeros = own.filter((part) => judged.get(part)!.value === 0 && !hasParams(part.weight));
  const [first] = zeros;
  if (first === undefined) return [];
  const { instance } = first;
  const auxiliary = instance.modifier === 'auxiliary';
  const removed = auxiliary || math === 'fast';
  const half = zeros.length < own.length ? ` for the ${joinPlayers(zeros)}` : '';
  const span = first.uses.at(-1)!.multiple;
  if (removed) {
    const why = auxiliary ? "its weight is 0, and TF-GAN's gan_loss leaves out an auxiliary term then" : "its weight is 0, and 'math fast' takes its value to be finite";
    reporter.report({ code: 'GL4001', span, message: `'${instance.label}' is eliminated${half}: ${why}`, label: 'eliminated' }, null);
  } else {
    const hint = "Write 'math fast' to have it removed.";
    reporter.report({ code: 'GL4005', span, message: `'${instance.label}' is kept${half} though its weight is 0: like TF-GAN, so that a NaN in it stays visible`, label: 'kept', hint }, null);
  }
  return zeros.map((part) => ({ part, value: 0, keep: !removed }));
}

/** GL3010: a player whom nothing judges by the discriminator's output. */
export function warnOfMissingPlayers(summands: readonly Summand[], reporter: Reporter, whole: Span): void {
  if (summands.length === 0) {
    reporter.report({ code: 'GL3010', span: whole, message: 'nothing is left of the objective: neither player has a loss', label: 'all terms are eliminated' }, null);
    return;
  }
  const lacks = (player: Player) => !summands.some((summand) => summand.player === player && summand.instance.adversarial[player]);
  const players = (['generator', 'discriminator'] as const).filter(lacks);
  if (players.length === 0) return;
  const who = players.length === 2 ? 'neither player has' : `the ${players[0]} has no`;
  const message = players.length === 2 ? `${who} an adversarial term` : `${who} adversarial term`;
  reporter.report({ code: 'GL3010', span: whole, message, label: `nothing adversarial for the ${players.join(' and the ')}`, hint: 'Adversarial terms: wasserstein, hinge, least_squares, minimax, modified, nonsaturating, relativistic, rpgan and others.' }, null);
}
