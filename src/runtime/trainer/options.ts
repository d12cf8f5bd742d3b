import type * as tf from '@tensorflow/tfjs';
import type { Hooks } from '../functions/hooks.ts';
import type { CodeCache } from '../compiled/codeCache.ts';
import { fail } from '../models/fail.ts';
import type { PlayerName } from '../models/model.ts';
import { createRandom, type RandomSource } from '../random.ts';

export const PLAYERS: readonly PlayerName[] = ['generator', 'discriminator'];

/** An optimiser for each player. */
export type PlayerOptimizers = { readonly [P in PlayerName]: tf.Optimizer };

/** What happens when a loss or a gradient is NaN or infinite. */
export type OnNaN = 'throw' | 'skip' | 'ignore';

export type Schedule = 'sequential' | 'joint';

export interface TrainerOptions {
  /**
   * Any tfjs optimisers, one a player; in a cyclegan one a player of each direction, or one a player for both directions. Each
   * optimiser object may stand at one place only, since it keeps its slots by position.
   */
  readonly optimizers: PlayerOptimizers | { readonly x2y: PlayerOptimizers; readonly y2x: PlayerOptimizers };
  /** Updates of each player in a step; 1 each by default (TF-GAN's GANTrainSteps). */
  readonly steps?: { readonly [P in PlayerName]?: number };
  /**
   * `sequential` (default): the generator's updates, then the discriminator's (TF-GAN `get_sequential_train_hooks`).
   * `joint`: both players are differentiated at the same weights and on the same samples and then updated together; updates that
   * only one player has left follow, the generator's first (TF-GAN `get_joint_train_hooks`).
   */
  readonly schedule?: Schedule;
  /** Whole number that all random draws derive from; 1 by default. */
  readonly seed?: number;
  /**
   * Where random draws come from in place of the seed: a source for each stream (`samples/0`, `generator/0`, `discriminator/1`: what
   * is drawn for, and which of the step's updates; `sample` for pictures) and step.
   */
  readonly random?: (stream: string, step: number) => RandomSource;
  /** Width of the standard normals [batch, width] that the generator starts from when a batch has no `generatorInputs`. */
  readonly noise?: number;
  /** Values of params in place of their defaults. */
  readonly params?: Readonly<Record<string, number>>;
  /** 'throw' (default): GL6001, and the step changes nothing; 'skip': that update is left out and counted; 'ignore': it is applied. */
  readonly onNaN?: OnNaN;
  /** Decay of a moving average of the generator's variables, such as 0.999; false (default) keeps none. */
  readonly ema?: number | false;
  /**
   * The variables of networks that are functions, by the network's name: `generator`, `discriminator`, in a cyclegan
   * `x2y.generator` and so on. A function may also carry them as its property `variables`.
   */
  readonly variables?: Readonly<Record<string, readonly tf.Variable[]>>;
  /** The user's functions that the objective calls, by name: `augment` for `augment(x)`. */
  readonly hooks?: Hooks;
  /** Whether layers run in training mode while training (batch statistics, dropout); true by default. */
  readonly training?: boolean;
  /**
   * `auto` (default): steps run as compiled code, and what cannot be compiled on tfjs's tape, with a reason (GL5005) to `warn`; on backends
   * other than cpu and wasm all of it does;
   * `captured`: such a thing is an error; `tape`: nothing is compiled. Networks and hooks are called to capture them, not in each step:
   * what they read beside tensors and variables is then fixed.
   */
  readonly mode?: TrainerMode;
  /** What steps are compiled to; `auto` (default) is WebAssembly where the platform has its vector instructions, else JavaScript. */
  readonly target?: 'wasm' | 'js' | 'auto';
  /** The most threads that share a compiled step; `auto` (default) is as many as there are cores, four at most. The numbers are the same. */
  readonly threads?: number | 'auto';
  /** Where compiled WebAssembly is kept, so that the same step is not compiled twice: `createCodeCache()`, or `codeFolder(dir)` of ganloss/node. */
  readonly codeCache?: CodeCache;
  /** Told what runs on the tape and why, for which further shapes of batch a step is compiled, and what is unwise (GL5010, GL5011); console.warn by default. */
  readonly warn?: (message: string) => void;
}

export type TrainerMode = 'auto' | 'captured' | 'tape';

/** The options with defaults filled in; optimisers and variables are bound elsewhere. */
export interface Settings {
  readonly steps: { readonly [P in PlayerName]: number };
  readonly schedule: Schedule;
  readonly seed: number;
  readonly random: TrainerOptions['random'] | null;
  readonly noise: number | null;
  readonly onNaN: OnNaN;
  readonly ema: number | null;
  readonly training: boolean;
  readonly hooks: Hooks;
  readonly variables: TrainerOptions['variables'];
  readonly mode: TrainerMode;
  readonly target: 'wasm' | 'js' | 'auto';
  readonly threads: number | 'auto';
  readonly codeCache: CodeCache | null;
  readonly warn: (message: string) => void;
}

const MODES: readonly TrainerMode[] = ['auto', 'captured', 'tape'];
const TARGETS = ['wasm', 'js', 'auto'] as const;
const SCHEDULES: readonly Schedule[] = ['sequential', 'joint'];
const ON_NAN: readonly OnNaN[] = ['throw', 'skip', 'ignore'];

/** @throws SpecError GL5009 for a value that makes no sense */
export function resolveOptions(options: TrainerOptions): Settings {
  const { steps = {}, schedule = 'sequential', seed = 1, random, noise, onNaN = 'throw', ema = false, training = true, hooks = {}, variables, mode = 'auto', target = 'auto', threads = 'auto', codeCache, warn = console.warn } = options;
  const settings: Settings = {
    steps: { generator: steps.generator ?? 1, discriminator: steps.discriminator ?? 1 },
    schedule,
    seed,
    random: random ?? null,
    noise: noise ?? null,
    onNaN,
    ema: ema === false ? null : ema,
    training,
    hooks,
    variables,
    mode,
    target,
    threads,
    codeCache: codeCache ?? null,
    warn,
  };
  const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  for (const player of PLAYERS) refuse(!whole(settings.steps[player], 0), `steps.${player}`, settings.steps[player], 'a whole number, at least 0');
  refuse(!SCHEDULES.includes(schedule), 'schedule', schedule, oneOf(SCHEDULES));
  refuse(!ON_NAN.includes(onNaN), 'onNaN', onNaN, oneOf(ON_NAN));
  refuse(!MODES.includes(mode), 'mode', mode, oneOf(MODES));
  refuse(!TARGETS.includes(target), 'target', target, oneOf(TARGETS));
  refuse(threads !== 'auto' && !whole(threads, 1), 'threads', threads, "a whole number, at least 1, or 'auto'");
  refuse(!whole(seed, 0), 'seed', seed, 'a whole number, at least 0');
  refuse(noise !== undefined && !whole(noise, 1), 'noise', noise, 'a whole number, at least 1');
  refuse(settings.ema !== null && !(settings.ema >= 0 && settings.ema <= 1), 'ema', settings.ema, 'a decay between 0 and 1');
  return settings;
}

/** The draws of a stream in a step (0: in none). */
export function randomOf({ random, seed }: Pick<Settings, 'random' | 'seed'>, stream: string, step: number): RandomSource {
  return random?.(stream, step) ?? createRandom(seed, stream, step);
}

function oneOf(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(' or ');
}

function refuse(wrong: boolean, name: string, value: unknown, wanted: string): void {
  if (wrong) fail('GL5009', `the trainer's option '${name}' is ${String(value)}: it must be ${wanted}`);
}
