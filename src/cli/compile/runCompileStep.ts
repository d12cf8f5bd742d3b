import { resolve } from 'node:path';
import { compileStep } from '../../runtime/ahead/compileStep.ts';
import { writeModule, writeTypes } from '../../runtime/ahead/writeModule.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpec } from '../files/readSpec.ts';
import { prepareStep } from '../networks/prepareStep.ts';
import type { NetworkOptions } from '../networks/networkModule.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { atomicWrite } from '../train/atomicWrite.ts';
import { compileSpec } from './compileSpec.ts';

export interface CompileStepOptions extends NetworkOptions {
  readonly target: 'wasm' | 'js';
  readonly relaxedSimd?: boolean;
  readonly output?: string;
  readonly without?: readonly string[];
  readonly json?: boolean;
}

/**
 * `ganloss compile --target wasm|js`: a training step ahead of time, as a module and its types beside it.
 * @returns also the files that were read, absolute, for watching
 */
export async function runCompileStep(name: string, options: CompileStepOptions, context: Context): Promise<{ readonly exit: ExitCode; readonly files: readonly string[] }> {
  const { io } = context;
  const spec = await readSpec(name, io);
  const { objective, imported } = compileSpec(spec, context, options.without);
  const { request, release } = await prepareStep(objective, options, io.cwd);
  try {
    const plan = compileStep({
      ...request,
      target: options.target,
      relaxedSimd: options.relaxedSimd === true,
      source: { name: spec.source.name, objective: objective.text, model: objective.model, version: VERSION },
    });
    const text = writeModule(plan);
    const { output } = options;
    const types = output?.replace(/\.(m?)js$/, '.d.$1ts');
    if (output !== undefined) {
      // types first: whoever finds the module finds them as well
      if (types !== output) atomicWrite(resolve(io.cwd, types!), writeTypes(plan));
      atomicWrite(resolve(io.cwd, output), text);
    }
    if (options.json === true) {
      const result = output === undefined ? { text } : { output, ...(types === output ? {} : { types }) };
      io.stdout.write(printJson({ file: spec.source.name, target: options.target, batch: plan.batchSize, ...result, diagnostics: objective.diagnostics.map(diagnosticJson) }));
    } else {
      printDiagnostics(objective.diagnostics, context);
      if (output === undefined) io.stdout.write(text);
      else io.stderr.write(`wrote ${output}${types === output ? '' : ` and ${types}`}\n`);
    }
    return { exit: EXIT.ok, files: [...(spec.path === null ? [] : [spec.path]), ...imported, ...(options.networks === undefined ? [] : [resolve(io.cwd, options.networks)])] };
  } finally {
    release();
  }
}
