import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { RandomSource } from '../../runtime/random.ts';
import { rememberData, type Remembered } from './remember.ts';

/**
 * What a model is made of: tensors, or a function that gives them anew for each run of training (the next batch, fresh noise). Functions
 * that draw under one name get the same numbers: an image and its label are found by the same draw.
 */
export type ModelData<T> = T | ((random: RandomSource) => T);

/** A model's data as a field. @throws SpecError GL5001, when it is read, for what is no tensor, list or object of tensors */
export function modelData<T>(name: string, data: ModelData<T>, random: RandomSource): Remembered<T> {
  if (data === undefined || data === null) return fail('GL5001', `\`${name}\` is missing`);
  return rememberData(() => {
    const value = isFunction(data) ? data(drawsOfData(random)) : data;
    if (!isNest(value)) fail('GL5001', `\`${name}\` must be a tensor, a list of tensors or an object of tensors`);
    return value;
  });
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
