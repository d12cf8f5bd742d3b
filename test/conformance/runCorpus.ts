import { compile, type Objective } from '../../src/index.ts';
import type { Errors, Evaluate } from './checks.ts';
import { differentError } from './errors.ts';
import { fieldsOf, listOf, textOf, type Json } from './corpus/json.ts';
import { FAMILIES } from './families/families.ts';
import { LANGUAGE_FAMILIES } from './language/families.ts';
import { anySpecError, Inexpressible, type CompileSpec, type LanguageFamily } from './language/spec.ts';
import { runCase, type CaseResult } from './runCase.ts';

/** What cases run through: `ganloss/tfgan`, compiled specifications, or both one after the other. */
export type Through = 'facade' | 'spec' | 'both';

export interface RunOptions {
  readonly through: Through;
  /** How values and gradients are computed; on the tape unless given. */
  readonly evaluate?: Evaluate;
  /** Called before each case. */
  readonly onCase?: (family: string, index: number, cases: number) => void;
}

export interface FamilyReport {
  readonly family: string;
  readonly cases: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
  /** The largest relative errors of all cases, also of those that fail. */
  readonly errors: Errors;
  /** How many cases a specification expresses, and how many it does not, by reason. */
  readonly language: { readonly expressed: number; readonly reasons: ReadonlyMap<string, number> };
  /** By case, in the corpus's order. */
  readonly results: readonly CaseResult[];
}

export interface Failure {
  readonly id: string;
  readonly reasons: readonly string[];
}

const FORMAT = 'tfgan-golden/1';

/** Runs every case of one file of the corpus. A file of an unknown family or format is one failed case, at least. */
export async function runCorpus(document: Json, options: RunOptions): Promise<FamilyReport> {
  try {
    const file = fieldsOf(document, 'the file');
    const [format, family] = [textOf(file.take('format'), 'the format'), textOf(file.take('family'), 'the family')];
    return await runFile(format, family, listOf(file.take('cases'), 'the cases'), options);
  } catch (error) {
    const failures = [error instanceof Error ? error.message : String(error)];
    const errors = { loss: 0, gradient: 0, noisy: 0 };
    const id = typeof document === 'string' ? document : '(a file)';
    return { family: '(unknown)', cases: 1, failed: 1, failures: [{ id, reasons: failures }], errors, language: { expressed: 0, reasons: new Map() }, results: [{ id, failures, errors }] };
  }
}

async function runFile(format: string, family: string, cases: readonly Json[], { through, evaluate, onCase }: RunOptions): Promise<FamilyReport> {
  const known = format === FORMAT && Object.hasOwn(FAMILIES, family);
  const results: CaseResult[] = [];
  const reasons = new Map<string, number>();
  const compileSpec = createCompiler();
  let expressed = 0;
  for (const [index, value] of cases.entries()) {
    onCase?.(family, index, cases.length);
    if (!known) {
      results.push({ id: `${index}`, failures: [`not understood: family ${family} of format ${format}`], errors: { loss: 0, gradient: 0, noisy: 0 } });
      continue;
    }
    const runs: CaseResult[] = [];
    if (through !== 'spec') runs.push(await runCase(value, FAMILIES[family], differentError, evaluate));
    if (through !== 'facade' && Object.hasOwn(LANGUAGE_FAMILIES, family)) {
      const spec = await runSpec(value, LANGUAGE_FAMILIES[family], compileSpec, evaluate);
      if (spec.reason === null) expressed += 1;
      else reasons.set(spec.reason, (reasons.get(spec.reason) ?? 0) + 1);
      runs.push(spec.result);
    }
    results.push(join(runs));
  }
  const failures = results.flatMap(({ id, failures: own }) => (own.length === 0 ? [] : [{ id, reasons: own }]));
  return { family, cases: cases.length, failed: failures.length, failures, errors: worst(results), language: { expressed, reasons }, results };
}

/** The same case as a specification; `reason` says why it is none. */
async function runSpec(value: Json, run: LanguageFamily, compileSpec: CompileSpec, evaluate: Evaluate | undefined): Promise<{ readonly result: CaseResult; readonly reason: string | null }> {
  let reason: string | null = null;
  const result = await runCase(
    value,
    (context) => {
      try {
        run(context, compileSpec);
      } catch (error) {
        if (!(error instanceof Inexpressible)) throw error;
        reason = error.message;
        // an expected error stays expected: the comparison of errors passes this one
        if (context.expect === null) throw error;
      }
      // summaries, fields of models and the like are no part of a specification
      context.fields.rest();
      context.expect?.rest();
    },
    anySpecError,
    evaluate,
  );
  return { result: { ...result, failures: result.failures.map((failure) => `as a specification: ${failure}`) }, reason };
}

/** Specifications by text: many cases share one. */
function createCompiler(): CompileSpec {
  const compiled = new Map<string, Objective>();
  return (text) => {
    const known = compiled.get(text) ?? compile(text);
    compiled.set(text, known);
    return known;
  };
}

function join(runs: readonly CaseResult[]): CaseResult {
  return { id: runs[0]?.id ?? '', failures: runs.flatMap(({ failures }) => failures), errors: worst(runs) };
}

function worst(results: readonly { readonly errors: Errors }[]): Errors {
  return { loss: Math.max(0, ...results.map(({ errors }) => errors.loss)), gradient: Math.max(0, ...results.map(({ errors }) => errors.gradient)), noisy: results.reduce((total, { errors }) => total + errors.noisy, 0) };
}
