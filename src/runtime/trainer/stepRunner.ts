import type { Batch, PlayerName } from '../models/model.ts';
import type { Trial } from './evaluatePlayer.ts';
import type { Report } from './metrics.ts';

/** One step, as its runner needs it. */
export interface StepInputs {
  /** Runs an update on a batch, which lives until that is done. */
  readonly withBatch: (use: (batch: Batch) => Promise<void>) => Promise<void>;
  /** What an update depends on. */
  readonly trial: (batch: Batch, update: number) => Trial;
}

export interface StepResult {
  /** Of each player's last update. */
  readonly reports: { readonly [P in PlayerName]: Report };
  readonly skipped: { readonly [P in PlayerName]: number };
}

/** How a trainer takes its steps. A step that fails changes nothing. */
export interface StepRunner {
  readonly run: (step: StepInputs) => Promise<StepResult>;
  /** Makes variables, optimisers and the trainer's memory hold what training has come to. */
  readonly sync: () => void;
  /** `captured` where any part of a step is compiled. */
  readonly mode: () => 'captured' | 'tape';
  /** Why something runs on the tape that could have been compiled; null where nothing does. */
  readonly fallback: () => string | null;
  readonly dispose: () => void;
}
