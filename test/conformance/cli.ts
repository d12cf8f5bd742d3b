/**
 * `npm run conformance -- [DIR] [--backend cpu|wasm] [--mode tape] [--through facade|spec|both] [--verbose]`: runs every case of every
 * JSON file in DIR (FORMAT.md) and prints a line a family; exit 0 where every case holds, 1 where one does not, 2 for a wrong call.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { installGradients } from '../../src/index.ts';
import type { Json } from './corpus/json.ts';
import { printFailures, printTable, totals } from './report.ts';
import { runCorpus, type FamilyReport, type Through } from './runCorpus.ts';

const USAGE = 'usage: npm run conformance -- [DIR] [--backend cpu|wasm] [--mode tape] [--through facade|spec|both] [--verbose]';
const DEFAULT_FOLDER = 'test/conformance/golden';
/** Failures listed for each family, without --verbose. */
const LISTED = 20;

const CHOICES = { backend: ['cpu', 'wasm'], mode: ['tape'], through: ['facade', 'spec', 'both'] } as const;

async function main(): Promise<number> {
  const { folder, backend, through, verbose } = readArguments();
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new UsageError(`${folder} has no JSON file`);
  tf.enableProdMode();
  await tf.setBackend(backend);
  installGradients();
  const progress = createProgress();
  const reports: FamilyReport[] = [];
  for (const file of files) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
    reports.push(await runCorpus(document, { through, onCase: progress.show }));
    progress.clear();
  }
  for (const report of reports) for (const line of printFailures(report, verbose ? Infinity : LISTED)) console.log(line);
  for (const line of printTable(reports, { backend, through })) console.log(line);
  const { passed, failed } = totals(reports);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

class UsageError extends Error {}

function readArguments(): { readonly folder: string; readonly backend: string; readonly through: Through; readonly verbose: boolean } {
  const text = { type: 'string' } as const;
  const { values, positionals } = parse();
  function parse() {
    try {
      return parseArgs({ allowPositionals: true, options: { backend: { ...text, default: 'cpu' }, mode: { ...text, default: 'tape' }, through: { ...text, default: 'both' }, verbose: { type: 'boolean', default: false } } });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }
  if (positionals.length > 1) throw new UsageError('one folder at a time');
  for (const [name, known] of Object.entries(CHOICES)) {
    const given = values[name as keyof typeof CHOICES];
    if (!(known as readonly string[]).includes(given)) throw new UsageError(`--${name} ${given}: it is one of ${known.join(', ')}`);
  }
  return { folder: positionals[0] ?? DEFAULT_FOLDER, backend: values.backend, through: values.through as Through, verbose: values.verbose };
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
