import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { rememberData, type Remembered } from './remember.ts';

/** What a model is made of: tensors, or a function that gives them anew for each run of training (the next batch, fresh noise). */
export type ModelData<T> = T | ((random: RandomSource) => T);

/** A model's data as a field. @throws SpecError GL5001, when it is read, for what is no tensor, list or object of tensors */
export function modelData<T>(name: string, data: ModelData<T>, random: RandomSource): Remembered<T> {
  if (data === undefined || data === null) return fail('GL5001', `\`${name}\` is missing`);
  return rememberData(() => {
    const value = isFunction(data) ? data(drawsOf(random, name)) : data;
    if (!isNest(value)) fail('GL5001', `\`${name}\` must be a tensor, a list of tensors or an object of tensors`);
    return value;
  });
}

function isFunction<T>(data: ModelData<T>): data is (random: RandomSource) => T {
  return typeof data === 'function';
}

/** Draws of each data function have names of their own: two functions that both draw 'noise' draw different numbers. */
function drawsOf(random: RandomSource, name: string): RandomSource {
  return {
    uniform: (draw, shape) => random.uniform(`${name}/${draw}`, shape),
    normal: (draw, shape) => random.normal(`${name}/${draw}`, shape),
    numbers: (draw, length) => random.numbers(`${name}/${draw}`, length),
  };
}

function isNest(value: unknown): boolean {
  if (value instanceof tf.Tensor) return true;
  if (Array.isArray(value)) return value.every((item) => item instanceof tf.Tensor);
  return value !== null && typeof value === 'object' && Object.values(value).every((item) => item instanceof tf.Tensor);
}
