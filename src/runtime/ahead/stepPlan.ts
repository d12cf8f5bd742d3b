import type { Schedule } from '../../support/schedules.ts';
import type { ModelKind, PlayerName } from '../models/model.ts';

/** Bytes that must be in memory before the first call. */
export interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A tensor in the step's memory: float32, int32, or truth values as int32 0 and 1. */
export interface Place {
  /** In bytes. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

/** What is written into the memory before losses are computed. */
export type Fill =
  /** A tensor of the batch by its path (`real`, `codes/1`); where the batch has none, `drawn` says what takes its place. */
  | { readonly kind: 'batch'; readonly path: string; readonly to: Place; readonly drawn: 'normals' | 'classes' | null }
  /** Random numbers of a stream; the update's number belongs to the stream's name. */
  | { readonly kind: 'uniform' | 'normal'; readonly stream: string; readonly draw: string; readonly to: Place }
  | { readonly kind: 'param'; readonly name: string; readonly to: Place }
  | { readonly kind: 'schedule'; readonly schedule: Schedule; readonly to: Place };

/** A player's part in an update, after its losses were computed. */
export interface PartPlan {
  readonly player: PlayerName;
  /** `loss`, `loss.x2y`, `term.gp`: where each number lies. */
  readonly reports: readonly { readonly label: string; readonly offset: number }[];
  /** The program that tells whether loss and gradients are finite, and where it says so: 1 or 0. */
  readonly check: { readonly program: string; readonly offset: number };
  /** The optimiser's program. */
  readonly apply: string;
  /** Values that forward passes changed, to be taken over: averages of batches, state of terms. */
  readonly copies: readonly { readonly from: number; readonly to: number; readonly bytes: number; readonly state: string | null }[];
}

/** An update as it runs in some of the steps. */
export interface VariantPlan {
  /** Which of the intervals divide the number of steps done. */
  readonly awake: readonly boolean[];
  /** The states of terms that are there. */
  readonly present: readonly string[];
  /** The program that computes losses and gradients. */
  readonly evaluate: string;
  readonly fills: readonly Fill[];
  readonly parts: readonly PartPlan[];
}

/** What the updates of one set of players have in common. */
export interface UpdatePlan {
  readonly players: readonly PlayerName[];
  readonly variants: readonly VariantPlan[];
}

/** A whole training step as data: what a module of its own does, and where in its memory. */
export interface StepPlan {
  /** For the head of the module: the specification's name and objective, and the compiler's version. */
  readonly source: { readonly name: string; readonly objective: string; readonly model: ModelKind; readonly version: string };
  readonly batchSize: number;
  readonly seed: number;
  readonly params: Readonly<Record<string, number>>;
  /** The batch as the step takes it, in order. */
  readonly batch: readonly Extract<Fill, { readonly kind: 'batch' }>[];
  readonly networks: readonly { readonly name: string; readonly weights: readonly Place[] }[];
  /** Intervals of `every` terms. */
  readonly intervals: readonly number[];
  readonly updates: readonly UpdatePlan[];
  /** The step's updates in order, by their place in `updates`. */
  readonly order: readonly number[];
  /** What a step changes, and what a step that fails puts back. */
  readonly lasting: readonly { readonly offset: number; readonly bytes: number }[];
  readonly memory: { readonly bytes: number; readonly data: readonly Segment[] };
  readonly code: { readonly target: 'wasm'; readonly bytes: Uint8Array } | { readonly target: 'js'; readonly source: string };
}
