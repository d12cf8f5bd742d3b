import type { Checks } from '../checks.ts';
import type { Fields } from '../corpus/json.ts';

export interface CaseContext {
  /** The case, without its id and what is expected. */
  readonly fields: Fields;
  /** What is expected; null where the call must raise, so that everything has to be evaluated. */
  readonly expect: Fields | null;
  readonly checks: Checks;
}

/** Runs a case and compares. What it throws is what the case threw. */
export type Family = (context: CaseContext) => void | Promise<void>;
