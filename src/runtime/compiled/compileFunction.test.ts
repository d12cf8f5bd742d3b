import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { SpecError } from '../../support/diagnostic.ts';
import { installGradients } from '../gradients/installGradients.ts';
import { createReferenceMachine } from './testing/referenceMachine.ts';
import { compileFunction, compileOn } from './compileFunction.ts';
import { compileLosses } from './compileLosses.ts';
import { expectClose } from './testing/expectClose.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const values = (tensor: tf.Tensor | null) => (tensor === null ? null : [...tensor.dataSync()]);

describe.each([['wasm', 'cpu'], ['js', 'cpu'], ['js', 'wasm'], ['wasm', 'wasm']] as const)('a function compiled to %s, with tensors of the %s backend', (target, backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });
  afterAll(async () => {
    await tf.setBackend('cpu');
  });

  it('has the values and derivatives of the function, call after call', () => {
    const f = (x: tf.Tensor, y: tf.Tensor, _unused: tf.Tensor) => tf.sum(tf.mul(tf.exp(x), y), 1);
    const shapes = [[2, 3], [3], [2]];
    const examples = shapes.map((shape) => tf.zeros(shape));
    const compiled = compileFunction(f, examples, { gradients: true, target });
    const oracle = compileOn(createReferenceMachine(), f, examples, true);
    for (let round = 1; round < 4; round += 1) {
      const given = [tf.tensor2d([[0, 0.5, 1], [-1, 2, round]]), tf.tensor1d([1, -2, round]), tf.ones([2])];
      const [found, wanted] = [compiled.call(...given), oracle.call(...given)];
      expectClose(values(found.value), values(wanted.value));
      expect(found.value.shape).toEqual([2]);
      expectClose(found.gradients.map(values), wanted.gradients.map(values));
      expect(found.gradients[2]).toBeNull();
      // ∂/∂y Σ eˣ·y = Σ eˣ over the rows
      expect(found.gradients[1]?.dataSync()[0]).toBeCloseTo(1 + Math.exp(-1), 5);
    }
    compiled.dispose();
    expect(() => compiled.call(...examples)).toThrow('disposed');
  });

  it('may give several tensors, reads variables anew, and refuses other shapes', () => {
    const scale = tf.variable(tf.scalar(2));
    const compiled = compileFunction((x) => ({ other: tf.add(x, 1), loss: tf.mean(tf.mul(x, scale)) }), [tf.zeros([2])], { gradients: true, target });
    const x = tf.tensor1d([1, 3]);
    const first = compiled.call(x);
    expect([values(first.value.other), values(first.value.loss), values(first.gradients[0])]).toEqual([[2, 4], [4], [1, 1]]);
    scale.assign(tf.scalar(5));
    expect(values(compiled.call(x).value.loss)).toEqual([10]);
    expect(() => compiled.call(tf.zeros([3]))).toThrow(SpecError);
    scale.dispose();
  });

  it('makes its results alone', () => {
    const compiled = compileFunction((x) => tf.tanh(x), [tf.zeros([4])], { gradients: true, target });
    const x = tf.ones([4]);
    const before = { ...tf.memory() };
    tf.tidy(() => {
      for (let i = 0; i < 5; i += 1) compiled.call(x);
    });
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers, numBytes: before.numBytes });
  });
});

it('a function compiled in the memory of the wasm backend takes tensors of other backends, and memory that grows', async () => {
  const elsewhere = tf.tensor1d([1, 2, 3]);
  await tf.setBackend('wasm');
  const compiled = compileFunction((x) => tf.mul(x, x), [elsewhere], { gradients: true });
  const first = compiled.call(elsewhere);
  // far more than there was
  const large = tf.zeros([16, 1024, 1024]);
  const second = compiled.call(tf.tensor1d([4, 5, 6]));
  expect([values(first.value), values(first.gradients[0]), values(second.value)]).toEqual([[1, 4, 9], [2, 4, 6], [16, 25, 36]]);
  large.dispose();
  compiled.dispose();
  await tf.setBackend('cpu');
});

it('a function with draws of its own or assignments is refused', () => {
  const counter = tf.variable(tf.scalar(0));
  const dropout = tf.layers.dropout({ rate: 0.5 });
  expect(() => compileFunction((x) => dropout.apply(x, { training: true }) as tf.Tensor, [tf.ones([2, 3])])).toThrow('draws random numbers');
  const counting = (x: tf.Tensor) => {
    counter.assign(tf.add(counter, 1));
    return x;
  };
  expect(() => compileFunction(counting, [tf.ones([2])])).toThrow('assigns');
  counter.dispose();
});

describe("an objective's losses of given logits", () => {
  it.each(['minimax', 'hinge', 'relativistic', 'least_squares(real_label: 0.9)'])('%s', (spec) => {
    const uninstall = installGradients();
    const objective = compile(spec);
    const [real, fake] = [tf.tensor2d([[0.5], [-1], [2], [0.3]]), tf.tensor2d([[-0.2], [1.5], [-2], [0]])];
    const networks = { generator: (z: tf.Tensor) => z, discriminator: (x: tf.Tensor) => x };
    for (const player of ['discriminator', 'generator'] as const) {
      const compiled = compileLosses(objective, player, { real, fake }, { gradients: true });
      const found = compiled.call({ real, fake });
      const loss = (r: tf.Tensor, f: tf.Tensor) => objective[`${player}Loss`](networks, { real: r, generatorInputs: f });
      expect(found.loss.dataSync()[0]).toBeCloseTo(loss(real, fake).dataSync()[0], 5);
      // the objective's own discriminator loss does not reach into the generator
      if (player === 'discriminator') expectClose(values(found.gradients.real!), values(tf.grad((r) => loss(r, fake))(real)));
      else expectClose(values(found.gradients.fake!), values(tf.grad((f) => loss(real, f))(fake)));
      compiled.dispose();
    }
    uninstall();
  });
});
