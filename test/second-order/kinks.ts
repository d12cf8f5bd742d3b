import * as tf from '@tensorflow/tfjs';
import { compileFunction } from '../../src/runtime/compiled/compileFunction.ts';
import type { Way } from './page.ts';

/** A point where a function has no derivative, or several candidates for one. */
export interface Kink {
  readonly name: string;
  readonly at: readonly number[];
  readonly f: (x: tf.Tensor) => tf.Tensor;
}

const pair = (x: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => [tf.slice(x, [0], [1]), tf.slice(x, [1], [1])];

export const kinks: readonly Kink[] = [
  { name: 'relu', at: [0], f: tf.relu },
  { name: 'relu6', at: [0, 6], f: tf.relu6 },
  { name: 'leakyRelu, alpha 0.2', at: [0], f: (x) => tf.leakyRelu(x, 0.2) },
  { name: 'prelu, alpha 0.2', at: [0], f: (x) => tf.prelu(x, tf.tensor1d([0.2])) },
  { name: 'elu', at: [0], f: tf.elu },
  { name: 'selu', at: [0], f: tf.selu },
  { name: 'abs', at: [0], f: tf.abs },
  { name: 'hardSigmoid', at: [-2.5, 2.5], f: (x) => tf.layers.activation({ activation: 'hardSigmoid' }).apply(x) as tf.Tensor },
  { name: 'clipByValue(−1, 1)', at: [-1, 1], f: (x) => tf.clipByValue(x, -1, 1) },
  { name: 'maximum(a, b), a tie', at: [1, 1], f: (x) => tf.maximum(...pair(x)) },
  { name: 'minimum(a, b), a tie', at: [1, 1], f: (x) => tf.minimum(...pair(x)) },
  { name: 'max, a tie', at: [2, 1, 2], f: (x) => tf.max(x) },
  { name: 'min, a tie', at: [1, 1, 2], f: (x) => tf.min(x) },
  { name: 'topk of one, a tie', at: [2, 1, 2], f: (x) => tf.topk(x, 1).values },
  { name: 'maxPool, a tie', at: [1, 3, 3, 2], f: (x) => tf.maxPool(tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D, 2, 2, 'valid') },
  { name: 'norm, euclidean', at: [0, 0], f: (x) => tf.norm(x, 'euclidean', 0) },
  { name: 'norm, 1', at: [0, 1], f: (x) => tf.norm(x, 1, 0) },
];

/** The slopes at the kink, or why there are none. */
export function slopesOf({ at, f }: Kink, way: Way): string {
  try {
    const slopes = tf.tidy(() => {
      const x = tf.tensor1d([...at]);
      if (!way.startsWith('captured')) return tf.grad((y: tf.Tensor) => tf.sum(f(y)))(x).dataSync();
      const compiled = compileFunction(f, [x], { gradients: true, target: way === 'captured wasm' ? 'wasm' : 'js', threads: 1 });
      const { gradients } = compiled.call(x);
      compiled.dispose();
      return gradients[0]!.dataSync();
    });
    // −0 is no other slope than 0
    return Array.from(slopes, (slope) => String(Number((slope + 0).toPrecision(5)))).join(', ');
  } catch {
    return 'throws';
  }
}

/** The last table of docs/second-order.md. */
export function kinkTable(slopes: (kink: Kink, way: Way) => string): string {
  const rows = kinks.map((kink) => `| ${kink.name} | ${kink.at.join(', ')} | ${slopes(kink, 'stock cpu')} | ${slopes(kink, 'stock wasm')} | ${slopes(kink, 'tape cpu')} |`);
  return [
    '## At kinks and ties',
    'The derivative of the sum of the outputs by each number of the input. What ganloss gives is one column, because its four ways agree to the last digit shown.',
    ['| op | at | stock cpu | stock wasm | ganloss |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
