import type { Span } from '../../support/source.ts';
import type { Player } from '../ast.ts';
import type { TermInstance, TypedExpr } from '../typed.ts';
import type { ExprKeys } from './exprKey.ts';
import { addWeights, divideWeight, ONE, scaleWeight, type Weight } from './weight.ts';

/**
 * An objective as a vector: a weight for each term instance and player. Sums are merged as they are made, so that terms made
 * of terms cannot blow up.
 */
export type LinearObjective = ReadonlyMap<string, Part>;

export interface Part {
  readonly instance: TermInstance;
  readonly player: Player;
  readonly weight: Weight;
  /** The places of the root file that add it, with what each adds. */
  readonly uses: readonly Use[];
  /** Where equal terms met first. */
  readonly mergedAt: Span | null;
}

export interface Use {
  /** The term itself. */
  readonly term: Span;
  /** The widest expression that is a multiple of this term alone: `-1*gp`. */
  readonly multiple: Span;
  readonly weight: Weight;
}

/** Enough for every label that a person reads; the weights themselves are exact. */
const MAX_USES = 16;

export function single(instance: TermInstance, use: Span): LinearObjective {
  const parts = new Map<string, Part>();
  for (const player of ['generator', 'discriminator'] as const) {
    if (instance.clauses[player] === null) continue;
    const uses = [{ term: use, multiple: use, weight: ONE }];
    parts.set(keyOf(instance, player), { instance, player, weight: ONE, uses, mergedAt: null });
  }
  return parts;
}

/** @param rightSpan the right operand, for remarks about terms that meet */
export function add(left: LinearObjective, right: LinearObjective, rightSpan: Span): LinearObjective {
  const sum = new Map(left);
  for (const [key, part] of right) {
    const other = sum.get(key);
    sum.set(key, other === undefined ? part : merge(other, part, rightSpan));
  }
  return sum;
}

function merge(left: Part, right: Part, rightSpan: Span): Part {
  const uses = [...left.uses];
  for (const use of right.uses) {
    const at = uses.findIndex((other) => sameSpan(other.term, use.term) && sameSpan(other.multiple, use.multiple));
    if (at >= 0) uses[at] = { ...use, weight: addWeights(uses[at]!.weight, use.weight) };
    else if (uses.length < MAX_USES) uses.push(use);
  }
  const distinct = right.uses[0]!;
  const mergedAt = left.mergedAt ?? (left.uses.some((use) => sameSpan(use.term, distinct.term)) ? rightSpan : distinct.term);
  return { ...left, weight: addWeights(left.weight, right.weight), uses, mergedAt };
}

const sameSpan = (a: Span, b: Span): boolean => a.source === b.source && a.start === b.start && a.end === b.end;

/** @param whole the product, for messages about a negative weight */
export function scale(objective: LinearObjective, factor: number | TypedExpr, keys: ExprKeys, whole: Span): LinearObjective {
  return mapWeights(objective, (weight) => scaleWeight(weight, factor, keys), whole);
}

export function divide(objective: LinearObjective, divisor: number | TypedExpr, keys: ExprKeys, whole: Span): LinearObjective {
  return mapWeights(objective, (weight) => divideWeight(weight, divisor, keys), whole);
}

function mapWeights(objective: LinearObjective, change: (weight: Weight) => Weight, whole: Span): LinearObjective {
  const instances = new Set([...objective.values()].map((part) => part.instance));
  const alone = instances.size === 1 && [...objective.values()].every((part) => part.uses.length === 1);
  const parts = new Map<string, Part>();
  for (const [key, part] of objective) {
    const uses = part.uses.map((use) => ({
      ...use,
      weight: change(use.weight),
      multiple: alone && whole.source === use.term.source ? whole : use.multiple,
    }));
    parts.set(key, { ...part, weight: change(part.weight), uses });
  }
  return parts;
}

/** The same objective with other instances in place of its own. */
export function mapInstances(objective: LinearObjective, change: (instance: TermInstance) => TermInstance): LinearObjective {
  const parts = [...objective.values()].map((part): readonly [string, Part] => {
    const instance = change(part.instance);
    return [keyOf(instance, part.player), { ...part, instance }];
  });
  return new Map(parts);
}

const keyOf = ({ label }: TermInstance, player: Player): string => `${label} ${player}`;

/** The half of the objective that is the player's. */
export function half(objective: LinearObjective, player: Player): LinearObjective {
  return new Map([...objective].filter(([, part]) => part.player === player));
}

/** The same objective as seen from one place: what a foreign term is made of is no business of the root file's reader. */
export function usedAt(objective: LinearObjective, site: Span): LinearObjective {
  return new Map([...objective].map(([key, part]) => [key, { ...part, uses: [{ term: site, multiple: site, weight: part.weight }], mergedAt: null }]));
}
