import { resolve } from 'node:path';
import type { EmitKind } from '../../emit.ts';
import { PASSES } from '../../passes/pipeline.ts';
import { suggest } from '../../support/suggest.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpec } from '../files/readSpec.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
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
  const spec = await readSpec(name, io);
  const { objective, imported } = compileSpec(spec, context, without);
  const text = objective.emit(options.emit);
  const { output } = options;
  if (output !== undefined) atomicWrite(resolve(io.cwd, output), text);
  if (options.json === true) {
    const result = output === undefined ? { text } : { output };
    io.stdout.write(printJson({ file: spec.source.name, emit: options.emit, ...result, diagnostics: objective.diagnostics.map(diagnosticJson), remarks: objective.remarks.map(remarkJson) }));
  } else {
    printDiagnostics(objective.diagnostics, context);
    if (output === undefined) io.stdout.write(text);
    else io.stderr.write(`wrote ${output}\n`);
  }
  return { exit: EXIT.ok, files: [...(spec.path === null ? [] : [spec.path]), ...imported] };
}

function checkPass(name: string): void {
  const names = PASSES.map((pass) => pass.name);
  if (names.includes(name)) return;
  const [close] = suggest(name, names);
  throw new UsageError(`there is no pass '${name}'${close === undefined ? '' : `; did you mean '${close}'?`}`, `The passes are ${names.join(', ')}.`);
}
