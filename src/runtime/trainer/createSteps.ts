import * as tf from '@tensorflow/tfjs';
import { createCapturedSteps } from '../compiled/capturedSteps.ts';
import { createCodeMachine } from '../compiled/codeMachine.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './options.ts';
import type { Update } from './plan.ts';
import type { Players } from './players.ts';
import type { StepRunner } from './stepRunner.ts';
import { createTapeSteps } from './tapeSteps.ts';

export interface StepOptions {
  readonly pooled: boolean;
  readonly players: Players;
  readonly updates: readonly Update[];
  readonly memory: Memory;
  readonly settings: Settings;
}

/** Backends whose tensors lie in memory that JavaScript sees. */
const ON_PROCESSOR: readonly string[] = ['cpu', 'wasm'];

/** How the trainer takes its steps, as its options say. */
export function createSteps({ pooled, players, updates, memory, settings: { mode, target, threads, codeCache, warn } }: StepOptions): StepRunner {
  if (mode === 'tape') return createTapeSteps(players, updates, memory);
  const backend = tf.getBackend();
  // a graphics card is not helped by code for the processor
  if (mode === 'auto' && !ON_PROCESSOR.includes(backend)) return createTapeSteps(players, updates, memory, `the backend ${backend} does not compute on the processor, as compiled steps do`);
  const createMachine = (alone: boolean) => createCodeMachine({ target, threads: alone ? 1 : threads, cache: codeCache }, { math: 'strict', remark: () => undefined });
  return createCapturedSteps({ pooled, players, updates, memory, strictness: mode, warn, createMachine });
}
