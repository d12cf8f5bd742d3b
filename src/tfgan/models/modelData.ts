import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { anySeed, createRandom, type RandomSource } from '../../runtime/random.ts';
import { rememberData, type Remembered, type Round } from './remember.ts';

/**
 * What a model is made of: tensors, or a function that gives them anew for each run of training (the next batch, fresh noise). Functions
 * that draw under one name get the same numbers: an image and its label are found by the same draw.
 */
export type ModelData<T> = T | ((random: RandomSource) => T);

/** Where a model's draws come from: another source in each training run. */
export interface Draws {
  readonly random: () => RandomSource;
  readonly round: Round;
  /** Makes the model start over: its data are given and drawn anew, and nothing that was computed counts. */
  readonly restart: (random: RandomSource) => void;
}

/** @param random seeded from `Math.random` unless given */
export function createDraws(random: RandomSource = createRandom(anySeed(), 'model')): Draws {
  let [current, round] = [random, 0];
  return {
    random: () => current,
    round: () => round,
    restart(next) {
      current = next;
      round += 1;
    },
  };
}

/** A model's data as a field. @throws SpecError GL5001, when it is read, for what is no tensor, list or object of tensors */
export function modelData<T>(name: string, data: ModelData<T>, draws: Draws): Remembered<T> {
  if (data === undefined || data === null) return fail('GL5001', `\`${name}\` is missing`);
  return rememberData(() => {
    const value = isFunction(data) ? data(drawsOfData(draws.random())) : data;
    if (!isNest(value)) fail('GL5001', `\`${name}\` must be a tensor, a list of tensors or an object of tensors`);
    return value;
  }, draws.round);
}

function isFunction<T>(data: ModelData<T>): data is (random: RandomSource) => T {
  return typeof data === 'function';
}

/**
 * The draws of a model's data functions: apart from those of losses, and one of the same name the same in all of them. So images and
 * labels of one batch, which two arguments of a model ask for, can both be found by one draw.
 */
function drawsOfData(random: RandomSource): RandomSource {
  return {
    uniform: (draw, shape) => random.uniform(`data/${draw}`, shape),
    normal: (draw, shape) => random.normal(`data/${draw}`, shape),
    numbers: (draw, length) => random.numbers(`data/${draw}`, length),
  };
}

function isNest(value: unknown): boolean {
  if (value instanceof tf.Tensor) return true;
  if (Array.isArray(value)) return value.every((item) => item instanceof tf.Tensor);
  return value !== null && typeof value === 'object' && Object.values(value).every((item) => item instanceof tf.Tensor);
}
