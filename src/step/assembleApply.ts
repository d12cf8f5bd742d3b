import { createBuilder, type Builder } from '../ir/builder.ts';
import type { Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { tensorType } from '../ir/types.ts';
import { arithmetic, type Arithmetic } from './arithmetic.ts';
import { OPTIMIZERS, type OptimizerKind } from './optimizers.ts';

/** Variables of one optimiser that lie in memory one behind the other, as one vector: an update of all of them is one pass over it. */
export interface UpdateRun {
  readonly name: string;
  /** Numbers in the vector, gaps between variables included. */
  readonly length: number;
  /** Whether the loss depends on them; the optimiser passes over those on which it does not. */
  readonly reached: boolean;
}

export interface UpdateGroup {
  /** The optimiser's group: `generator`, `x2y.generator` */
  readonly name: string;
  readonly optimizer: OptimizerKind;
  readonly runs: readonly UpdateRun[];
}

export interface ApplyOptions {
  readonly name: string;
  readonly groups: readonly UpdateGroup[];
  /** 1 − decay of a moving average of the variables; null where none is kept. */
  readonly ema: number | null;
  /** After the update each variable is kept in [−limit, limit]; null: as it is. */
  readonly weightClip: number | null;
}

/** Names of the inputs and outputs of an apply graph. */
export const APPLY_NAMES = {
  weight: (run: string) => `weight.${run}`,
  gradient: (run: string) => `gradient.${run}`,
  slot: (run: string, field: string) => `slot.${run}.${field}`,
  ema: (run: string) => `ema.${run}`,
  scalar: (group: string, field: string) => `scalar.${group}.${field}`,
  number: (group: string, name: string) => `number.${group}.${name}`,
} as const;

/**
 * Optimiser updates, then weight clipping, then the moving average, as equations. Every output has the name of an input: it is that
 * input's next value.
 */
export function assembleApply({ name, groups, ema, weightClip }: ApplyOptions): Graph {
  const builder = createBuilder(name);
  const m = arithmetic(builder);
  const outputs: GraphOutput[] = [];
  for (const group of groups) outputs.push(...applyGroup(builder, m, group, { ema, weightClip }));
  return builder.finish(outputs);
}

function applyGroup(builder: Builder, m: Arithmetic, { name: group, optimizer, runs }: UpdateGroup, { ema, weightClip }: Pick<ApplyOptions, 'ema' | 'weightClip'>): readonly GraphOutput[] {
  const rule = OPTIMIZERS[optimizer];
  const inputs = new Map<string, ValueId>();
  const input = (name: string, dims: readonly number[]): ValueId => {
    const known = inputs.get(name) ?? builder.input(name, tensorType(dims));
    inputs.set(name, known);
    return known;
  };
  const scalar = (field: string): ValueId => input(APPLY_NAMES.scalar(group, field), []);
  const number = (name: string): ValueId => input(APPLY_NAMES.number(group, name), []);
  const outputs: GraphOutput[] = [];
  for (const { name: run, length, reached } of runs) {
    const old = input(APPLY_NAMES.weight(run), [length]);
    let variable = old;
    if (reached) {
      const slot = (field: string): ValueId => input(APPLY_NAMES.slot(run, field), [length]);
      const update = rule.update(m, { gradient: input(APPLY_NAMES.gradient(run), [length]), variable, slot, scalar, number });
      variable = update.variable;
      for (const [field, value] of Object.entries(update.slots)) outputs.push({ name: APPLY_NAMES.slot(run, field), value });
    }
    if (weightClip !== null) variable = m.maximum(m.constant(-weightClip), m.minimum(m.constant(weightClip), variable));
    if (variable !== old) outputs.push({ name: APPLY_NAMES.weight(run), value: variable });
    if (ema !== null) {
      // TF's ExponentialMovingAverage: ema −= (1 − decay)·(ema − variable)
      const average = input(APPLY_NAMES.ema(run), [length]);
      outputs.push({ name: APPLY_NAMES.ema(run), value: m.subtract(average, m.multiply(m.constant(ema), m.subtract(average, variable))) });
    }
  }
  const scalars = rule.advance(m, { scalar, number });
  return [...outputs, ...Object.entries(scalars).map(([field, value]) => ({ name: APPLY_NAMES.scalar(group, field), value }))];
}
