// A mixture of eight Gaussians on a circle, with a training loop of one's own: node examples/mixture.mjs [steps]
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compile, installGradients } from 'ganloss';

const STEPS = Number(process.argv[2] ?? 3000);
const BATCH = 128;
const NOISE = 8;

tf.enableProdMode();
await tf.setBackend('wasm');
// Corrected second derivatives, and the kernels that the backend lacks: one call for the whole program.
installGradients();

// R3GAN's objective (Huang et al., 2024): each real sample against a fake one, and penalties on both.
const objective = compile('rpgan + r1(gamma: 0.04) + r2(gamma: 0.04)');

const layers = (sizes, activation, seed) =>
  sizes.map(([units, inputDim], index) =>
    tf.layers.dense({
      units,
      ...(index === 0 ? { inputShape: [inputDim] } : {}),
      activation: index < sizes.length - 1 ? activation : 'linear',
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + index }),
    }),
  );
const generator = tf.sequential({ layers: layers([[64, NOISE], [64, 64], [2, 64]], 'relu', 1) });
const discriminator = tf.sequential({ layers: layers([[64, 2], [64, 64], [1, 64]], 'relu', 11) });
const networks = { generator, discriminator };
const variables = (model) => model.trainableWeights.map((weight) => weight.read());
const optimizers = { generator: tf.train.adam(1e-3, 0.5, 0.9), discriminator: tf.train.adam(2e-3, 0.5, 0.9) };

const centre = (mode) => [Math.cos((mode * Math.PI) / 4), Math.sin((mode * Math.PI) / 4)];
function realBatch(seed) {
  return tf.tidy(() => {
    const modes = tf.randomUniform([BATCH], 0, 8, 'int32', seed);
    const centres = tf.gather(tf.tensor2d([...Array(8).keys()].map(centre)), modes);
    return tf.add(centres, tf.randomNormal([BATCH, 2], 0, 0.04, 'float32', seed + 1));
  });
}

/** One player's update: its loss, differentiated by its own variables. */
function update(player, seed) {
  const loss = player === 'generator' ? objective.generatorLoss : objective.discriminatorLoss;
  const value = tf.tidy(() => {
    const batch = { real: realBatch(seed), generatorInputs: tf.randomNormal([BATCH, NOISE], 0, 1, 'float32', seed + 2) };
    const { value: scalar, grads } = tf.variableGrads(() => loss(networks, batch, { seed }), variables(networks[player]));
    optimizers[player].applyGradients(grads);
    return scalar;
  });
  const [number] = value.dataSync();
  value.dispose();
  return number;
}

let seed = 1;
for (let step = 1; step <= STEPS; step += 1) {
  update('discriminator', (seed += 7));
  const lossG = update('generator', (seed += 7));
  if (step % 500 === 0 || step === STEPS) console.log(`step ${step}: generator ${lossG.toFixed(4)}`);
}

const samples = tf.tidy(() => generator.predict(tf.randomNormal([2000, NOISE], 0, 1, 'float32', 99)).arraySync());
const counts = Array(8).fill(0);
for (const [x, y] of samples) {
  for (let mode = 0; mode < 8; mode += 1) {
    const [cx, cy] = centre(mode);
    if (Math.hypot(x - cx, y - cy) < 0.2) counts[mode] += 1;
  }
}
const WIDTH = 61;
const HEIGHT = 29;
const cells = Array.from({ length: HEIGHT }, () => Array(WIDTH).fill(0));
for (const [x, y] of samples) {
  const column = Math.round(((x + 1.3) / 2.6) * (WIDTH - 1));
  const row = Math.round(((1.3 - y) / 2.6) * (HEIGHT - 1));
  if (cells[row]?.[column] !== undefined) cells[row][column] += 1;
}
console.log(cells.map((row) => row.map((count) => ' .:+*#@'[Math.min(6, Math.ceil(Math.sqrt(count)))]).join('').trimEnd()).join('\n'));
console.log(`modes with at least 1% of the samples: ${counts.filter((count) => count >= 20).length} of 8 (${counts.join(', ')})`);
