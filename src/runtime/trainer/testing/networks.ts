import * as tf from '@tensorflow/tfjs';
import { normals } from '../../random.ts';
import type { NetworkPair } from '../../models/model.ts';

let seed = 0;

/** A model of dense layers whose weights depend only on `name`. */
export function mlp(name: string, widths: readonly number[], heads: readonly number[] = []): tf.LayersModel {
  const input = tf.input({ shape: [widths[0]] });
  const layer = (units: number, activation?: 'tanh') => tf.layers.dense({ units, ...(activation ? { activation } : {}), name: `${name}_${++seed}` });
  const inner = heads.length > 0 ? widths.slice(1) : widths.slice(1, -1);
  const hidden = inner.reduce<tf.SymbolicTensor>((x, units) => layer(units, 'tanh').apply(x) as tf.SymbolicTensor, input);
  const outputs = (heads.length > 0 ? heads : [widths[widths.length - 1]]).map((units) => layer(units).apply(hidden) as tf.SymbolicTensor);
  const model = tf.model({ inputs: input, outputs });
  fillWeights(model, name);
  return model;
}

/** Gives each weight values of its own that depend only on the name and the position. */
export function fillWeights(model: tf.LayersModel, name: string): void {
  tf.tidy(() => {
    model.setWeights(model.getWeights().map((weight, index) => tf.tensor(normals(7, `${name}/${index}`, weight.size).map((value) => value * 0.5), weight.shape)));
  });
}

/** generator 3 → 5 → 2, discriminator 2 → 5 → 1 */
export function pair(name = ''): NetworkPair {
  return { generator: mlp(`g${name}`, [3, 5, 2]), discriminator: mlp(`d${name}`, [2, 5, 1]) };
}

export function tensor(name: string, shape: number[]): tf.Tensor {
  return tf.tensor(normals(3, name, shape.reduce((product, size) => product * size, 1)), shape);
}

export function oneHot(classes: readonly number[], depth: number): tf.Tensor {
  return tf.oneHot(tf.tensor1d([...classes], 'int32'), depth);
}

/** All values of variables, as plain numbers. */
export function valuesOf(models: readonly tf.LayersModel[]): readonly (readonly number[])[] {
  return models.flatMap((model) => model.weights.map((weight) => [...weight.read().dataSync()]));
}

/** The two models of a pair. */
export function modelsOf({ generator, discriminator }: NetworkPair): readonly tf.LayersModel[] {
  return [generator as tf.LayersModel, discriminator as tf.LayersModel];
}
