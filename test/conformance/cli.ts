/**
 * `npm run conformance -- [DIR] [--backend cpu|wasm] [--mode tape|captured] [--target wasm|js] [--through facade|spec|both] [--verbose]`: runs every case of every
 * JSON file in DIR (FORMAT.md) and prints a line a family; exit 0 where every case holds, 1 where one does not, 2 for a wrong call.
 * `--parity FILE` runs both backends and writes a table of TF-GAN's symbols and parameters (`npm run parity`).
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { installGradients } from '../../src/index.ts';
import type { Evaluate } from './checks.ts';
import type { Json } from './corpus/json.ts';
import { evaluateOnTape } from './evaluate.ts';
import { evaluateCaptured } from './evaluateCaptured.ts';
import { printFailures, printTable, totals } from './report.ts';
import { collectErrors } from './parity/collectErrors.ts';
import { corpusFile, writeParity } from './parity/writeParity.ts';
import { runCorpus, type FamilyReport, type Through } from './runCorpus.ts';

const USAGE = 'usage: npm run conformance -- [DIR] [--backend cpu|wasm] [--mode tape|captured] [--target wasm|js] [--through facade|spec|both] [--verbose] [--parity FILE]';
const HELP = `${USAGE}

Runs every case of every JSON file in DIR (test/conformance/golden unless given): values recorded from TF-GAN, in the format of
test/conformance/FORMAT.md. A case that is not understood fails.

  --backend   of tfjs; cpu unless given
  --mode      how losses and gradients are computed: on tfjs's tape (the default), or captured as compiled code. Training runs through
              the facade's train ops, which use the tape in either mode
  --target    of captured losses; wasm unless given
  --through   ganloss/tfgan, the same as specifications of the language, or both (the default)
  --verbose   lists all failures
  --parity    runs both backends and writes the table of TF-GAN's symbols and parameters into FILE

Exit status: 0 where every case holds, 1 where one does not, 2 for a wrong call.`;
const DEFAULT_FOLDER = 'test/conformance/golden';
/** Failures listed for each family, without --verbose. */
const LISTED = 20;

const CHOICES = { backend: ['cpu', 'wasm'], mode: ['tape', 'captured'], target: ['wasm', 'js'], through: ['facade', 'spec', 'both'] } as const;

async function main(): Promise<number> {
  if (process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h')) {
    console.log(HELP);
    return 0;
  }
  const { folder, backend, through, evaluate, verbose, parity } = readArguments();
  const documents = readFolder(folder);
  tf.enableProdMode();
  const all: FamilyReport[] = [];
  for (const name of parity === null ? [backend] : CHOICES.backend) {
    await tf.setBackend(name);
    const uninstall = installGradients();
    const reports = await runAll(documents, through, evaluate);
    uninstall();
    for (const report of reports) for (const line of printFailures(report, verbose ? Infinity : LISTED)) console.log(line);
    for (const line of printTable(reports, { backend: name, through })) console.log(line);
    all.push(...reports);
  }
  const { passed, failed } = totals(all);
  if (parity !== null && failed === 0) writeFileSync(parity, writeParity(documents.map(corpusFile), collectErrors(documents, all)));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The JSON files of a folder. What is no JSON is a file that the runner does not understand. */
function readFolder(folder: string): readonly Json[] {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder).filter((name) => name.endsWith('.json')).sort() : [];
  if (names.length === 0) throw new UsageError(`${folder} is no folder with JSON files`);
  return names.map((name) => {
    try {
      return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json;
    } catch (error) {
      return `${name}: ${String(error)}`;
    }
  });
}

async function runAll(documents: readonly Json[], through: Through, evaluate: Evaluate): Promise<readonly FamilyReport[]> {
  const progress = createProgress();
  const reports: FamilyReport[] = [];
  for (const document of documents) {
    reports.push(await runCorpus(document, { through, evaluate, onCase: progress.show }));
    progress.clear();
  }
  return reports;
}

class UsageError extends Error {}

function readArguments(): { readonly folder: string; readonly backend: string; readonly through: Through; readonly evaluate: Evaluate; readonly verbose: boolean; readonly parity: string | null } {
  const text = { type: 'string' } as const;
  const { values, positionals } = parse();
  function parse() {
    try {
      return parseArgs({ allowPositionals: true, options: { backend: { ...text, default: 'cpu' }, mode: { ...text, default: 'tape' }, target: { ...text, default: 'wasm' }, through: { ...text, default: 'both' }, verbose: { type: 'boolean', default: false }, parity: text } });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }
  if (positionals.length > 1) throw new UsageError('one folder at a time');
  for (const [name, known] of Object.entries(CHOICES)) {
    const given = values[name as keyof typeof CHOICES];
    if (!(known as readonly string[]).includes(given)) throw new UsageError(`--${name} ${given}: it is one of ${known.join(', ')}`);
  }
  const evaluate: Evaluate = values.mode === 'tape' ? evaluateOnTape : (f, tensors) => evaluateCaptured(values.target as 'wasm' | 'js', f, tensors);
  return { folder: positionals[0] ?? DEFAULT_FOLDER, backend: values.backend, through: values.through as Through, evaluate, verbose: values.verbose, parity: values.parity ?? null };
}

/** A line on a terminal that says how far it is. */
function createProgress(): { readonly show: (family: string, index: number, cases: number) => void; readonly clear: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: (family, index, cases) => index === 0 && stderr.write(`${family}: ${cases} cases\n`), clear: () => undefined };
  return { show: (family, index, cases) => stderr.write(`\r\x1b[K${family} ${index + 1}/${cases}`), clear: () => stderr.write('\r\x1b[K') };
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 2;
}
