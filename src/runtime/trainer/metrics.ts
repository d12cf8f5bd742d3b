import type { PlayerName } from '../models/model.ts';
import type { RunnableObjective } from '../runnable.ts';
import type { Params } from './params.ts';

/** A term's part in one player's loss. */
export interface TermMetric {
  /** Before its weight. */
  readonly raw: number;
  readonly weighted: number;
}

/**
 * What a step reports. Losses and terms are those of each player's last update of the step, before that update; NaN for a player
 * that made none. A loss that is not a scalar (reduction none) is reported as its sum, which is what is descended.
 */
export interface Metrics {
  /** How many steps are done, this one included. */
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  /** A cyclegan's losses by direction, as TF-GAN reports them; empty for other models. */
  readonly directions: { readonly [direction: string]: { readonly [P in PlayerName]: number } };
  /** By term, for each player whose loss has it: `terms.gp.discriminator?.raw`. In a cyclegan `x2y.gp` and `y2x.gp`. A term under `every` is there in the steps that compute it. */
  readonly terms: { readonly [term: string]: { readonly [P in PlayerName]?: TermMetric } };
  /** Updates left out because they were not finite (`onNaN: 'skip'`). */
  readonly skipped: { readonly [P in PlayerName]: number };
  /** Wall-clock time of the step in milliseconds. */
  readonly ms: number;
}

/** A player's numbers by label: `loss`, `loss.x2y`, `term.gp`. */
export type Report = ReadonlyMap<string, number>;

export interface StepRecord {
  readonly step: number;
  readonly ms: number;
  readonly reports: { readonly [P in PlayerName]: Report };
  readonly skipped: { readonly [P in PlayerName]: number };
}

export function createMetrics({ terms }: RunnableObjective, params: Params, { step, ms, reports, skipped }: StepRecord): Metrics {
  const numberOf = (player: PlayerName, label: string) => reports[player].get(label) ?? NaN;
  const directions = ['x2y', 'y2x'].filter((direction) => reports.generator.has(`loss.${direction}`) || reports.discriminator.has(`loss.${direction}`));
  const byTerm: Record<string, { [P in PlayerName]?: TermMetric }> = {};
  for (const { player, name, weight } of terms) {
    const raw = reports[player].get(`term.${name}`);
    if (raw !== undefined) byTerm[name] = { ...byTerm[name], [player]: { raw, weighted: raw * weight(params, step - 1) } };
  }
  return {
    step,
    generatorLoss: numberOf('generator', 'loss'),
    discriminatorLoss: numberOf('discriminator', 'loss'),
    directions: Object.fromEntries(directions.map((name) => [name, { generator: numberOf('generator', `loss.${name}`), discriminator: numberOf('discriminator', `loss.${name}`) }])),
    terms: byTerm,
    skipped,
    ms,
  };
}
