import type { Diagnostic } from '../support/diagnostic.ts';
import { renderDiagnostics } from '../support/render.ts';
import type { Context } from './context.ts';
import { wantsColour } from './io.ts';

/** Diagnostics for people, on standard error; nothing where there are none. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], { io }: Context): void {
  if (diagnostics.length === 0) return;
  const text = renderDiagnostics(diagnostics, { color: wantsColour(io, 'stderr') });
  io.stderr.write(`${text.trimEnd()}\n\n`);
}
