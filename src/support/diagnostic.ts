import type { Code } from './codes.ts';
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'note';

/** A further place that belongs to a diagnostic, with what it has to do with it. */
export interface Label {
  readonly span: Span;
  readonly message: string;
}

/** A change of the text that mends the problem and needs no judgement. */
export interface Fix {
  readonly span: Span;
  readonly replacement: string;
  /** What the fix does, as an imperative: "replace by 'wasserstein'". */
  readonly description: string;
}

/** A problem, or a remark, as data. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  /** Null only for problems without a text, such as a network that is missing. */
  readonly span: Span | null;
  /** What stands under the carets of the primary span. */
  readonly label?: string;
  readonly labels?: readonly Label[];
  readonly hint?: string;
  readonly fix?: Fix;
}

/** Thrown by `compile` and its kin: every problem that was found, in the order of the text. */
export class SpecError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.name = 'SpecError';
    this.diagnostics = diagnostics;
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
