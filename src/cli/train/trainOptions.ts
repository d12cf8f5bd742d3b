import type { TrainerMode } from '../../runtime/trainer/options.ts';
import { UsageError } from '../usageError.ts';

/** What the command line of `train` gives; absent options have defaults, or come from the run that is resumed. */
export interface TrainOptions {
  readonly data: string;
  readonly out: string;
  readonly steps?: number;
  readonly batch?: number;
  readonly dSteps?: number;
  readonly lrD?: number;
  readonly lrG?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly ema?: number;
  readonly param?: readonly string[];
  readonly networks?: string;
  readonly backend?: BackendName;
  readonly mode?: TrainerMode;
  readonly codeCache?: string;
  readonly sampleEvery?: number;
  readonly checkpointEvery?: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

export type BackendName = 'wasm' | 'cpu';

/** What decides the numbers of a run. A run that is resumed keeps these. */
export interface RunSettings {
  readonly batch: number;
  readonly dSteps: number;
  readonly lrD: number;
  readonly lrG: number;
  readonly noise: number;
  readonly seed: number;
  /** Decay of the average of the generator's weights that samples are drawn with; 0 draws with the weights themselves. */
  readonly ema: number;
  readonly params: Readonly<Record<string, number>>;
  /** Compiled steps and steps on the tape round differently. */
  readonly mode: TrainerMode;
}

/** WGAN-GP on MNIST is good after these: digits after 600 steps, good ones after 1,500. */
export const DEFAULT_SETTINGS: RunSettings = { batch: 32, dSteps: 1, lrD: 2e-3, lrG: 1e-3, noise: 32, seed: 1, ema: 0.99, params: {}, mode: 'auto' };

export const DEFAULT_STEPS = 1500;

/** The options of the optimisers that no option changes. */
export const ADAM = { beta1: 0, beta2: 0.9 } as const;

/** The settings that options name; of a run that is resumed, its own for the rest. */
export function resolveSettings(options: TrainOptions, before: RunSettings = DEFAULT_SETTINGS): RunSettings {
  const { batch, dSteps, lrD, lrG, noise, seed, ema, param, mode } = options;
  return {
    batch: batch ?? before.batch,
    dSteps: dSteps ?? before.dSteps,
    lrD: lrD ?? before.lrD,
    lrG: lrG ?? before.lrG,
    noise: noise ?? before.noise,
    seed: seed ?? before.seed,
    ema: ema ?? before.ema,
    params: param === undefined ? before.params : parseParams(param),
    // runs of earlier versions ran on the tape
    mode: mode ?? before.mode ?? 'tape',
  };
}

/** `lambda=5` → `{ lambda: 5 }`. Whether there is such a param, the trainer says. */
export function parseParams(texts: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^\s*([A-Za-z_]\w*)\s*=\s*(\S+)\s*$/.exec(text) ?? [];
      if (name === undefined || value === undefined || !Number.isFinite(Number(value))) throw new UsageError(`--param ${text} is not of the form name=value`, 'For example: --param lambda=5');
      return [name, Number(value)] as const;
    }),
  );
}

/** Names of the settings in which two runs differ, as options. */
export function differences(a: RunSettings, b: RunSettings): readonly string[] {
  const options: { readonly [K in keyof RunSettings]: string } = { batch: '--batch', dSteps: '--d-steps', lrD: '--lr-d', lrG: '--lr-g', noise: '--noise', seed: '--seed', ema: '--ema', params: '--param', mode: '--mode' };
  return (Object.keys(options) as (keyof RunSettings)[]).filter((key) => a[key] !== undefined && JSON.stringify(a[key]) !== JSON.stringify(b[key])).map((key) => options[key]);
}
