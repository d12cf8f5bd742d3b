// TF-GAN's examples/mnist/train.py on ganloss/tfgan:
//
//     node examples/tfgan-mnist/train.mjs unconditional|conditional|acgan|infogan [--steps N] [--width 0.25] [--seed 1] [--out DIR]
//
// It writes grids of digits, weights and a TensorBoard log into DIR (out/tfgan-mnist/TYPE); Ctrl-C ends training early and keeps what
// was learnt. `--weights DIR` begins with the weights of an earlier run; with `--steps 0` it only draws.
//
// TF-GAN trains for 20,000 steps, at its size half a day on one core. By default layers have a quarter of its features, learning rates
// suit 2,500 steps (an InfoGAN takes 8,500 to make use of its codes), and the batch norms' averages follow faster; `--tf-gan` is TF-GAN's setting in all of these.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { createSummaryWriter } from 'ganloss/node';
import { createRandom, ganTrain, ganTrainOps, getJointTrainHooks, tfAdam } from 'ganloss/tfgan';
import { provideData } from './data.mjs';
import { drawGrids, GAN_TYPES } from './ganTypes.mjs';
import { writeGrid } from './pictures.mjs';
import { createProgress } from './progress.mjs';
import { loadWeights, saveWeights } from './weights.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'tf-gan': { type: 'boolean', default: false },
    steps: { type: 'string' },
    width: { type: 'string' },
    batch: { type: 'string', default: '32' },
    noise: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    rates: { type: 'string' },
    out: { type: 'string' },
    weights: { type: 'string' },
  },
});
const ganType = positionals[0] ?? 'unconditional';
if (!(ganType in GAN_TYPES)) {
  console.error(`there is no type '${ganType}': it is one of ${Object.keys(GAN_TYPES).join(', ')}`);
  process.exit(2);
}
const type = GAN_TYPES[ganType];
const setting = values['tf-gan'] ? { steps: 20_000, width: 1, momentum: 0.999, rates: type.learningRates.tfgan } : { steps: type.steps, width: 0.25, momentum: 0.99, rates: type.learningRates.short };
const [steps, width, seed] = [Number(values.steps ?? setting.steps), Number(values.width ?? setting.width), Number(values.seed)];
const hparams = { batchSize: Number(values.batch), noiseDims: Number(values.noise), width, momentum: setting.momentum, seed };
const [generatorRate, discriminatorRate] = values.rates?.split(',').map(Number) ?? setting.rates;
const out = values.out ?? join('out', 'tfgan-mnist', ganType);

tf.enableProdMode();
await tf.setBackend('wasm');
mkdirSync(out, { recursive: true });

const networks = type.networks(hparams);
if (values.weights !== undefined) for (const [name, network] of Object.entries(networks)) loadWeights(join(values.weights, name), network);

const summaryWriter = createSummaryWriter(out);
const model = type.model(networks, provideData(hparams.batchSize), hparams);
const loss = type.loss(model, summaryWriter);
const trainOps = ganTrainOps(model, loss, tfAdam(generatorRate, 0.5), tfAdam(discriminatorRate, 0.5), { seed });

let interrupted = false;
process.once('SIGINT', () => (interrupted = true));
const progress = createProgress(steps);
const drawAll = () => {
  for (const { name, images, columns } of drawGrids(ganType, networks.generator, createRandom(seed, 'pictures'), hparams, 10)) {
    writeGrid(join(out, `${name}.png`), images, columns);
    images.dispose();
  }
};
if (steps > 0) {
  await ganTrain(trainOps, {
    steps,
    getHooksFn: getJointTrainHooks(),
    summaryWriter,
    shouldStop: () => interrupted,
    async onStep({ globalStep, losses }) {
      progress(globalStep, losses.generator[0], losses.discriminator[0]);
      if (globalStep % 250 === 0) drawAll();
      await tf.nextFrame(); // on wasm nothing else lets a Ctrl-C through
    },
  });
}
drawAll();
for (const [name, network] of Object.entries(networks)) await saveWeights(join(out, name), network);
await summaryWriter.close();
console.log(`${interrupted ? 'interrupted; ' : ''}${trainOps.globalStep} steps; digits, weights and a TensorBoard log are in ${out}`);
