/** `npm run bench`: options.ts has its help. A process for each system; this one reads what they tell and prints it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rowsOf } from './cases.ts';
import { CallError, HELP, parseOptions, type Options } from './options.ts';
import { isRate, type Message, type RateRow, type ResultRow } from './rows.ts';
import { printTable } from './table.ts';
import type { SystemName } from './systems/system.ts';

/** What a child is told, as its argument. */
export interface Job {
  readonly system: SystemName;
  readonly options: Options;
}

const CHILD = '--run-system';
/** More runs would say nothing more. */
const MOST_RUNS = 3000;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  const rows: ResultRow[] = [];
  const rates: RateRow[] = [];
  const told = (message: Message): void => {
    if (isRate(message)) rates.push(message);
    else rows.push(message);
    console.log(JSON.stringify(message));
  };
  let crashed = false;
  for (const system of options.systems) {
    const status = await runChild(options.node, { system, options }, told);
    if (status === 0) continue;
    console.error(`the process of ${system} ended with ${status}`);
    crashed ||= system === 'ganloss';
  }
  if (!options.json) console.log(`\n${printTable(rows, rates)}`);
  const own = rows.filter(({ system }) => system.startsWith('ganloss'));
  return crashed || own.some(({ right }) => right !== true) ? 1 : 0;
}

function runChild(node: string, job: Job, told: (message: Message) => void): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [fileURLToPath(import.meta.url), CHILD, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.once('error', (error) => reject(new CallError(`${node} does not start: ${error.message}`)));
    createInterface(child.stdout).on('line', (line) => {
      // tfjs prints a welcome
      if (line.startsWith('{')) told(JSON.parse(line) as Message);
    });
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
}

async function child(job: Job): Promise<void> {
  const { runSystem } = await import('./runSystem.ts');
  const { cases, slow, jaxjs, budget } = job.options;
  await runSystem(job.system, rowsOf(cases), { slow, jaxjs, budget, most: MOST_RUNS }, (row) => console.log(JSON.stringify(row)));
}

try {
  const [, , flag, job] = process.argv;
  if (flag === CHILD) await child(JSON.parse(job) as Job);
  else process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  console.error(`error: ${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}
