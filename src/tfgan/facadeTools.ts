import type { createLosses } from './losses/createLosses.ts';
import type { TermRunner } from './losses/termRunner.ts';

/** What `ganLoss` and its like are made with. */
export interface FacadeTools {
  readonly losses: ReturnType<typeof createLosses>;
  readonly runner: TermRunner;
}
