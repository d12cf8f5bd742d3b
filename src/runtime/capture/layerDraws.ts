import * as tf from '@tensorflow/tfjs';
import type { RandomSource } from '../random.ts';
import { createUndoStack } from './undoStack.ts';

type Call = (this: NoiseLayer, inputs: tf.Tensor | tf.Tensor[], kwargs?: { readonly training?: boolean }) => tf.Tensor | tf.Tensor[];

type RecurrentCall = (this: tf.RNN, inputs: tf.Tensor | tf.Tensor[], kwargs: unknown) => tf.Tensor | tf.Tensor[];

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

/** A layer, as far as its draws are named after it. */
interface Named {
  readonly name: string;
}

interface Draws {
  /** A layer that draws, or would at another rate, runs: those without a name of their own are numbered by their first runs. */
  readonly meet: (layer: Named) => void;
  readonly uniform: (layer: Named, shape: readonly number[]) => tf.Tensor;
  readonly normal: (layer: Named, shape: readonly number[]) => tf.Tensor;
}

/** Numbered by layer, in the order of the calls. */
function createDraws(random: RandomSource): Draws {
  const labelOf = createLabels();
  const counts = new Map<string, number>();
  const next = (layer: Named): string => {
    const label = labelOf(layer);
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    return `${label}/${count}`;
  };
  return {
    meet: labelOf,
    uniform: (layer, shape) => random.uniform(next(layer), shape),
    normal: (layer, shape) => random.normal(next(layer), shape),
  };
}

/** A name that tfjs makes up, `dropout_Dropout3`: its last digits number all such layers of the process. */
const MADE_UP = /^(.*_[A-Z]\w*?)\d+$/;

/**
 * What a layer's draws are named after: its name. In one that tfjs made up, the number counts the layers that the process ever made, so the
 * layer's place stands for it: the how many-th of its kind it is to run. (In a process that has made one network, that is tfjs's number.)
 */
function createLabels(): (layer: Named) => string {
  const labels = new Map<Named, string>();
  const kinds = new Map<string, number>();
  return (layer) => {
    const known = labels.get(layer);
    if (known !== undefined) return known;
    const kind = MADE_UP.exec(layer.name)?.[1];
    const place = kind === undefined ? 0 : (kinds.get(kind) ?? 0) + 1;
    if (kind !== undefined) kinds.set(kind, place);
    const label = kind === undefined ? layer.name : `${kind}${place}`;
    labels.set(layer, label);
    return label;
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
    apply: (layer, x, draws) => dropout(x, layer.rate, draws.uniform(layer, layer.getNoiseShape?.(x) ?? x.shape)),
  },
  GaussianNoise: {
    active: () => true,
    apply: (layer, x, draws) => tf.add(x, tf.mul(draws.normal(layer, x.shape), layer.stddev)),
  },
  GaussianDropout: {
    active: ({ rate }) => isProper(rate),
    apply: (layer, x, draws) => tf.mul(x, tf.add(tf.mul(draws.normal(layer, x.shape), Math.sqrt(layer.rate / (1 - layer.rate))), 1)),
  },
  AlphaDropout: {
    active: ({ rate }) => isProper(rate),
    apply: (layer, x, draws) => alphaDropout(x, layer.rate, draws.uniform(layer, layer.noiseShape ?? x.shape)),
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
 * `<layer>` is its name, or its place where tfjs made the name up: the same network made once more draws the same.
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
        draws.meet(this);
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        return active(this) ? apply(this, x, draws) : inputs;
      });
    });
  }
  // a layer inside of another (Bidirectional, TimeDistributed) is called, not applied
  const prototype = tf.RNN.prototype as unknown as { call: RecurrentCall };
  const { call } = prototype;
  undo.replace(prototype, 'call', function (inputs, kwargs) {
    const cells = cellsOf(this).filter(({ dropout: rate, recurrentDropout, dropoutFunc }) => (isProper(rate) || isProper(recurrentDropout)) && (dropoutFunc === undefined || dropoutFunc === null));
    const outer = createUndoStack();
    if (cells.length > 0) draws.meet(this);
    for (const cell of cells) outer.replace(cell, 'dropoutFunc', (x, rate) => dropout(x, rate, draws.uniform(this, x.shape)));
    try {
      return call.call(this, inputs, kwargs);
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
