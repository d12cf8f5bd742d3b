// How many of the eight modes of a 2-D mixture of Gaussians each objective covers: a line an objective.
//
//     npm run build && node bench/modes.mjs [--steps 2000] [--seed 1] [objective …]
//
// Without objectives, those of the terms that TF-GAN does not have. Networks are two hidden layers of 64; a conditional model's
// generator is told the mode. A mode counts with 1% of 2000 samples within 0.2 of its centre (deviation 0.04).
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { parseArgs } from 'node:util';
import { compile, installGradients, trainer } from 'ganloss';

const { values: options, positionals } = parseArgs({ options: { steps: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } }, allowPositionals: true });
const STEPS = Number(options.steps);
const SEED = Number(options.seed);
const [BATCH, NOISE, MODES, WIDTH] = [64, 8, 8, 64];

const OBJECTIVES = [
  'nonsaturating + r1(gamma: 0.1)',
  'nonsaturating + r2(gamma: 0.1)',
  'rpgan + r1(gamma: 0.1) + r2(gamma: 0.1)',
  'ragan_hinge + r1(gamma: 0.1)',
  'ragan_least_squares + r1(gamma: 0.1)',
  'nonsaturating + dragan',
  'wasserstein + lp',
  'nonsaturating + 0.1*max_gp',
  'nonsaturating + 0.1*zero_centered_gp',
  'nonsaturating.discriminator + r1(gamma: 0.1) + top_k(fraction: linear(1, 0.5, steps: 1000))',
  'ebgan(margin: 1) + 0.1*pulling_away + r1(gamma: 0.1)',
  'multi_hinge',
  'hinge + contrastive + r1(gamma: 0.1)',
  'hinge + 0.5*d2d_ce + r1(gamma: 0.1)',
];

tf.enableProdMode();
await tf.setBackend('wasm');
installGradients();

const { layers } = tf;
let layerSeed = 0;
const dense = (units, activation = 'linear', extra = {}) => layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotUniform({ seed: SEED * 1000 + layerSeed++ }), ...extra });
const chain = (x, list) => list.reduce((value, layer) => layer.apply(value), x);

/** Networks whose heads are those that the objective asks for; with labels, these stand first among the inputs of both. */
function networksFor(text, conditional) {
  layerSeed = 0;
  const labels = () => (conditional ? [tf.input({ shape: [MODES] })] : []);
  const inputsOfG = [...labels(), tf.input({ shape: [NOISE] })];
  const joined = inputsOfG.length > 1 ? layers.concatenate().apply(inputsOfG) : inputsOfG[0];
  const generator = tf.model({ inputs: inputsOfG, outputs: chain(joined, [dense(WIDTH, 'relu'), dense(WIDTH, 'relu'), dense(2)]) });
  const inputsOfD = [tf.input({ shape: [2] }), ...(/contrastive|d2d_ce/.test(text) ? labels() : [])];
  const features = chain(inputsOfD[0], [dense(WIDTH, 'relu'), dense(WIDTH, 'relu')]);
  const heads = [
    dense(1, /ebgan/.test(text) ? 'softplus' : 'linear', { name: `logits${layerSeed}` }).apply(features),
    ...(/pulling_away|contrastive|d2d_ce/.test(text) ? [dense(16, 'linear', { name: 'embedding' }).apply(features)] : []),
    ...(/contrastive|d2d_ce/.test(text) ? [dense(16, 'linear', { name: 'proxy', useBias: false }).apply(inputsOfD[1])] : []),
    ...(/multi_hinge/.test(text) ? [dense(MODES + 1, 'linear', { name: 'classes' }).apply(features)] : []),
  ];
  return { generator, discriminator: tf.model({ inputs: inputsOfD, outputs: heads.length > 1 ? heads : heads[0] }) };
}

const centres = tf.tensor2d(Array.from({ length: MODES }, (_, mode) => [Math.cos((mode * Math.PI) / 4), Math.sin((mode * Math.PI) / 4)]));

function inputsFor(classes, conditional, seed) {
  const noise = tf.randomNormal([classes.size, NOISE], 0, 1, 'float32', seed);
  return conditional ? [tf.cast(tf.oneHot(classes, MODES), 'float32'), noise] : noise;
}

async function modesOf(text) {
  const objective = compile(text);
  const conditional = objective.model === 'acgan';
  const networks = networksFor(text, conditional);
  const t = trainer(objective, networks, { optimizers: { generator: tf.train.adam(1e-3, 0.5, 0.9), discriminator: tf.train.adam(2e-3, 0.5, 0.9) }, seed: SEED });
  const drawn = (count, seed) => tf.randomUniform([count], 0, MODES, 'int32', seed);
  for (let step = 1; step <= STEPS; step += 1) {
    const batch = tf.tidy(() => {
      const seed = SEED * 1e6 + 3 * step;
      const classes = drawn(BATCH, seed);
      const generatorInputs = inputsFor(classes, conditional, seed + 1);
      const real = tf.add(tf.gather(centres, classes), tf.randomNormal([BATCH, 2], 0, 0.04, 'float32', seed + 2));
      return { real, generatorInputs, ...(conditional ? { labels: generatorInputs[0] } : {}) };
    });
    await t.step(batch);
    tf.dispose(batch);
  }
  const counts = tf.tidy(() => {
    const samples = networks.generator.predict(inputsFor(drawn(2000, 98), conditional, 99));
    const distance = tf.norm(tf.sub(tf.expandDims(samples, 1), tf.expandDims(centres, 0)), 'euclidean', 2);
    return tf.sum(tf.cast(tf.less(distance, 0.2), 'int32'), 0).arraySync();
  });
  t.dispose();
  tf.dispose([networks.generator.weights.map((w) => w.read()), networks.discriminator.weights.map((w) => w.read())]);
  return { modes: counts.filter((count) => count >= 20).length, near: counts.reduce((sum, count) => sum + count, 0) / 2000 };
}

console.log(`| objective | modes of ${MODES} | samples at a mode | s |\n| --- | --- | --- | --- |`);
for (const text of positionals.length > 0 ? positionals : OBJECTIVES) {
  const start = performance.now();
  const { modes, near } = await modesOf(text);
  console.log(`| \`${text}\` | ${modes} | ${(100 * near).toFixed(0)}% | ${((performance.now() - start) / 1000).toFixed(0)} |`);
}
