import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compile, trainer } from '../../../src/index.ts';
import type { CaseName, Phase, Row } from '../cases.ts';
import { sumOfMagnitudes } from '../magnitudes.ts';
import type { Contestant } from '../measure.ts';
import type { SteppedCase } from '../networks.ts';
import { lossCompiled, lossOnTape } from './ganloss/lossOnly.ts';
import { MODES, type Mode } from './ganloss/modes.ts';
import { adam, setUp, updatesOf } from './ganloss/setup.ts';
import type { Line } from './system.ts';

/** This package, in every mode. The modes of one row are measured in turns. */
export async function* ganloss(rows: readonly Row[]): AsyncGenerator<Line> {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  for (const row of rows) {
    // a loss alone runs on one thread
    const modes = row.phase === 'loss' ? MODES.filter(({ threads }) => threads === 1) : MODES;
    const contestants = modes.map((mode): Contestant => ({ ...(row.phase === 'loss' ? lossOnly(row.case, mode) : step(row.case as SteppedCase, row.phase, mode)), system: mode.system, threads: mode.threads, row }));
    yield { contestants, skipped: [] };
  }
}

type Run = Pick<Contestant, 'step' | 'gsum' | 'close'>;

function lossOnly(name: CaseName, { options: { mode, target } }: Mode): Run {
  return mode === 'tape' ? lossOnTape(name) : lossCompiled(name, target === 'js' ? 'js' : 'wasm');
}

function step(name: SteppedCase, phase: Phase, { options: how }: Mode): Run {
  const { objective, networks, batch, options } = setUp(name);
  const player = phase === 'D' ? 'discriminator' : 'generator';
  const trained = trainer(compile(objective), networks, { ...options, ...how, optimizers: { generator: adam(), discriminator: adam() }, steps: updatesOf(phase) });
  return {
    step: async () => (await trained.step(batch))[`${player}Loss`],
    async gsum() {
      const { tensors } = await trained.state();
      const moments = tensors.filter((tensor) => tensor.name.startsWith(`optimizer/${player}/accumulatedFirstMoment/`));
      return 2 * sumOfMagnitudes(moments.map(({ data }) => data));
    },
    close: () => trained.dispose(),
  };
}
