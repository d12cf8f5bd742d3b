import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../objective.ts';
import type { TrainerOptions } from '../../runtime/trainer/options.ts';
import { trainer } from '../../trainer.ts';
import { loadNetworkModule, type NetworkOptions } from '../networks/networkModule.ts';
import type { ModeRow } from './report.ts';

interface Mode {
  readonly mode: string;
  readonly threads: number;
  readonly options: Pick<TrainerOptions, 'mode' | 'target' | 'threads'>;
}

const MODES: readonly Mode[] = [
  { mode: 'compiled, wasm', threads: 1, options: { mode: 'auto', target: 'wasm', threads: 1 } },
  { mode: 'compiled, wasm', threads: 2, options: { mode: 'auto', target: 'wasm', threads: 2 } },
  { mode: 'compiled, js', threads: 1, options: { mode: 'auto', target: 'js' } },
  { mode: 'tape', threads: 1, options: { mode: 'tape' } },
];

/** How long a mode runs, ms, where no number of steps was asked for; and steps at least. */
const BUDGET = 2000;
const LEAST = 5;
const WARM_UP = 500;

/** Times whole steps of a trainer in each mode, its batch included, each on networks of its own. */
export async function timeModes(objective: Objective, options: NetworkOptions & { readonly steps?: number }, cwd: string): Promise<readonly ModeRow[]> {
  const rows: ModeRow[] = [];
  for (const mode of MODES) rows.push(await timeMode(mode, objective, options, cwd));
  return rows;
}

async function timeMode({ mode, threads, options: how }: Mode, objective: Objective, options: NetworkOptions & { readonly steps?: number }, cwd: string): Promise<ModeRow> {
  const module = await loadNetworkModule(objective, options, cwd);
  const batch = module.batch(module.batchSize);
  const notes: string[] = [];
  const trained = trainer(objective, module.networks, {
    ...how,
    optimizers: module.optimizers(),
    steps: module.steps,
    seed: module.seed,
    params: module.params,
    hooks: module.hooks,
    warn: (message) => notes.push(message),
  });
  try {
    // what is compiled, and what engines do before they are warm, belongs to no step
    const warmUntil = performance.now() + (options.steps === undefined ? WARM_UP : 0);
    do await trained.step(batch);
    while (performance.now() < warmUntil);
    const times: number[] = [];
    const start = performance.now();
    const goesOn = (): boolean => (options.steps === undefined ? times.length < LEAST || performance.now() - start < BUDGET : times.length < options.steps);
    while (goesOn()) {
      const before = performance.now();
      await trained.step(batch);
      times.push(performance.now() - before);
    }
    const whole = performance.now() - start;
    times.sort((a, b) => a - b);
    return { mode: mode === 'tape' ? `tape (tfjs ${tf.getBackend()})` : mode, threads, stepsPerSecond: (1000 * times.length) / whole, msMedian: times[times.length >> 1], msMin: times[0], note: notes[0] ?? '' };
  } finally {
    trained.dispose();
    tf.dispose(batch as never);
  }
}
