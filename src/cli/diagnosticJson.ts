import type { Diagnostic } from '../support/diagnostic.ts';
import { positionAt, type Position } from '../support/source.ts';

/** A diagnostic as `--json` prints it. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly start: Position;
  readonly end: Position;
  readonly hint?: string;
}

const FILE_START: Position = { line: 1, column: 1 };

/** Lines and columns count from 1; `end` is exclusive. What has no place in the text, such as a missing file, is at its start. */
export function diagnosticJson({ code, severity, message, span, hint }: Diagnostic): DiagnosticJson {
  return {
    code,
    severity,
    message,
    start: span === null ? FILE_START : positionAt(span.source, span.start),
    end: span === null ? FILE_START : positionAt(span.source, span.end),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Two spaces of indent, and a line end. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
