import * as tf from '@tensorflow/tfjs';
import { fail } from './fail.ts';
import type { Batch, GeneratorInputs, Sampler } from './model.ts';

/** A tensor that the batch must hold, with at least a batch dimension. */
export function tensorOf(batch: Batch, name: string): tf.Tensor {
  const value = batch[name];
  if (value === undefined) return fail('GL5001', `the batch has no '${name}'`, `it has ${listNames(batch)}`);
  if (!(value instanceof tf.Tensor)) return fail('GL5001', `'${name}' in the batch is not a tensor`);
  if (value.rank === 0) return fail('GL5001', `'${name}' in the batch is a scalar: its first dimension must be the batch`);
  return value;
}

/** A list of tensors; a single tensor is a list of one. */
export function listOf(batch: Batch, name: string): readonly tf.Tensor[] {
  const value = batch[name];
  if (value === undefined) return fail('GL5001', `the batch has no '${name}'`, `it has ${listNames(batch)}`);
  return value instanceof tf.Tensor ? [value] : value;
}

/** What the generator starts from: the batch's own, or drawn. */
export function generatorInputsOf(batch: Batch, batchSize: number, sampler: Sampler): GeneratorInputs {
  const given = batch.generatorInputs;
  if (given !== undefined) return given;
  if (sampler.noise !== null) return sampler.noise(batchSize);
  return fail('GL5001', "the batch has no 'generatorInputs'", 'give them, or let the trainer draw normals: noise: 64');
}

/** Refuses batches that do not go together: the same number of samples (one real sample broadcasts, as in TF-GAN), the same shape of each. */
export function checkAlike(left: { readonly name: string; readonly value: tf.Tensor }, right: { readonly name: string; readonly value: tf.Tensor }): void {
  const [a, b] = [left.value.shape, right.value.shape];
  const sizesFit = a[0] === b[0] || a[0] === 1 || b[0] === 1;
  if (a.length === b.length && sizesFit && a.every((size, axis) => axis === 0 || size === b[axis])) return;
  fail('GL5008', `${left.name} [${a}] and ${right.name} [${b}] differ in shape`, 'the generator must make samples of the shape of the real ones');
}

function listNames(batch: Batch): string {
  const names = Object.keys(batch).filter((name) => batch[name] !== undefined);
  return names.length === 0 ? 'nothing' : names.map((name) => `'${name}'`).join(', ');
}
