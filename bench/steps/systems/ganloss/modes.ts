/** One of the ways in which ganloss runs a step. */
export interface Mode {
  readonly system: string;
  readonly kind: 'tape';
  readonly threads: number;
}

export const MODES: readonly Mode[] = [{ system: 'ganloss tape', kind: 'tape', threads: 1 }];
