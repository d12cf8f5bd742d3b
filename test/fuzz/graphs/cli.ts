import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coverageOf } from '../../../src/ir/testing/reference.ts';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { openHostile } from '../hostile/hostileCase.ts';
import { runObjectives } from '../objectives/runObjectives.ts';
import { printCase } from './caseFile.ts';
import { findFault } from './findFault.ts';
import { fuzzCase } from './fuzzCases.ts';
import { printFault } from './printFault.ts';
import { shrink } from './shrink.ts';
import { WAYS, type Target } from './ways.ts';

const USAGE = `npm run fuzz -- [--seed N] [--count N] [--target ${targets().join('|')}|all] [--objectives N] [--files N] [--save FOLDER] [--keep-going]

Random graphs, from seed N on (1), as many as --count (2000), on every way to their values: each pass alone, the pipeline, schedules
with and without fusion, and the code of each target, against the reference evaluation. Then random specifications, as many as
--objectives (500): losses and gradients of both players by the reference, without passes, by the printed module, and captured and
compiled. What comes out wrong is shrunk, printed, and written to --save (out/fuzz/cases): such a file, in test/fuzz/graphs/cases or
test/equivalence/cases, is a test. Then as many hostile files as --files (100000): damaged and forged specifications, checkpoints,
NumPy files and PNGs, which must end in a result or in a diagnostic. Exit code 1 where anything is wrong.
`;

function targets(): readonly string[] {
  return [...new Set(WAYS.map(({ target }) => target))];
}

function numberOf(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number, not '${text}'`);
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '2000' }, target: { type: 'string', default: 'all' }, objectives: { type: 'string', default: '500' }, files: { type: 'string', default: '100000' }, save: { type: 'string', default: 'out/fuzz/cases' }, 'keep-going': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [seed, count, objectives, files] = [numberOf(values.seed, 'seed'), numberOf(values.count, 'count'), numberOf(values.objectives, 'objectives'), numberOf(values.files, 'files')];
  if (values.target !== 'all' && !targets().includes(values.target)) throw new Error(`--target takes one of ${[...targets(), 'all'].join(', ')}, not '${values.target}'`);
  const ways = WAYS.filter(({ target }) => values.target === 'all' || target === (values.target as Target));
  installGradients();
  let [faults, decided, all, equations] = [0, 0, 0, 0];
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const given = await fuzzCase(seed + i);
    const fault = await findFault(ways, given);
    if (fault !== null) {
      faults += 1;
      const shrunk = await shrink(fault);
      process.stdout.write(`seed ${seed + i}: wrong on the way '${fault.way.name}'; shrunk:\n${printFault(shrunk)}\n`);
      save(values.save, `graph-${seed + i}.txt`, printCase(shrunk));
      if (!values['keep-going']) break;
    }
    const coverage = coverageOf(given.reference);
    decided += coverage.decided;
    all += coverage.all;
    equations += given.graph.equations.length;
    if ((i + 1) % 100 === 0) process.stderr.write(`${i + 1} of ${count} graphs, ${faults} wrong, ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  }
  if (count > 0) process.stderr.write(`${ways.length} ways; ${equations} equations; ${decided} of ${all} elements decided (the others depend on rounding)\n`);
  const found = (name: string, file: string): void => {
    process.stdout.write(`${name}; shrunk:\n${file}`);
    save(values.save, name, file);
  };
  const wrong = await runObjectives({ seed, count: objectives, keepGoing: values['keep-going'], found, progress: (line) => process.stderr.write(`${line}\n`) });
  return faults + wrong + runFiles(seed, files, values['keep-going']) > 0 ? 1 : 0;
}

function save(folder: string, name: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), file);
}

/** Hostile files from a seed on; prints those that are read wrongly, and says how many. */
function runFiles(seed: number, count: number, keepGoing: boolean): number {
  const hostile = openHostile();
  let wrong = 0;
  try {
    for (let i = 0; i < count; i++) {
      const finding = hostile.run(seed + i);
      if (finding !== null) {
        wrong += 1;
        process.stdout.write(`seed ${finding.seed}, ${finding.format}: ${finding.what}\n  ${Buffer.from(finding.bytes).toString('base64').slice(0, 4000)}\n`);
        if (!keepGoing) break;
      }
      if ((i + 1) % 10_000 === 0) process.stderr.write(`${i + 1} of ${count} files, ${wrong} wrong\n`);
    }
  } finally {
    hostile.close();
  }
  return wrong;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
