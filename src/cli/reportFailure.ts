import type { Context } from './context.ts';
import { SpecError, type Diagnostic } from '../support/diagnostic.ts';
import { CODES, type Code } from '../support/codes.ts';
import { VERSION } from '../version.ts';
import { diagnosticJson, printJson } from './diagnosticJson.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { printDiagnostics } from './printDiagnostics.ts';
import { UsageError } from './usageError.ts';

/**
 * Says what went wrong, in words for the user; a stack only where GANLOSS_DEBUG asks for it.
 * @param json whether diagnostics are the result that was asked for
 */
export function reportFailure(error: unknown, context: Context, json: boolean): ExitCode {
  const { io, colours } = context;
  const c = colours.stderr;
  if (error instanceof UsageError) {
    io.stderr.write(`${c.red('error:')} ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return EXIT.usage;
  }
  const diagnostics = diagnosticsOf(error);
  if (diagnostics !== null) {
    if (json) io.stdout.write(printJson({ diagnostics: diagnostics.map(diagnosticJson) }));
    else printDiagnostics(diagnostics, context);
    return EXIT.diagnostics;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.stderr.write(`${c.red('internal error:')} ${message}\nThis is a bug of ganloss ${VERSION}: please report it, with the command and its files.\n`);
  if ((io.env.GANLOSS_DEBUG ?? '') !== '') io.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
  else io.stderr.write('GANLOSS_DEBUG=1 shows where it comes from.\n');
  return EXIT.internal;
}

/** The problems that an error stands for; null for one that nobody foresaw. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] | null {
  if (error instanceof SpecError) return error.diagnostics;
  if (!(error instanceof Error) || !('code' in error) || !isCode(error.code)) return null;
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  return [{ code: error.code, severity: 'error', message: error.message, span: null, ...hint }];
}

function isCode(code: unknown): code is Code {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}
