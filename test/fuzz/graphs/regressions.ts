/** Graphs that went wrong once, as `npm run fuzz` prints them. */
export interface Regression {
  readonly way: string;
  readonly graph: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

export const REGRESSIONS: readonly Regression[] = [];
