import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { withLayerDraws } from './layerDraws.ts';

beforeAll(() => tf.setBackend('cpu'));

const ones = (count: number) => tf.ones([1, count]);
const source = (seed: number) => createRandom(seed, 'layer');

function run(layer: tf.layers.Layer, x: tf.Tensor, training = true): Float32Array {
  return (layer.apply(x, { training }) as tf.Tensor).dataSync<'float32'>();
}

const mean = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length;
const deviation = (numbers: ArrayLike<number>) => {
  const middle = mean(numbers);
  return Math.sqrt(mean(Array.from(numbers, (x) => (x - middle) ** 2)));
};

describe('layers that draw', () => {
  it('draw the same from the same source, other numbers at each call, and others from another seed', () => {
    const layer = tf.layers.dropout({ rate: 0.5, name: 'drop' });
    const draw = (seed: number) => withLayerDraws(source(seed), () => [run(layer, ones(32)), run(layer, ones(32))]);
    const [first, second] = draw(1);
    expect(draw(1)).toEqual([first, second]);
    expect(second).not.toEqual(first);
    expect(draw(2)[0]).not.toEqual(first);
  });

  it('name their draws by layer and call', () => {
    const names: string[] = [];
    const random = source(1);
    const layer = tf.layers.gaussianNoise({ stddev: 1, name: 'noise' });
    const recurrent = tf.layers.lstm({ units: 1, dropout: 0.5, name: 'memory' });
    withLayerDraws(
      { ...random, uniform: (draw, shape) => { names.push(draw); return random.uniform(draw, shape); }, normal: (draw, shape) => { names.push(draw); return random.normal(draw, shape); } },
      () => { run(layer, ones(2)); run(layer, ones(2)); run(recurrent, tf.ones([1, 2, 2])); },
    );
    expect(names).toEqual(['noise/0', 'noise/1', 'memory/0', 'memory/1', 'memory/2', 'memory/3']);
  });

  it('without names draw by their places, whatever tfjs has numbered before', () => {
    const make = () => tf.sequential({
      layers: [
        tf.layers.dropout({ rate: 0.5, inputShape: [3, 4] }), tf.layers.dropout({ rate: 0.3 }), tf.layers.gaussianNoise({ stddev: 1 }), tf.layers.gaussianDropout({ rate: 0.4 }),
        tf.layers.alphaDropout({ rate: 0.2 }), tf.layers.spatialDropout1d({ rate: 0.5 }), tf.layers.dropout({ rate: 0.5, name: 'named' }),
        tf.layers.bidirectional({ layer: tf.layers.gru({ units: 2, dropout: 0.5, recurrentDropout: 0.5, returnSequences: true }) as tf.RNN, mergeMode: 'concat' }), tf.layers.lstm({ units: 2, dropout: 0.5 }),
      ],
    });
    const drawn = (model: tf.LayersModel) => {
      const draws = new Set<string>();
      const random = source(1);
      withLayerDraws({ ...random, uniform: (draw, shape) => (draws.add(draw), random.uniform(draw, shape)), normal: (draw, shape) => (draws.add(draw), random.normal(draw, shape)) }, () => run(model, tf.ones([1, 3, 4])));
      return [...draws];
    };
    const [first, second] = [make(), make()];
    const names = drawn(first);
    expect(drawn(second)).toEqual(names);
    expect([...new Set(names.map((name) => name.split('/')[0]))]).toEqual([
      'dropout_Dropout1', 'dropout_Dropout2', 'gaussian_noise_GaussianNoise1', 'gaussian_dropout_GaussianDropout1', 'alpha_dropout_AlphaDropout1', 'spatial_dropout1d_SpatialDropout1D1', 'named',
      'forward_gru_GRU1', 'backward_gru_GRU1', 'lstm_LSTM1',
    ]);
    // one that does not draw now holds its place
    const [still, drawing] = [tf.layers.dropout({ rate: 0 }), tf.layers.dropout({ rate: 0.5 })];
    expect(drawn(tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3, 4] }), still, drawing] }))).toEqual(['dropout_Dropout2/0']);
  });

  it('have the distributions that tfjs gives them', () => {
    const layers = [
      tf.layers.dropout({ rate: 0.3 }), tf.layers.gaussianNoise({ stddev: 0.5 }), tf.layers.gaussianDropout({ rate: 0.2 }), tf.layers.alphaDropout({ rate: 0.3 }),
    ];
    for (const layer of layers) {
      const x = tf.fill([1, 20000], 0.8);
      const [ours, theirs] = [withLayerDraws(source(3), () => run(layer, x)), run(layer, x)];
      expect(mean(ours)).toBeCloseTo(mean(theirs), 1);
      expect(deviation(ours)).toBeCloseTo(deviation(theirs), 1);
    }
  });

  it('do nothing in inference, and are themselves again afterwards', () => {
    const layer = tf.layers.dropout({ rate: 0.5 });
    const call = Reflect.get(Object.getPrototypeOf(layer) as object, 'call') as unknown;
    withLayerDraws(source(1), () => expect([...run(layer, ones(8), false)]).toEqual(Array(8).fill(1)));
    expect(() => withLayerDraws(source(1), () => { throw new Error('no'); })).toThrow('no');
    expect(Reflect.get(Object.getPrototypeOf(layer) as object, 'call')).toBe(call);
  });
});
