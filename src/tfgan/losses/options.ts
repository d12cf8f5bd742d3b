import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { Reduction, type CommonLossOptions } from '../types.ts';

/** Options that every loss takes beside its own. */
export interface LossOptions extends CommonLossOptions {
  /** The name scope of the summaries' tags in place of the function's; '' is none. */
  readonly scope?: string | null;
  /** Where the loss is added, as TensorFlow adds it to the collection LOSSES of the graph; nowhere unless given. */
  readonly lossCollection?: tf.Tensor[] | null;
}

export const COMMON_OPTIONS: readonly (keyof LossOptions)[] = ['reduction', 'addSummaries', 'scope', 'lossCollection', 'summaries', 'random'];
/** Those of losses that TF-GAN gives neither reduction nor summaries: `summaries` and `random` say where to, not whether. */
export const BARE_OPTIONS: readonly (keyof LossOptions)[] = ['scope', 'summaries', 'random'];

/** Those of TensorFlow, by their names there. */
const REDUCTIONS: readonly string[] = Object.values(Reduction);

/** @throws SpecError GL2006 for anything but a reduction */
export function validReduction(given: unknown): Reduction {
  if (typeof given === 'string' && REDUCTIONS.includes(given)) return given as Reduction;
  return fail('GL2006', `Invalid Reduction Key ${printValue(given)}. Key should be one of (${REDUCTIONS.map((name) => `'${name}'`).join(', ')}).`);
}

/** What a number, list or tensor stands for. @throws SpecError GL3004 for None and what is no number */
export function checkNumeric(value: unknown, owner: string, option: string): asserts value is number | boolean | readonly number[] | tf.Tensor {
  if (value === null) fail('GL3004', `None values not supported: \`${option}\` of ${owner}`);
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof tf.Tensor || isNumbers(value)) return;
  fail('GL3004', `\`${option}\` of ${owner} must be a number or a tensor. Instead, was ${printValue(value)}`);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number' || isNumbers(element));
}

export function printValue(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value instanceof tf.Tensor) return `Tensor(shape=[${value.shape}], dtype=${value.dtype})`;
  return typeof value === 'object' ? value.constructor.name : typeof value === 'function' ? 'a function' : String(value);
}
