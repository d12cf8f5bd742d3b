import * as tf from '@tensorflow/tfjs';
import { normals } from '../../random.ts';
import type { ModeCase } from './compareModes.ts';

/** The tf.Variable behind a layer's weight; tfjs-layers keeps it from its types. */
export function variablesOf(model: { readonly weights: readonly tf.layers.Layer['weights'][number][] }): tf.Variable[] {
  return model.weights.map((weight) => (weight as unknown as { readonly val: tf.Variable }).val);
}

/** Weights that are neither 0 nor 1: otherwise half of what a layer does would go unseen. */
export function scramble(variables: readonly tf.Variable[]): void {
  variables.forEach((variable, i) => {
    const positive = variable.name.includes('variance');
    const numbers = normals(3, `weight ${i}`, variable.size).map((x) => (positive ? 0.5 + x * x : 0.5 * x + 0.1));
    tf.tidy(() => variable.assign(tf.tensor(numbers, variable.shape)));
  });
}

/** A model in training. */
export function modelCase(model: tf.LayersModel, shape: readonly number[], more: Partial<ModeCase> = {}): ModeCase {
  const variables = variablesOf(model);
  scramble(variables);
  return { shape, variables, f: (x) => model.apply(x, { training: true }) as tf.Tensor, ...more };
}

/** A layer alone, in training, on a batch of two. */
export function layerCase(layer: tf.layers.Layer, shape: readonly number[], more: Partial<ModeCase> = {}): ModeCase {
  const input = tf.input({ shape: [...shape] });
  return modelCase(tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor }), [2, ...shape], more);
}
