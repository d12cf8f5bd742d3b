import { measureAttainable } from './attainable/attainable.ts';
import type { CaseName, Row } from './cases.ts';
import { mistake } from './expected.ts';
import { measure, type Contestant, type MeasureSettings } from './measure.ts';
import type { Message } from './rows.ts';
import type { System, SystemName, SystemSettings } from './systems/system.ts';

/** Each is loaded in the process that runs it alone. */
const SYSTEMS: { readonly [S in SystemName]: () => Promise<System> } = {
  ganloss: async () => (await import('./systems/ganloss.ts')).ganloss,
  tfjs: async () => (await import('./systems/tfjs.ts')).tfjs,
  jaxjs: async () => (await import('./systems/jaxjs.ts')).jaxjs,
};

/** Runs a system's rows and tells each result as soon as it is there. */
export async function runSystem(name: SystemName, rows: readonly Row[], settings: SystemSettings & MeasureSettings, tell: (message: Message) => void): Promise<void> {
  const attainable = name === 'ganloss' ? measureAttainable(rows.map((row): CaseName => row.case)) : null;
  const system = await SYSTEMS[name]();
  const unmeasured = ({ system: label, threads, row }: Pick<Contestant, 'system' | 'threads' | 'row'>, note: string): void =>
    tell({ system: label, ...row, ms_min: null, ms_median: null, runs: 0, threads, note });
  for await (const { contestants, skipped } of system(rows, settings)) {
    for (const one of skipped) unmeasured(one, one.note);
    const timings = await measure(contestants, settings, (contestant, error) => unmeasured(contestant, `throws: ${firstLine(error)}`));
    for (const [{ system: label, threads, row, note = '' }, { check, ...times }] of timings) {
      const wrong = mistake(row.case, row.phase, check);
      tell({ system: label, ...row, ...times, threads, note: wrong === null ? note : `WRONG: ${wrong}${note === '' ? '' : `; ${note}`}`, check, right: wrong === null });
    }
    for (const { close } of contestants) await close?.();
  }
  attainable?.again();
  attainable?.rows().forEach(tell);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 160);
}
