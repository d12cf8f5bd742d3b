import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { installGradients } from '../../runtime/gradients/installGradients.ts';
import { differentiate } from '../../runtime/trainer/differentiate.ts';
import { differentiateTogether, type Target } from './differentiateTogether.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

let uninstall = () => {};
beforeEach(() => {
  uninstall = installGradients();
});
afterEach(() => uninstall());

const numbers = (tensor: tf.Tensor | null) => tensor && [...tensor.dataSync()];

/** Two players over one network, the second with a gradient penalty. */
function players() {
  const [w, v] = [tf.variable(tf.tensor2d([[0.5, -1], [2, 0.3]])), tf.variable(tf.tensor2d([[1], [-0.7]]))];
  const x = tf.tensor2d([[1, 2], [-1, 0.5], [0.2, 0.1]]);
  let calls = 0;
  const shared = () => {
    calls += 1;
    return tf.tanh(tf.matMul(x, w));
  };
  const D = (data: tf.Tensor) => tf.tanh(tf.matMul(data as tf.Tensor2D, v));
  const losses = (hidden: () => tf.Tensor): readonly Target[] => [
    { loss: () => tf.neg(tf.mean(D(hidden()))), variables: [w] },
    { loss: () => tf.add(tf.mean(D(hidden())), tf.mean(tf.square(tf.grad((y) => tf.sum(D(y)))(hidden())))), variables: [v] },
    { loss: () => tf.square(hidden()), variables: [v, w] },
  ];
  return { shared, losses, calls: () => calls };
}

describe('differentiateTogether', () => {
  it('gives what differentiating one by one gives, and runs what is shared once', () => {
    const { shared, losses, calls } = players();
    const wanted = losses(shared).map(({ loss, variables }) => differentiate(loss, variables));
    const before = { tensors: tf.memory().numTensors, calls: calls() };
    let hidden: tf.Tensor | null = null;
    const together = differentiateTogether(losses(() => (hidden ??= shared())));
    expect(calls()).toBe(before.calls + 1);
    together.forEach(({ value, gradients }, index) => {
      expect(numbers(value)).toEqual(numbers(wanted[index].value));
      gradients.forEach((gradient, place) => {
        const difference = numbers(gradient)?.map((number, i) => Math.abs(number - numbers(wanted[index].gradients[place])![i]));
        if (difference === undefined) expect(wanted[index].gradients[place]).toBeNull();
        else expect(Math.max(...difference)).toBeLessThan(1e-7);
      });
    });
    expect(together[2].gradients[0]).toBeNull();
    tf.dispose(together.flatMap(({ value, gradients }) => [value, ...gradients.filter((gradient) => gradient !== null)]));
    expect(tf.memory().numTensors).toBe(before.tensors);
  });

  it('leaves nothing behind when a loss throws', () => {
    const { shared, losses } = players();
    const targets = losses(shared);
    const before = tf.memory().numTensors;
    const broken: Target = {
      loss: () => {
        throw new Error('broken');
      },
      variables: targets[0].variables,
    };
    expect(() => differentiateTogether([...targets, broken])).toThrow('broken');
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.engine().state.kernelDepth).toBe(0);
  });
});
