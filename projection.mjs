// A conditional GAN with a projection discriminator (Miyato & Koyama, 2018): one generator for eight Gaussians on a circle, told
// which one to draw from. node examples/projection.mjs [steps]
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compile, installGradients, trainer } from 'ganloss';

const STEPS = Number(process.argv[2] ?? 1000);
const BATCH = 64;
const NOISE = 2;
const CLASSES = 8;
const { layers } = tf;

tf.enableProdMode();
await tf.setBackend('wasm');
installGradients();

const dense = (units, seed, activation = 'linear', useBias = true) => layers.dense({ units, activation, useBias, kernelInitializer: tf.initializers.glorotUniform({ seed }) });
const chain = (x, list) => list.reduce((value, layer) => layer.apply(value), x);

// The labels stand first among the generator's inputs. A discriminator of two inputs is fed the data and the first of these.
const [labelsOfG, noise] = [tf.input({ shape: [CLASSES] }), tf.input({ shape: [NOISE] })];
const made = chain(layers.concatenate().apply([labelsOfG, noise]), [dense(64, 1, 'relu'), dense(64, 2, 'relu'), dense(2, 3)]);
const generator = tf.model({ inputs: [labelsOfG, noise], outputs: made });

// D(x, y) = how real x looks on its own + the inner product of the class's embedding with the features of x.
const [data, labelsOfD] = [tf.input({ shape: [2] }), tf.input({ shape: [CLASSES] })];
const features = chain(data, [dense(64, 11, 'relu'), dense(64, 12, 'relu')]);
const projection = layers.dot({ axes: 1 }).apply([dense(64, 13, 'linear', false).apply(labelsOfD), features]);
const discriminator = tf.model({ inputs: [data, labelsOfD], outputs: layers.add().apply([dense(1, 14).apply(features), projection]) });

const t = trainer(compile('nonsaturating + r1(gamma: 0.1)'), { generator, discriminator }, {
  optimizers: { generator: tf.train.adam(1e-3, 0.5, 0.9), discriminator: tf.train.adam(2e-3, 0.5, 0.9) },
  seed: 1,
});

const centres = tf.tensor2d(Array.from({ length: CLASSES }, (_, mode) => [Math.cos((mode * Math.PI) / 4), Math.sin((mode * Math.PI) / 4)]));
const inputsFor = (classes, seed) => [tf.cast(tf.oneHot(classes, CLASSES), 'float32'), tf.randomNormal([classes.size, NOISE], 0, 1, 'float32', seed)];
for (let step = 1; step <= STEPS; step += 1) {
  const [real, ...generatorInputs] = tf.tidy(() => {
    const classes = tf.randomUniform([BATCH], 0, CLASSES, 'int32', 3 * step);
    return [tf.add(tf.gather(centres, classes), tf.randomNormal([BATCH, 2], 0, 0.04, 'float32', 3 * step + 1)), ...inputsFor(classes, 3 * step + 2)];
  });
  const { generatorLoss, discriminatorLoss } = await t.step({ real, generatorInputs });
  tf.dispose([real, generatorInputs]);
  if (step % 500 === 0 || step === STEPS) console.log(`step ${step}: generator ${generatorLoss.toFixed(4)}, discriminator ${discriminatorLoss.toFixed(4)}`);
}

const hits = tf.tidy(() => {
  const classes = tf.cast(tf.floorDiv(tf.range(0, 100 * CLASSES, 1, 'int32'), 100), 'int32');
  const distance = tf.norm(tf.sub(generator.predict(inputsFor(classes, 99)), tf.gather(centres, classes)), 'euclidean', 1);
  return tf.sum(tf.reshape(tf.cast(tf.less(distance, 0.2), 'int32'), [CLASSES, 100]), 1).arraySync();
});
console.log(`of 100 samples of each class, at their class's mode: ${hits.join(', ')}`);
t.dispose();
