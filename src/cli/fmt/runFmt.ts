import type { Diagnostic } from '../../support/diagnostic.ts';
import { format } from '../../dsl/format.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { expandFiles } from '../files/expandFiles.ts';
import { readSpec } from '../files/readSpec.ts';
import { count } from '../plural.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { diagnosticsOf } from '../reportFailure.ts';
import { atomicWrite } from '../train/atomicWrite.ts';

export interface FmtOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

interface FileResult {
  readonly file: string;
  /** Whether the canonical form differs from what was read. */
  readonly changed: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** `ganloss fmt`: files in place, standard input to standard output. What has syntax errors stays as it is. */
export async function runFmt(names: readonly string[], options: FmtOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  const results: FileResult[] = [];
  for (const name of expandFiles(names, io)) results.push(await formatFile(name, options, context));
  const failed = results.some(({ diagnostics }) => diagnostics.length > 0);
  const changed = results.filter((result) => result.changed);
  if (options.json === true) {
    io.stdout.write(printJson({ files: results.map((result) => ({ ...result, diagnostics: result.diagnostics.map(diagnosticJson) })) }));
  } else {
    printDiagnostics(results.flatMap(({ diagnostics }) => diagnostics), context);
    if (options.check === true) for (const { file } of changed) io.stdout.write(`${file}\n`);
    const untouched = results.filter(({ diagnostics }) => diagnostics.length > 0).length;
    const verb = options.check === true ? 'to be formatted' : 'formatted';
    const rest = untouched > 0 ? `, ${count(untouched, 'file')} left as ${untouched === 1 ? 'it is' : 'they are'}` : '';
    io.stderr.write(`${count(results.length, 'file')} read, ${changed.length} ${verb}${rest}\n`);
  }
  return failed || (options.check === true && changed.length > 0) ? EXIT.diagnostics : EXIT.ok;
}

async function formatFile(name: string, { check, json }: FmtOptions, { io }: Context): Promise<FileResult> {
  try {
    const spec = await readSpec(name, io);
    const file = spec.source.name;
    const { text, diagnostics } = format(spec.source);
    if (diagnostics.length > 0) return { file, changed: false, diagnostics };
    const changed = text !== spec.source.text;
    if (check !== true) {
      if (spec.path === null && json !== true) io.stdout.write(text);
      if (spec.path !== null && changed) atomicWrite(spec.path, text);
    }
    return { file, changed, diagnostics: [] };
  } catch (error) {
    const diagnostics = diagnosticsOf(error);
    if (diagnostics === null) throw error;
    return { file: name, changed: false, diagnostics };
  }
}
