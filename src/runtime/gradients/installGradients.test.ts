import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { wasmKernels } from '../kernels/wasmKernels.ts';
import { gradientRules } from './gradientRules.ts';
import { installGradients } from './installGradients.ts';

const names = gradientRules.map(({ kernelName }) => kernelName);

function registered(): readonly unknown[] {
  return [
    ...[...names, 'fusedConv2d__op', 'fusedMatMul__op'].map((name) => tf.getGradient(name)),
    ...wasmKernels.map(({ kernelName }) => tf.getKernel(kernelName, 'wasm')),
    ...['FusedBatchNorm', 'FusedConv2D', '_FusedMatMul'].map((name) => tf.getKernel(name, 'cpu')),
  ];
}

/** d/dx Σ (d/dx Σ (tanh x + x²))² at x = 1/2. */
function penaltySlope(): number {
  return tf.tidy(() => {
    const slope = (x: tf.Tensor): tf.Tensor => tf.grad((y: tf.Tensor) => tf.sum(tf.add(tf.tanh(y), tf.square(y))))(x);
    return tf.grad((x: tf.Tensor) => tf.sum(tf.square(slope(x))))(tf.tensor1d([0.5])).dataSync()[0]!;
  });
}

describe('installGradients', () => {
  it('has one rule for each kernel', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('changes nothing on import, and registers nothing for a backend that is not there', () => {
    expect(tf.getGradient('Greater')).toBeUndefined();
    const undo = installGradients();
    expect(wasmKernels.map(({ kernelName }) => tf.getKernel(kernelName, 'wasm'))).toEqual(wasmKernels.map(() => undefined));
    undo();
  });

  it('restores the very rules that were there', () => {
    const before = registered();
    const undo = installGradients();
    const during = registered();
    undo();
    const after = registered();
    expect(after.length).toBe(before.length);
    for (const [index, config] of after.entries()) expect(config, String(index)).toBe(before[index]);
    for (const [index, name] of names.entries()) expect(during[index], name).not.toBe(before[index]);
  });

  it('gives the engine its own tape back, and frees what custom ops save', () => {
    const engine = tf.engine() as unknown as Record<string, unknown>;
    const before = engine.addTapeNode;
    const undo = installGradients();
    const tensors = tf.memory().numTensors;
    tf.tidy(() => {
      const [slope] = tf.grad((x: tf.Tensor) => tf.sum(tf.logSigmoid(tf.mul(x, 2))))(tf.tensor1d([0.5])).dataSync();
      expect(slope).toBeCloseTo(2 / (1 + Math.E), 6);
      const loss = (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits);
      const [byLabels, byLogits] = tf.grads(loss)([tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 0]])]);
      expect([...byLabels.dataSync()].map((value) => value.toFixed(4))).toEqual(['0.6931', '0.6931']);
      expect([...byLogits.dataSync()]).toEqual([-0.5, 0.5]);
    });
    expect(tf.memory().numTensors).toBe(tensors);
    undo();
    expect(engine.addTapeNode).toBe(before);
    expect(Object.hasOwn(engine, 'addTapeNode')).toBe(false);
  });

  it('installs once however often it is called, until the last undo', () => {
    const before = registered();
    const first = installGradients();
    const during = registered();
    const second = installGradients();
    expect(registered().every((config, index) => config === during[index])).toBe(true);
    first();
    first();
    expect(registered().every((config, index) => config === during[index])).toBe(true);
    second();
    expect(registered().every((config, index) => config === before[index])).toBe(true);
  });

  it('keeps a rule that a user had registered', () => {
    const own: tf.GradConfig = { kernelName: 'Greater', gradFunc: (dy) => ({ a: () => tf.zerosLike(dy as tf.Tensor) }) };
    tf.registerGradient(own);
    const undo = installGradients();
    expect(tf.getGradient('Greater')).not.toBe(own);
    undo();
    expect(tf.getGradient('Greater')).toBe(own);
    tf.unregisterGradient('Greater');
  });

  it('leaves alone what somebody registers while it is installed', () => {
    const [stock, kernel] = [tf.getGradient('Tanh'), tf.getKernel('FusedConv2D', 'cpu')];
    const undo = installGradients();
    const own: tf.GradConfig = { kernelName: 'Tanh', inputsToSave: ['x'], gradFunc: (dy) => ({ x: () => tf.zerosLike(dy as tf.Tensor) }) };
    tf.unregisterGradient('Tanh');
    tf.registerGradient(own);
    const ownKernel: tf.KernelConfig = { ...kernel };
    tf.unregisterKernel('FusedConv2D', 'cpu');
    tf.registerKernel(ownKernel);
    undo();
    expect(tf.getGradient('Tanh')).toBe(own);
    expect(tf.getKernel('FusedConv2D', 'cpu')).toBe(ownKernel);
    tf.unregisterGradient('Tanh');
    tf.registerGradient(stock);
    tf.unregisterKernel('FusedConv2D', 'cpu');
    tf.registerKernel(kernel);
  });

  it('serves users side by side until the last one leaves, in whatever order they come and go', async () => {
    await tf.setBackend('cpu');
    const stock = registered();
    const slope = 1 - Math.tanh(0.5) ** 2;
    const right = 2 * (slope + 1) * (2 - 2 * Math.tanh(0.5) * slope);
    const wrong = penaltySlope();
    const turn = () => new Promise<void>((resolve) => { setTimeout(resolve); });
    const user = async (wait: number, stay: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let i = 0; i < wait; i += 1) await turn();
      const undo = installGradients();
      for (let i = 0; i < stay; i += 1) {
        seen.push(penaltySlope());
        await turn();
      }
      undo();
      return seen;
    };
    // overlapping: first in and first out, and one within another
    const seen = await Promise.all([user(0, 4), user(2, 4), user(1, 1), user(5, 3)]);
    for (const value of seen.flat()) expect(value).toBeCloseTo(right, 5);
    expect(seen.map(({ length }) => length)).toEqual([4, 4, 1, 3]);
    expect(penaltySlope()).toBe(wrong);
    expect(registered().every((config, index) => config === stock[index])).toBe(true);
  });

  it('is undone although its user throws in the middle of a tape', async () => {
    await tf.setBackend('cpu');
    const stock = registered();
    const use = () => {
      const undo = installGradients();
      try {
        tf.tidy(() => tf.grad((): tf.Tensor => { throw new Error('mine'); })(tf.tensor1d([1])));
      } finally {
        undo();
      }
    };
    expect(use).toThrow('mine');
    expect(registered().every((config, index) => config === stock[index])).toBe(true);
  });

  it('makes right what is wrong without it', async () => {
    await tf.setBackend('cpu');
    const slope = 1 - Math.tanh(0.5) ** 2;
    const expected = 2 * (slope + 1) * (2 - 2 * Math.tanh(0.5) * slope);
    expect(Math.abs(penaltySlope() - expected)).toBeGreaterThan(0.1);
    const undo = installGradients();
    expect(penaltySlope()).toBeCloseTo(expected, 5);
    undo();
  });

  it('computes only the gradients that are asked for, of fused ops too', async () => {
    await tf.setBackend('cpu');
    const undo = installGradients();
    const conv = tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [5, 5, 1] });
    const model = tf.sequential({ layers: [conv, tf.layers.flatten(), tf.layers.dense({ units: 1 })] });
    const profile = await tf.profile(() => tf.tidy(() => {
      tf.grad((x: tf.Tensor) => tf.sum(model.apply(x) as tf.Tensor))(tf.ones([2, 5, 5, 1])).dataSync();
    }));
    undo();
    model.dispose();
    const kernels = profile.kernels.map(({ name }) => name);
    expect(kernels).toContain('FusedConv2D');
    expect(kernels).toContain('Conv2DBackpropInput');
    expect(kernels).not.toContain('Conv2DBackpropFilter');
    expect(kernels.filter((name) => name === 'BatchMatMul')).toHaveLength(1);
  });

  // last: an import cannot be taken back
  it('picks up a wasm backend that is imported after the first call', async () => {
    const first = installGradients();
    await import('@tensorflow/tfjs-backend-wasm');
    const stock = wasmKernels.map(({ kernelName }) => tf.getKernel(kernelName, 'wasm'));
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined();
    const second = installGradients();
    for (const { kernelName } of wasmKernels) expect(tf.getKernel(kernelName, 'wasm'), kernelName).toBeDefined();
    // the backend starts only now: replaced kernels must have kept their set-up
    await tf.setBackend('wasm');
    const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 3]), false, true).dataSync());
    expect([...product]).toEqual(Array.from({ length: 8 }, () => 3));
    second();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined();
    first();
    for (const [index, { kernelName }] of wasmKernels.entries()) {
      expect(tf.getKernel(kernelName, 'wasm'), kernelName).toBe(stock[index]);
    }
  });
});

describe('first-order numbers of other code', () => {
  it('a cast stops the gradient of what it rounds, and of nothing else', async () => {
    await tf.setBackend('cpu');
    const undo = installGradients();
    const slopes = tf.tidy(() => {
      const whole = tf.grad((a: tf.Tensor) => tf.div(tf.cast(a, 'int32'), tf.tensor1d([2, 4], 'int32')))(tf.tensor1d([true, false], 'bool'));
      const rounded = tf.grad((x: tf.Tensor) => tf.mul(tf.cast(tf.cast(x, 'int32'), 'float32'), 3))(tf.tensor1d([1.5, 2]));
      return [[...whole.dataSync()], [...rounded.dataSync()]];
    });
    expect(slopes).toEqual([[0.5, 0.25], [0, 0]]);
    undo();
  });
});
