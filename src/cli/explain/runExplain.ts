import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SpecError } from '../../support/diagnostic.ts';
import { CODES, type Code } from '../../support/codes.ts';
import { suggest } from '../../support/suggest.ts';
import { termRegistry } from '../../terms/registry.ts';
import { checkSpec } from '../checkSpec.ts';
import type { Context } from '../context.ts';
import { diagnosticJson, printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpec } from '../files/readSpec.ts';
import { wantsColour } from '../io.ts';
import { UsageError } from '../usageError.ts';
import { objectiveReport } from './objectiveReport.ts';
import { codeReport, printCode } from './printCode.ts';
import { printObjectiveReport } from './printObjectiveReport.ts';
import { printTerm } from './printTerm.ts';

interface Explained {
  readonly exit: ExitCode;
  /** The files that were read, absolute, for watching. */
  readonly files: readonly string[];
}

/** `ganloss explain`: a code, a term or a file; a term's name means the term, `./gp` a file of that name. */
export async function runExplain(subject: string, { json }: { readonly json?: boolean }, context: Context): Promise<Explained> {
  const { io, colours } = context;
  const print = (value: unknown, text: () => string): Explained => {
    io.stdout.write(json === true ? printJson(value) : text());
    return { exit: EXIT.ok, files: [] };
  };
  if (/^GL\d+$/i.test(subject)) {
    const report = codeReport(codeOf(subject));
    return print(report, () => printCode(report, colours.stdout, wantsColour(io, 'stdout')));
  }
  if (/^\w+$/.test(subject)) {
    const terms = termRegistry();
    const term = terms.find(({ name }) => name === subject);
    if (term !== undefined) return print({ ...term, source: term.source.name, text: term.source.text }, () => printTerm(term, colours.stdout));
    if (!existsSync(resolve(io.cwd, subject))) throw unknownSubject(subject, terms.map(({ name }) => name));
  }
  return explainFile(subject, json === true, context);
}

async function explainFile(name: string, json: boolean, context: Context): Promise<Explained> {
  const { io, colours } = context;
  const spec = await readSpec(name, io);
  const { objective, diagnostics, imported } = checkSpec(spec, context);
  const files = [...(spec.path === null ? [] : [spec.path]), ...imported];
  if (objective === null) throw new SpecError('the specification has errors', diagnostics);
  const report = objectiveReport(objective, diagnostics);
  io.stdout.write(json ? printJson({ ...report, diagnostics: diagnostics.map(diagnosticJson) }) : printObjectiveReport(report, colours.stdout));
  return { exit: EXIT.ok, files };
}

function codeOf(subject: string): Code {
  const code = subject.toUpperCase();
  if (Object.hasOwn(CODES, code)) return code as Code;
  const near = Object.keys(CODES).filter((known) => known.slice(0, 3) === code.slice(0, 3));
  throw new UsageError(`there is no code ${code}`, near.length === 0 ? 'Codes begin with GL1 (text), GL2 (names), GL3 (types), GL4 (remarks), GL5 (networks), GL6 (training) or GL7 (files).' : `There are ${near.join(', ')}.`);
}

function unknownSubject(subject: string, terms: readonly string[]): UsageError {
  const [close] = suggest(subject, terms);
  return new UsageError(`'${subject}' is neither a file, nor a code, nor a term${close === undefined ? '' : `; did you mean '${close}'?`}`, `The terms are ${terms.join(', ')}.`);
}
