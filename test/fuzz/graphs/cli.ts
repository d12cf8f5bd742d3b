import { parseArgs } from 'node:util';
import { coverageOf } from '../../../src/ir/testing/reference.ts';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { openHostile } from '../hostile/hostileCase.ts';
import { findFault } from './findFault.ts';
import { fuzzCase } from './fuzzCases.ts';
import { printFault } from './printFault.ts';
import { shrink } from './shrink.ts';
import { WAYS, type Target } from './ways.ts';

const USAGE = `npm run fuzz -- [--seed N] [--count N] [--target ${targets().join('|')}|all] [--files N] [--keep-going]

Random graphs, from seed N on (1), as many as --count (2000), on every way to their values: each pass alone, the pipeline, schedules
with and without fusion, and the code of each target, against the reference evaluation. A graph that comes out wrong is shrunk and
printed, for test/fuzz/graphs/regressions.ts. Then as many hostile files as --files (100000): damaged and forged specifications,
checkpoints, NumPy files and PNGs, which must end in a result or in a diagnostic. Exit code 1 where anything is wrong.
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
    options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '2000' }, target: { type: 'string', default: 'all' }, files: { type: 'string', default: '100000' }, 'keep-going': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [seed, count, files] = [numberOf(values.seed, 'seed'), numberOf(values.count, 'count'), numberOf(values.files, 'files')];
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
      process.stdout.write(`// seed ${seed + i}: wrong on the way '${fault.way.name}'; shrunk:\n${printFault(await shrink(fault))}\n`);
      if (!values['keep-going']) break;
    }
    const coverage = coverageOf(given.reference);
    decided += coverage.decided;
    all += coverage.all;
    equations += given.graph.equations.length;
    if ((i + 1) % 100 === 0) process.stderr.write(`${i + 1} of ${count} graphs, ${faults} wrong, ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  }
  process.stderr.write(`${ways.length} ways; ${equations} equations; ${decided} of ${all} elements decided (the others depend on rounding)\n`);
  return faults + runFiles(seed, files, values['keep-going']) > 0 ? 1 : 0;
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
