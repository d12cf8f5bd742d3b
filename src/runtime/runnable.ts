import type { Program } from '../codegen/tfjs/program.ts';
import type { ModelKind, PlayerName } from './models/model.ts';

/** A summand of the objective as the metrics report it. */
export interface RunnableTerm {
  readonly player: PlayerName;
  /** `gp`, in a cyclegan `x2y.gp` for terms of a direction: the program's output `term.<name>`. */
  readonly name: string;
  /** The term's weight under given params, after `step` steps (0 unless given). */
  readonly weight: (params: Readonly<Record<string, number>>, step?: number) => number;
  /** Steps at which to look for weights that are refused: [0] unless the weight changes from step to step. */
  readonly stepsToCheck: readonly number[];
  /** It is computed in the steps that this divides. */
  readonly every: number;
  /** Whether a weight below 0 is refused (auxiliary terms, as in TF-GAN). */
  readonly nonnegative: boolean;
}

/** What the runtime needs of a compiled objective. */
export interface RunnableObjective {
  readonly model: ModelKind;
  /** Params with their defaults. */
  readonly params: Readonly<Record<string, number>>;
  /** Declared inputs, fed with every batch. */
  readonly inputs: readonly string[];
  /** The user's functions that it calls, by name. */
  readonly hooks: readonly string[];
  readonly pool: { readonly size: number; readonly probability: number } | null;
  /** The discriminator's variables are kept in [-c, c] by each of its updates. */
  readonly weightClip: number | null;
  readonly program: Program;
  readonly terms: readonly RunnableTerm[];
  /** What the objective means, as a text without positions: checkpoints know it by that. */
  readonly fingerprint: string;
}
