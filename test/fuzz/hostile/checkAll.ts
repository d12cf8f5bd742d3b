import { check, compile, format, renderDiagnostics } from '../../../src/index.ts';
import type { CompileOptions } from '../../../src/compile.ts';
import type { Source } from '../../../src/support/source.ts';

/** Everything that is shown of a specification: diagnostics, its formatted text, and its program where it has one. */
export function checkAll(source: Source, resolveImport: CompileOptions['resolveImport']): string {
  const { objective, diagnostics } = check(source, { resolveImport });
  const program = objective === null ? '' : compile(source, { resolveImport }).emit('tfjs');
  return `${renderDiagnostics(diagnostics)}\n${format(source.text).text}\n${program}`;
}
