import type { TrainerOptions } from '../../../../src/index.ts';

/** One of the ways in which ganloss runs a step. */
export interface Mode {
  readonly system: string;
  readonly threads: number;
  readonly options: Pick<TrainerOptions, 'mode' | 'target' | 'threads'>;
}

export const MODES: readonly Mode[] = [
  { system: 'ganloss wasm', threads: 1, options: { mode: 'captured', target: 'wasm', threads: 1 } },
  { system: 'ganloss wasm', threads: 2, options: { mode: 'captured', target: 'wasm', threads: 2 } },
  { system: 'ganloss js', threads: 1, options: { mode: 'captured', target: 'js' } },
  { system: 'ganloss tape', threads: 1, options: { mode: 'tape' } },
];
