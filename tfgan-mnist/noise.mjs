// InfoGAN's noise as in TF-GAN's examples/mnist/util.py and infogan_eval_lib.py.
import * as tf from '@tensorflow/tfjs';

export const CAT_SAMPLE_POINTS = [...Array(10).keys()];
export const CONT_SAMPLE_POINTS = [...Array(10).keys()].map((i) => -2 + (4 * i) / 9);

/** Codes for training: a class number [N], and numbers in [-1, 1] [N, continuousDim]; unstructured noise is normal. */
export function getInfoganNoise({ batchSize, categoricalDim, continuousDim, noiseDims }) {
  return {
    unstructured: (random) => [random.normal('noise', [batchSize, noiseDims - continuousDim])],
    structured: (random) => [
      tf.cast(tf.floor(tf.mul(random.uniform('categorical', [batchSize]), categoricalDim)), 'int32'),
      tf.sub(tf.mul(random.uniform('continuous', [batchSize, continuousDim]), 2), 1),
    ],
  };
}

/**
 * Noise that shows the effect of one code: it takes its sample points from left to right; all else is drawn for each row and constant
 * along it.
 *
 * @param varied 'categorical', or the number of a continuous code
 * @returns [unstructured, categorical, continuous], inputs of the generator for rows × 10 images
 */
export function getEvalNoise(random, varied, { rows, noiseDims, continuousDim }) {
  const points = varied === 'categorical' ? CAT_SAMPLE_POINTS : CONT_SAMPLE_POINTS;
  const columns = points.length;
  const choose = (draw, samplePoints, count) => [...random.numbers(draw, count)].map((number) => samplePoints[Math.floor(number * samplePoints.length)]);
  const alongRows = (values) => values.flatMap((value) => Array(columns).fill(value));
  const alongColumns = Array(rows).fill(points).flat();

  const unstructured = tf.gather(random.normal('noise', [rows, noiseDims - continuousDim]), tf.tensor1d(alongRows([...Array(rows).keys()]), 'int32'));
  const categorical = varied === 'categorical' ? alongColumns : alongRows(choose('categorical', CAT_SAMPLE_POINTS, rows));
  const continuous = [...Array(continuousDim).keys()].map((code) => (varied === code ? alongColumns : alongRows(choose(`continuous${code}`, CONT_SAMPLE_POINTS, rows))));
  return [unstructured, tf.tensor1d(categorical, 'int32'), tf.stack(continuous.map((code) => tf.tensor1d(code)), 1)];
}
