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

const asNumber = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');

/** Ops that are constant between their jumps: nothing flows back through them. */
export const stops: readonly Kink[] = [
  { name: 'floor, ceil, round', at: [0.3, -1.7], f: (x) => tf.addN([tf.floor(x), tf.ceil(x), tf.round(x)]) },
  { name: 'sign, step', at: [0.3, -1.7], f: (x) => tf.add(tf.sign(x), tf.step(x)) },
  { name: 'floorDiv', at: [0.3, -1.7], f: (x) => tf.floorDiv(x, tf.scalar(0.7)) },
  { name: 'cast to int32', at: [0.3, -1.7], f: (x) => asNumber(tf.cast(x, 'int32')) },
  { name: 'greater, lessEqual', at: [0.3, -1.7], f: (x) => tf.add(asNumber(tf.greater(x, 0)), asNumber(tf.lessEqual(x, 1))) },
  { name: 'logicalAnd of comparisons', at: [0.3, -1.7], f: (x) => asNumber(tf.logicalAnd(tf.greater(x, 0), tf.less(x, 1))) },
  { name: 'isFinite', at: [0.3, -1.7], f: (x) => asNumber(tf.isFinite(x)) },
  { name: 'argMax', at: [0.3, -1.7], f: (x) => asNumber(tf.argMax(x)) },
  { name: 'oneHot', at: [0.3, 1.7], f: (x) => asNumber(tf.oneHot(tf.cast(x, 'int32'), 3)) },
  { name: 'onesLike, zerosLike', at: [0.3, -1.7], f: (x) => tf.add(tf.onesLike(x), tf.zerosLike(x)) },
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
      // null: it does not depend on x
      return gradients[0]?.dataSync() ?? new Float32Array(at.length);
    });
    // −0 is no other slope than 0
    return Array.from(slopes, (slope) => String(Number((slope + 0).toPrecision(5)))).join(', ');
  } catch {
    return 'throws';
  }
}

type Slopes = (kink: Kink, way: Way) => string;

/** The last tables of docs/second-order.md. */
export function kinkTables(slopes: Slopes): string {
  return [
    ...table(kinks, slopes, 'At kinks and ties', 'The derivative of the sum of the outputs by each number of the input. What ganloss gives is one column, because its four ways agree to the last digit shown.'),
    ...table(stops, slopes, 'Where derivatives stop', 'Ops that are constant between their jumps have the derivative 0, and stop what would flow back through them without a word: a term that depends on a network by way of them alone does not train it. (tfjs gives `floorDiv` the slopes of a quotient that is not rounded, and ganloss leaves it so.) Nothing else stops a derivative: `tf.moments` and what layers normalise by carry it (TensorFlow’s `nn.moments` does not, in the mean inside of the variance), and so do the losses of tfjs above, by predictions and labels. What a layer keeps from step to step, batch normalisation’s averages, is state: in training it is not used, in inference a constant.'),
  ].join('\n\n');
}

function table(kinks: readonly Kink[], slopes: Slopes, title: string, text: string): readonly string[] {
  const rows = kinks.map((kink) => `| ${kink.name} | ${kink.at.join(', ')} | ${slopes(kink, 'stock cpu')} | ${slopes(kink, 'stock wasm')} | ${slopes(kink, 'tape cpu')} |`);
  return [`## ${title}`, text, ['| op | at | stock cpu | stock wasm | ganloss |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')];
}
