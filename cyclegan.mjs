// A CycleGAN between two small image domains that are made on the fly: dark discs on bright ground, and bright squares on dark
// ground. node examples/cyclegan.mjs [steps]; writes out/cyclegan.png: x, G(x), F(G(x)), y, F(y), G(F(y)).
import { mkdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { encode } from 'fast-png';
import { compile, trainer } from 'ganloss';

const STEPS = Number(process.argv[2] ?? 400);
const SIZE = 24;
const BATCH = 8;

tf.enableProdMode();
await tf.setBackend('wasm');

const objective = compile('least_squares + 10*cycle');

const conv = (filters, strides, seed, extra = {}) =>
  tf.layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', kernelInitializer: tf.initializers.glorotUniform({ seed }), ...extra });
const inputShape = [SIZE, SIZE, 1];
const generator = (seed) =>
  tf.sequential({ layers: [conv(16, 1, seed, { inputShape, activation: 'relu' }), conv(16, 1, seed + 1, { activation: 'relu' }), conv(16, 1, seed + 2, { activation: 'relu' }), conv(1, 1, seed + 3, { activation: 'tanh' })] });
const discriminator = (seed) =>
  tf.sequential({ layers: [conv(16, 2, seed, { inputShape }), tf.layers.leakyReLU({ alpha: 0.2 }), conv(32, 2, seed + 1), tf.layers.leakyReLU({ alpha: 0.2 }), conv(1, 1, seed + 2)] });
const networks = {
  x2y: { generator: generator(1), discriminator: discriminator(11) },
  y2x: { generator: generator(21), discriminator: discriminator(31) },
};

/** A generator of numbers in [0, 1), so that every run sees the same images. */
function createRandom(state) {
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
function drawBatch(random, inside, ink) {
  const data = new Float32Array(BATCH * SIZE * SIZE);
  for (let n = 0; n < BATCH; n += 1) {
    const radius = 4 + 4 * random();
    const [cx, cy] = [radius + random() * (SIZE - 2 * radius), radius + random() * (SIZE - 2 * radius)];
    for (let y = 0; y < SIZE; y += 1) for (let x = 0; x < SIZE; x += 1) data[(n * SIZE + y) * SIZE + x] = inside(x - cx, y - cy, radius) ? ink : -ink;
  }
  return tf.tensor4d(data, [BATCH, SIZE, SIZE, 1]);
}
const discs = (random) => drawBatch(random, (dx, dy, r) => dx * dx + dy * dy < r * r, -0.8);
const squares = (random) => drawBatch(random, (dx, dy, r) => Math.max(Math.abs(dx), Math.abs(dy)) < r * 0.9, 0.8);

const adam = () => tf.train.adam(1e-3, 0.5, 0.99);
const t = trainer(objective, networks, { optimizers: { generator: adam(), discriminator: adam() }, seed: 1 });
const random = createRandom(7);
for (let step = 1; step <= STEPS; step += 1) {
  const batch = { x: discs(random), y: squares(random) };
  const metrics = await t.step(batch);
  tf.dispose(batch);
  if (step % 50 === 0 || step === STEPS) console.log(`step ${step}: generator ${metrics.generatorLoss.toFixed(3)}, discriminator ${metrics.discriminatorLoss.toFixed(3)}`);
}

const rows = tf.tidy(() => {
  const [x, y] = [discs(random), squares(random)];
  const [g, f] = [networks.x2y.generator, networks.y2x.generator];
  return [x, g.predict(x), f.predict(g.predict(x)), y, f.predict(y), g.predict(f.predict(y))].map((images) => images.dataSync());
});
const SCALE = 4;
const [width, height] = [BATCH * SIZE * SCALE, rows.length * SIZE * SCALE];
const pixels = new Uint8Array(width * height);
for (let row = 0; row < height; row += 1) {
  for (let column = 0; column < width; column += 1) {
    const [y, x] = [Math.floor(row / SCALE), Math.floor(column / SCALE)];
    const value = rows[Math.floor(y / SIZE)][(Math.floor(x / SIZE) * SIZE + (y % SIZE)) * SIZE + (x % SIZE)];
    pixels[row * width + column] = Math.round((value + 1) * 127.5);
  }
}
mkdirSync('out', { recursive: true });
writeFileSync('out/cyclegan.png', encode({ width, height, data: pixels, channels: 1, depth: 8 }));
console.log('out/cyclegan.png: x, G(x), F(G(x)), y, F(y), G(F(y))');
t.dispose();
