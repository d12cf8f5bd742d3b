import { applyFixes } from '../../support/applyFixes.ts';
import { hasErrors, type Diagnostic } from '../../support/diagnostic.ts';
import { createSource } from '../../support/source.ts';
import { checkSpec, type CheckedSpec } from '../checkSpec.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { expandFiles } from '../files/expandFiles.ts';
import { readSpec, type SpecFile } from '../files/readSpec.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { count } from '../plural.ts';
import { diagnosticsOf } from '../reportFailure.ts';
import { atomicWrite } from '../train/atomicWrite.ts';

export interface CheckOptions {
  readonly fix?: boolean;
  readonly json?: boolean;
}

/** One file's result. `checked` is null when it could not be read. */
interface FileResult {
  readonly name: string;
  readonly checked: CheckedSpec | null;
  readonly diagnostics: readonly Diagnostic[];
  /** How many problems fixes have ended. */
  readonly fixed: number;
}

/** `ganloss check`. @returns also the files that were read, absolute, for watching */
export async function runCheck(names: readonly string[], options: CheckOptions, context: Context): Promise<{ readonly exit: ExitCode; readonly files: readonly string[] }> {
  const { io } = context;
  const results: FileResult[] = [];
  const files: string[] = [];
  for (const name of expandFiles(names, io)) results.push(await checkFile(name, options, context, files));

  const all = results.flatMap(({ diagnostics }) => diagnostics);
  if (options.json === true) io.stdout.write(printJson({ files: results.map(fileJson) }));
  else {
    printDiagnostics(all, context);
    // the fixed text of standard input is the result, and nothing may be mixed into it
    const summaryTo = options.fix === true && names.includes('-') ? io.stderr : io.stdout;
    summaryTo.write(`${summary(results)}\n`);
  }
  return { exit: hasErrors(all) ? EXIT.diagnostics : EXIT.ok, files };
}

async function checkFile(name: string, options: CheckOptions, context: Context, files: string[]): Promise<FileResult> {
  let spec: SpecFile;
  try {
    spec = await readSpec(name, context.io);
  } catch (error) {
    const diagnostics = diagnosticsOf(error);
    if (diagnostics === null) throw error;
    return { name, checked: null, diagnostics, fixed: 0 };
  }
  const { checked, fixed } = options.fix === true ? fixSpec(spec, context) : { checked: checkSpec(spec, context), fixed: 0 };
  files.push(...(spec.path === null ? [] : [spec.path]), ...checked.imported);
  return { name: spec.source.name, checked, diagnostics: checked.diagnostics, fixed };
}

/** A fix may uncover the next problem; one that does not end is cut off. */
const MAX_ROUNDS = 10;

function fixSpec(spec: SpecFile, context: Context): { readonly checked: CheckedSpec; readonly fixed: number } {
  let current = spec;
  let checked = checkSpec(current, context);
  let fixed = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const text = applyFixes(current.source.text, checked.diagnostics);
    if (text === current.source.text) break;
    const before = checked.diagnostics.filter(({ fix }) => fix !== undefined);
    current = { ...current, source: createSource(spec.source.name, text) };
    checked = checkSpec(current, context);
    fixed += before.filter(({ message }) => !checked.diagnostics.some((left) => left.message === message)).length;
  }
  if (spec.path === null) context.io.stdout.write(current.source.text);
  else if (current !== spec) atomicWrite(spec.path, withMark(spec.bytes, current.source.text));
  return { checked, fixed };
}

/** Keeps a byte order mark where there was one. */
function withMark(bytes: Uint8Array, text: string): string {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? `\ufeff${text}` : text;
}

function fileJson({ name, checked, diagnostics }: FileResult) {
  const objective = checked?.objective ?? null;
  return {
    file: name,
    model: objective?.model ?? null,
    params: Object.fromEntries((objective?.params ?? []).map((param) => [param.name, param.default])),
    inputs: (objective?.inputs ?? []).map((input) => input.name),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}

function summary(results: readonly FileResult[]): string {
  const severities = results.flatMap(({ diagnostics }) => diagnostics.map(({ severity }) => severity));
  const of = (wanted: string): number => severities.filter((severity) => severity === wanted).length;
  const fixes = results.reduce((sum, { fixed }) => sum + fixed, 0);
  const found = [
    of('error') > 0 ? count(of('error'), 'error') : '',
    of('warning') > 0 ? count(of('warning'), 'warning') : '',
    of('note') > 0 ? count(of('note'), 'note') : '',
  ].filter((part) => part !== '');
  const models = results.length === 1 && results[0]!.checked?.objective ? ` (model ${results[0]!.checked.objective.model})` : '';
  const fixable = results.flatMap(({ diagnostics }) => diagnostics).filter(({ fix }) => fix !== undefined).length;
  const hint = fixable > 0 ? `; --fix mends ${fixable === severities.length ? (fixable === 1 ? 'it' : 'them') : fixable}` : '';
  const fixed = fixes > 0 ? `, ${count(fixes, 'problem')} fixed` : '';
  return `${count(results.length, 'file')} checked${models}${fixed}: ${found.length === 0 ? 'no problems' : found.join(', ')}${hint}`;
}
