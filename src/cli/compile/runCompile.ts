import { resolve } from 'node:path';
import type { EmitKind } from '../../emit.ts';
import { PASSES } from '../../passes/pipeline.ts';
import { suggest } from '../../support/suggest.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpec } from '../files/readSpec.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { diagnosticsOf } from '../reportFailure.ts';
import { remarkJson } from '../remarkJson.ts';
import { atomicWrite } from '../train/atomicWrite.ts';
import { UsageError } from '../usageError.ts';
import { compileSpec } from './compileSpec.ts';

export interface CompileCommandOptions {
  readonly emit: EmitKind;
  readonly output?: string;
  readonly without?: readonly string[];
  readonly json?: boolean;
}

/** `ganloss compile`. @returns also the files that were read, absolute, for watching */
export async function runCompile(name: string, options: CompileCommandOptions, context: Context): Promise<{ readonly exit: ExitCode; readonly files: readonly string[] }> {
  const { io } = context;
  const without = options.without ?? [];
  for (const pass of without) checkPass(pass);
  const json = options.json === true;
  const spec = await readSpec(name, io);
  const files = spec.path === null ? [] : [spec.path];
  try {
    const { objective, imported } = compileSpec(spec, context, without);
    const text = objective.emit(options.emit);
    const { output } = options;
    if (output !== undefined) atomicWrite(resolve(io.cwd, output), text);
    if (!json) printDiagnostics(objective.diagnostics, context);
    if (json) {
      const result = output === undefined ? { text } : { output };
      io.stdout.write(printJson({ file: spec.source.name, emit: options.emit, ...result, diagnostics: objective.diagnostics.map(diagnosticJson), remarks: objective.remarks.map(remarkJson) }));
    } else if (output === undefined) io.stdout.write(text);
    else io.stderr.write(`wrote ${output}\n`);
    return { exit: EXIT.ok, files: [...files, ...imported] };
  } catch (error) {
    const diagnostics = diagnosticsOf(error);
    if (diagnostics === null) throw error;
    if (json) io.stdout.write(printJson({ file: spec.source.name, emit: options.emit, diagnostics: diagnostics.map(diagnosticJson), remarks: [] }));
    else printDiagnostics(diagnostics, context);
    return { exit: EXIT.diagnostics, files };
  }
}

function checkPass(name: string): void {
  const names = PASSES.map((pass) => pass.name);
  if (names.includes(name)) return;
  const [close] = suggest(name, names);
  throw new UsageError(`there is no pass '${name}'${close === undefined ? '' : `; did you mean '${close}'?`}`, `The passes are ${names.join(', ')}.`);
}
