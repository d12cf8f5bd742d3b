import type { Model } from '../../../dsl/typed.ts';

/** `train.js` of a new project. */
export function trainFile(model: Model): string {
  const noise = model === 'gan' ? '\n  noise: 16,' : '';
  return `// Trains the networks of networks.js by objective.ganloss: node train.js [steps]
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { compile, trainer } from 'ganloss';
import { batch, draw, image, samples } from './data.js';
import { networks } from './networks.js';

const steps = Number(process.argv[2] ?? 500);

tf.enableProdMode();
await import('@tensorflow/tfjs-backend-wasm').then(() => tf.setBackend('wasm')).catch(() => tf.setBackend('cpu'));

const objective = compile(readFileSync(new URL('./objective.ganloss', import.meta.url), 'utf8'), { file: 'objective.ganloss' });
const t = trainer(objective, networks(image, tf), {
  optimizers: { generator: tf.train.adam(1e-3, 0, 0.9), discriminator: tf.train.adam(2e-3, 0, 0.9) },${noise}
  seed: 1,
});

for (let step = 1; step <= steps; step++) {
  const { discriminatorLoss, generatorLoss } = await t.step(() => batch(16));
  if (step % 50 === 0 || step === steps) console.log(\`step \${step}  discriminator \${discriminatorLoss.toFixed(3)}  generator \${generatorLoss.toFixed(3)}\`);
}

console.log();
draw(samples(t));
`;
}
