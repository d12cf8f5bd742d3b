// What TF-GAN's examples/mnist/train_lib.py does for each type of GAN, and an ACGAN beside them: a table of models, losses, learning
// rates and the grids that show what was learnt. Learning rates are the generator's and the discriminator's; TF-GAN's are made for
// 20,000 steps, the others for `steps`.
import * as tf from '@tensorflow/tfjs';
import { acganModel, ganLoss, ganModel, infoganModel, losses } from 'ganloss/tfgan';
import { CLASSES, oneHot } from './data.mjs';
import * as networks from './networks.mjs';
import { getEvalNoise, getInfoganNoise } from './noise.mjs';

const [CAT_DIM, CONT_DIM] = [10, 2];
const COLUMNS = 10;

/** Seeds of the networks' initial values. */
const seeds = (seed) => ({ generator: 1000 * seed, discriminator: 1000 * seed + 500 });
const noise = ({ batchSize, noiseDims }) => (random) => random.normal('noise', [batchSize, noiseDims]);
/** (noise, labels) of a batch. */
const conditionalInputs = (hparams, data) => (random) => [noise(hparams)(random), data.oneHotLabels(random)];
/** A class a column. */
const classGrid = (random, rows, { noiseDims }) => [
  { name: 'classes', inputs: [random.normal('noise', [rows * COLUMNS, noiseDims]), oneHot(Array(rows).fill([...Array(CLASSES).keys()]).flat())] },
];

export const GAN_TYPES = {
  unconditional: {
    steps: 2500,
    learningRates: { tfgan: [1e-3, 1e-4], short: [1e-3, 1e-4] },
    networks: ({ noiseDims, seed, ...size }) => ({
      generator: networks.unconditionalGenerator({ noiseDims, ...size, seed: seeds(seed).generator }),
      discriminator: networks.unconditionalDiscriminator({ ...size, seed: seeds(seed).discriminator }),
    }),
    model: ({ generator, discriminator }, data, hparams) => ganModel(generator, discriminator, data.images, noise(hparams)),
    loss: (model, summaries) => ganLoss(model, { addSummaries: true, summaries }),
    grids: (random, rows, { noiseDims }) => [{ name: 'samples', inputs: random.normal('noise', [rows * COLUMNS, noiseDims]) }],
  },

  conditional: {
    steps: 2500,
    learningRates: { tfgan: [1e-5, 1e-4], short: [2e-4, 1e-3] },
    networks: ({ noiseDims, seed, ...size }) => ({
      generator: networks.conditionalGenerator({ noiseDims, ...size, seed: seeds(seed).generator }),
      discriminator: networks.conditionalDiscriminator({ ...size, seed: seeds(seed).discriminator }),
    }),
    model: ({ generator, discriminator }, data, hparams) => ganModel(generator, discriminator, data.images, conditionalInputs(hparams, data)),
    loss: (model, summaries) => ganLoss(model, { addSummaries: true, summaries }),
    grids: classGrid,
  },

  // TF-GAN has the model and the loss, but no example of it: here it is made as its InfoGAN is.
  acgan: {
    steps: 2500,
    learningRates: { tfgan: [1e-4, 1e-4], short: [3e-4, 3e-4] },
    networks: ({ noiseDims, seed, ...size }) => ({
      generator: networks.conditionalGenerator({ noiseDims, ...size, seed: seeds(seed).generator }),
      discriminator: networks.acganDiscriminator({ ...size, seed: seeds(seed).discriminator }),
    }),
    model: ({ generator, discriminator }, data, hparams) =>
      acganModel(generator, discriminator, data.images, conditionalInputs(hparams, data), data.oneHotLabels),
    loss: (model, summaries) =>
      ganLoss(model, {
        generatorLossFn: losses.modifiedGeneratorLoss,
        discriminatorLossFn: losses.modifiedDiscriminatorLoss,
        auxCondGeneratorWeight: 1,
        auxCondDiscriminatorWeight: 1,
        addSummaries: true,
        summaries,
      }),
    grids: classGrid,
  },

  infogan: {
    steps: 8500,
    learningRates: { tfgan: [1e-4, 1e-4], short: [3e-4, 3e-4] },
    networks: ({ noiseDims, seed, ...size }) => ({
      generator: networks.infoganGenerator({ noiseDims, categoricalDim: CAT_DIM, continuousDim: CONT_DIM, ...size, seed: seeds(seed).generator }),
      discriminator: networks.infoganDiscriminator({ categoricalDim: CAT_DIM, continuousDim: CONT_DIM, ...size, seed: seeds(seed).discriminator }),
    }),
    model({ generator, discriminator }, data, { batchSize, noiseDims }) {
      const { unstructured, structured } = getInfoganNoise({ batchSize, categoricalDim: CAT_DIM, continuousDim: CONT_DIM, noiseDims });
      return infoganModel(generator, discriminator, data.images, unstructured, structured);
    },
    loss: (model, summaries) =>
      ganLoss(model, {
        generatorLossFn: losses.modifiedGeneratorLoss,
        discriminatorLossFn: losses.modifiedDiscriminatorLoss,
        mutualInformationPenaltyWeight: 1,
        addSummaries: true,
        summaries,
      }),
    grids: (random, rows, { noiseDims }) =>
      [['categorical', 'categorical'], ['continuous1', 0], ['continuous2', 1]].map(([name, varied]) => ({
        name,
        inputs: getEvalNoise(random, varied, { rows, noiseDims, continuousDim: CONT_DIM }),
      })),
  },
};

/** The grids of a type as { name, images, columns }; the images are the caller's to dispose. */
export function drawGrids(ganType, generator, random, hparams, rows) {
  return tf.tidy(() =>
    GAN_TYPES[ganType].grids(random, rows, hparams).map(({ name, inputs }) => ({ name, images: generator.evaluate(inputs), columns: COLUMNS })),
  );
}
