import * as tf from '@tensorflow/tfjs';
import type { RandomSource } from '../random.ts';
import { createUndoStack } from './undoStack.ts';

type Call = (this: NoiseLayer, inputs: tf.Tensor | tf.Tensor[], kwargs?: { readonly training?: boolean }) => tf.Tensor | tf.Tensor[];

/** What the layers that draw have in common. Some of it is private in tfjs. */
interface NoiseLayer {
  readonly name: string;
  readonly rate: number;
  readonly stddev: number;
  readonly noiseShape?: readonly number[];
  readonly getNoiseShape?: (input: tf.Tensor) => readonly number[] | null | undefined;
  readonly invokeCallHook: (inputs: tf.Tensor | tf.Tensor[], kwargs: unknown) => void;
}

/** A cell of a recurrent layer, or a stack of them. */
interface Cell {
  readonly name: string;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly cells?: readonly Cell[];
  dropoutFunc?: ((x: tf.Tensor, rate: number) => tf.Tensor) | null;
}

interface Draws {
  readonly uniform: (layer: string, shape: readonly number[]) => tf.Tensor;
  readonly normal: (layer: string, shape: readonly number[]) => tf.Tensor;
}

/** Numbered by layer, in the order of the calls. */
function createDraws(random: RandomSource): Draws {
  const counts = new Map<string, number>();
  const next = (layer: string): string => {
    const count = counts.get(layer) ?? 0;
    counts.set(layer, count + 1);
    return `${layer}/${count}`;
  };
  return {
    uniform: (layer, shape) => random.uniform(next(layer), shape),
    normal: (layer, shape) => random.normal(next(layer), shape),
  };
}

/** 1/(1 − rate) where a number reaches the rate, 0 elsewhere: kept with the probability 1 − rate. */
function dropout(x: tf.Tensor, rate: number, uniform: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.div(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), 1 - rate));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Alpha dropout (Klambauer et al., 2017) as tfjs computes it, with the limit's sign turned round where something is dropped. */
function alphaDropout(x: tf.Tensor, rate: number, uniform: tf.Tensor): tf.Tensor {
  const limit = -SELU_ALPHA * SELU_SCALE;
  const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
  const a = ((1 - rate) * (1 + rate * limit ** 2)) ** -0.5;
  const b = -a * limit * rate;
  const mixed = tf.add(tf.mul(x, kept), tf.mul(tf.add(kept, -1), limit));
  return tf.add(tf.mul(mixed, a), b);
}

const isProper = (rate: number | undefined) => rate !== undefined && rate > 0 && rate < 1;

/** For each class of layers that draw: what it does to its input in training. */
const NOISE: Readonly<Record<string, { readonly active: (layer: NoiseLayer) => boolean; readonly apply: (layer: NoiseLayer, x: tf.Tensor, draws: Draws) => tf.Tensor }>> = {
  Dropout: {
    active: ({ rate }) => isProper(rate),
    apply: (layer, x, draws) => dropout(x, layer.rate, draws.uniform(layer.name, layer.getNoiseShape?.(x) ?? x.shape)),
  },
  GaussianNoise: {
    active: () => true,
    apply: ({ name, stddev }, x, draws) => tf.add(x, tf.mul(draws.normal(name, x.shape), stddev)),
  },
  GaussianDropout: {
    active: ({ rate }) => isProper(rate),
    apply: ({ name, rate }, x, draws) => tf.mul(x, tf.add(tf.mul(draws.normal(name, x.shape), Math.sqrt(rate / (1 - rate))), 1)),
  },
  AlphaDropout: {
    active: ({ rate }) => isProper(rate),
    apply: ({ name, rate, noiseShape }, x, draws) => alphaDropout(x, rate, draws.uniform(name, noiseShape ?? x.shape)),
  },
};

function cellsOf(layer: object): readonly Cell[] {
  const flatten = (cell: Cell): readonly Cell[] => cell.cells?.flatMap(flatten) ?? [cell];
  const { cell } = layer as { readonly cell?: Cell };
  return cell === undefined ? [] : flatten(cell);
}

/**
 * Runs `body`; the layers that draw (Dropout, SpatialDropout1D, GaussianNoise, GaussianDropout, AlphaDropout, and the dropout of
 * recurrent layers) take their numbers from `random` instead of Math.random: the draw `<layer>/<n>` at the n-th draw of a layer, from 0.
 * Their results are distributed as before. So a step is a function of its seed, and captured and taped the same.
 */
export function withLayerDraws<T>(random: RandomSource, body: () => T): T {
  const draws = createDraws(random);
  const undo = createUndoStack();
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const [className, { active, apply }] of Object.entries(NOISE)) {
    const prototype = classNameMap[className][0].prototype as unknown as { call: Call };
    undo.replace(prototype, 'call', function (inputs, kwargs) {
      return tf.tidy(() => {
        this.invokeCallHook(inputs, kwargs);
        if (!kwargs?.training) return inputs;
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        return active(this) ? apply(this, x, draws) : inputs;
      });
    });
  }
  const { prototype } = tf.layers.Layer;
  const before = Reflect.get(prototype, 'apply') as tf.layers.Layer['apply'];
  undo.replace(prototype, 'apply', function (this: tf.layers.Layer, ...args: Parameters<typeof before>) {
    const cells = cellsOf(this).filter(({ dropout: rate, recurrentDropout, dropoutFunc }) => (isProper(rate) || isProper(recurrentDropout)) && (dropoutFunc === undefined || dropoutFunc === null));
    const outer = createUndoStack();
    for (const cell of cells) outer.replace(cell, 'dropoutFunc', (x, rate) => dropout(x, rate, draws.uniform(this.name, x.shape)));
    try {
      return before.apply(this, args);
    } finally {
      outer.undo();
    }
  });
  try {
    return body();
  } finally {
    undo.undo();
  }
}
