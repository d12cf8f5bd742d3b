import type { CaseName, Phase } from './cases.ts';
import type { Check } from './expected.ts';

/** A line of the bench's output. */
export interface ResultRow {
  readonly system: string;
  readonly case: CaseName;
  readonly phase: Phase;
  /** null where it did not run; `note` says why. */
  readonly ms_min: number | null;
  readonly ms_median: number | null;
  /** CPU time of a step, of all threads; it tells what a busy machine hides. */
  readonly cpu_ms?: number;
  readonly runs: number;
  readonly threads: number;
  readonly note: string;
  readonly first_ms?: number;
  readonly check?: Check;
  /** Whether loss, Σ|gradient| and the loss after three updates are PyTorch's. A row that is wrong does not count. */
  readonly right?: boolean;
}

/** What the engine reaches in the same run. */
export interface RateRow {
  readonly system: 'attainable';
  readonly shape: string;
  /** Whose steps have such a product. */
  readonly cases: readonly CaseName[];
  /** GFLOPS with multiply and add; of the best micro-kernel, its packing included. */
  readonly gflops: number;
  readonly tile: string;
  /** Relaxed SIMD's multiply-add, where the engine has it. */
  readonly fma: boolean;
}

export type Message = ResultRow | RateRow;

export function isRate(message: Message): message is RateRow {
  return message.system === 'attainable';
}
