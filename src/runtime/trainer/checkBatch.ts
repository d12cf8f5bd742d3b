import * as tf from '@tensorflow/tfjs';
import { fail } from '../models/fail.ts';
import type { Batch } from '../models/model.ts';

/**
 * Refuses what no step can be taken on, whatever the model. What a model wants beside that, its adapter asks for.
 *
 * @throws SpecError GL5001 for no batch at all, tensors that were disposed, that hold no numbers, or none at all
 */
export function checkBatch(batch: Batch): void {
  // typed, yet batches come from users' functions
  if (typeof batch !== 'object' || (batch as Batch | null) === null) fail('GL5001', `the batch is ${String(batch)}`, '{ real: tensor }, or a function that makes such batches');
  for (const name in batch) {
    const value: unknown = batch[name];
    for (const tensor of Array.isArray(value) ? value : [value]) if (tensor instanceof tf.Tensor) checkTensor(name, tensor);
  }
}

function checkTensor(name: string, tensor: tf.Tensor): void {
  if (tensor.isDisposed) fail('GL5001', `'${name}' in the batch has been disposed`, 'a batch that is given stays the caller\'s until its step is done; what a function returns is disposed after each update, unless it is under tf.keep');
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64') fail('GL5001', `'${name}' in the batch is of the type ${tensor.dtype}`, 'networks take numbers: float32, int32 or bool');
  if (tensor.size === 0) fail('GL5001', `'${name}' in the batch has shape [${tensor.shape}]: it holds nothing`);
}
