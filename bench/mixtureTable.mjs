// Which modes of a 2-D mixture of eight Gaussians each objective finds: a line an objective, as docs/mixture.md has them.
//
//     npm run build && npm run mixture [-- --steps 2000 --seed 1 --only lecam --write]
//
// One objective after the other, with its progress; Ctrl-C ends it and keeps what is done. `--write` puts the table into
// docs/mixture.md. The modes lie on the unit circle, with a deviation of 0.04. A sample is of high quality when it lies within three
// deviations of a mode (Srivastava et al.: VEEGAN, 2017); a mode counts when at least 1% of 2,500 samples are such samples of it.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compile, trainer } from 'ganloss';
import { createDiscriminator, createGenerator, MODES, NOISE } from './mixtureNetworks.mjs';
import { OBJECTIVES } from './mixtureObjectives.mjs';

const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' }, write: { type: 'boolean', default: false } },
});
const STEPS = Number(options.steps);
const SEED = Number(options.seed);
const [BATCH, DEVIATION, SAMPLES] = [128, 0.04, 2500];

tf.enableProdMode();
await tf.setBackend('wasm');

let interrupted = false;
process.once('SIGINT', () => (interrupted = true));

const circle = (radius) => tf.tensor2d(Array.from({ length: MODES }, (_, mode) => [radius * Math.cos((mode * Math.PI) / 4), radius * Math.sin((mode * Math.PI) / 4)]));
const centres = circle(1);
/** What a cyclegan starts from. */
const others = circle(0.5);

const drawClasses = (count, seed) => tf.randomUniform([count], 0, MODES, 'int32', seed);
const points = (around, classes, seed) => tf.add(tf.gather(around, classes), tf.randomNormal([classes.size, 2], 0, DEVIATION, 'float32', seed));
const normals = (count, seed) => tf.randomNormal([count, NOISE], 0, 1, 'float32', seed);
const oneHot = (classes) => tf.cast(tf.oneHot(classes, MODES), 'float32');

/** What each model is fed, and what its generator makes samples from. */
const FEEDS = {
  gan: { from: 'noise', batch: (classes, seed) => ({ real: points(centres, classes, seed), generatorInputs: normals(classes.size, seed + 1) }), inputs: (classes, seed) => normals(classes.size, seed) },
  acgan: {
    from: 'labels',
    batch(classes, seed) {
      const labels = oneHot(classes);
      return { real: points(centres, classes, seed), labels, generatorInputs: [labels, normals(classes.size, seed + 1)] };
    },
    inputs: (classes, seed) => [oneHot(classes), normals(classes.size, seed)],
  },
  cyclegan: { from: 'points', batch: (classes, seed) => ({ x: points(others, classes, seed), y: points(centres, drawClasses(classes.size, seed + 1), seed + 2) }), inputs: (classes, seed) => points(others, classes, seed) },
};

const adam = (rate) => tf.train.adam(rate, 0.5, 0.9);
const hooks = { augment: (x, random) => tf.add(x, tf.mul(0.05, random.normal('shift', x.shape))) };

function createNetworks(model, kind) {
  const pair = (seed) => {
    const { model: judge, network } = createDiscriminator(seed, kind);
    const generator = createGenerator(seed, FEEDS[model].from);
    return { networks: { generator, discriminator: network }, models: [generator, judge] };
  };
  if (model !== 'cyclegan') return pair(SEED);
  const [x2y, y2x] = [pair(SEED), pair(SEED + 100)];
  return { networks: { x2y: x2y.networks, y2x: y2x.networks }, models: [...x2y.models, ...y2x.models] };
}

async function train({ text, networks: kind = 'plain', discriminatorSteps = 1, rates = [1e-3, 2e-3] }, onStep) {
  const objective = compile(text);
  const { networks, models } = createNetworks(objective.model, kind);
  const feed = FEEDS[objective.model];
  const optimizers = { generator: adam(rates[0]), discriminator: adam(rates[1]) };
  const t = trainer(objective, networks, { optimizers, seed: SEED, steps: { generator: 1, discriminator: discriminatorSteps }, hooks });
  let draws = SEED * 1e6;
  for (let step = 1; step <= STEPS && !interrupted; step += 1) {
    await t.step(() => tf.tidy(() => feed.batch(drawClasses(BATCH, (draws += 10)), draws + 1)));
    onStep(step);
  }
  const counts = tf.tidy(() => {
    const samples = models[0].predict(feed.inputs(drawClasses(SAMPLES, 97), 98));
    const distances = tf.norm(tf.sub(tf.expandDims(samples, 1), tf.expandDims(centres, 0)), 'euclidean', 2);
    return tf.sum(tf.cast(tf.less(distances, 3 * DEVIATION), 'int32'), 0).arraySync();
  });
  t.dispose();
  tf.dispose(models.flatMap(({ weights }) => weights.map((weight) => weight.read())));
  for (const optimizer of Object.values(optimizers)) optimizer.dispose();
  return { modes: counts.filter((count) => count >= SAMPLES / 100).length, good: counts.reduce((sum, count) => sum + count, 0) / SAMPLES };
}

const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
const lines = [`| objective | modes of ${MODES} | high quality | steps | s |`, '| --- | --- | --- | --- | --- |'];
const chosen = OBJECTIVES.filter(({ text }) => text.includes(options.only));
let done = 0;
console.log(lines.join('\n'));
for (const entry of chosen) {
  const start = performance.now();
  const { modes, good } = await train(entry, (step) => step % 50 === 0 && progress(`${done + 1} of ${chosen.length}  ${entry.text}  ${step}/${STEPS}`));
  progress('');
  if (interrupted) break;
  done += 1;
  lines.push(`| \`${entry.text}\` | ${modes} | ${(100 * good).toFixed(0)} % | ${STEPS} | ${((performance.now() - start) / 1000).toFixed(0)} |`);
  console.log(lines.at(-1));
}
if (interrupted) process.exitCode = 130;
if (options.write) {
  const page = [
    '# Eight modes',
    'Generated by `npm run mixture -- --write`; do not edit.',
    `Each objective trains a generator of a 2-D mixture of eight Gaussians on the unit circle, of deviation ${DEVIATION}: two hidden layers of 64 for each player, batches of ${BATCH}, Adam (0.5, 0.9) with 0.001 for the generator and 0.002 for the discriminator, ${STEPS} steps of one update each unless [bench/mixtureObjectives.mjs](../bench/mixtureObjectives.mjs) says otherwise, seed ${SEED}. A sample is of high quality when it lies within three deviations of a mode (Srivastava et al.: VEEGAN, 2017); a mode counts when at least 1% of ${SAMPLES} samples are such samples of it. A cyclegan starts from such a mixture on a circle of half the radius. Terms that are no complete objective stand together with one that is. BEGAN balances the two mean reconstruction errors, which a single mode satisfies; it finds all of them where both players are told the mode.`,
    lines.join('\n'),
    '',
  ].join('\n\n');
  writeFileSync(new URL('../docs/mixture.md', import.meta.url), page);
}
