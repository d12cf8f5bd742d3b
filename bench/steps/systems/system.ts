import type { Row } from '../cases.ts';
import type { Contestant } from '../measure.ts';

export type SystemName = 'ganloss' | 'tfjs' | 'jaxjs';
export const SYSTEM_NAMES: readonly SystemName[] = ['ganloss', 'tfjs', 'jaxjs'];

export interface SystemSettings {
  /** Whether steps that take minutes are run. */
  readonly slow: boolean;
  /** Where @jax-js/jax is installed; null where nothing was said. */
  readonly jaxjs: string | null;
}

/** What a system can run of the rows, and why not the rest. */
export interface Line {
  readonly contestants: readonly Contestant[];
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly system: string;
  readonly threads: number;
  readonly row: Row;
  readonly note: string;
}

/** Groups of contestants that are measured together, made when it is their turn. */
export type System = (rows: readonly Row[], settings: SystemSettings) => AsyncGenerator<Line>;
