import * as tf from '@tensorflow/tfjs';
import type { NetworkFunction } from '../../src/ir/evaluate.ts';
import { arrayValue, distributionsValue, outputsValue, sizeOf, type ArrayValue, type Distribution, type Value } from '../../src/ir/values.ts';
import type { NetworkOutput } from '../../src/index.ts';
import { normals } from '../../src/runtime/random.ts';

// A network of one hidden layer, once as a function of tfjs tensors and once in float64: the same function, written twice.

const ACTIVATIONS = {
  tanh: { tensor: (x: tf.Tensor) => tf.tanh(x), number: Math.tanh },
  softplus: { tensor: (x: tf.Tensor) => tf.softplus(x), number: (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  sigmoid: { tensor: (x: tf.Tensor) => tf.sigmoid(x), number: (x: number) => 1 / (1 + Math.exp(-x)) },
  leakyRelu: { tensor: (x: tf.Tensor) => tf.leakyRelu(x, 0.2), number: (x: number) => (x >= 0 ? x : 0.2 * x) },
  linear: { tensor: (x: tf.Tensor) => x, number: (x: number) => x },
} as const;

export type Activation = keyof typeof ACTIVATIONS;
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as readonly Activation[];

/** One output of a network: its name, its shape without the batch, and the distribution that it is read as, if any. */
export interface HeadSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly distribution?: 'categorical' | 'normal';
}

export interface NetworkSpec {
  readonly name: string;
  /** Numbers of a sample, of all data together. */
  readonly inputs: number;
  /** Numbers of a sample, of what the network takes beside its data; 0 for none. A lone number counts 1. */
  readonly condition: number;
  readonly heads: readonly HeadSpec[];
  /** How tfjs's version returns its heads; a lone tensor for 'single'. */
  readonly returns: 'single' | 'list' | 'record';
  readonly activation: Activation;
}

const HIDDEN = 3;
const PARTS = ['data', 'condition', 'bias', 'out', 'offset'] as const;
export type Weights = { readonly [P in (typeof PARTS)[number]]: ArrayValue };
export type Variables = { readonly [P in (typeof PARTS)[number]]: tf.Variable };

export function initialWeights(spec: NetworkSpec, seed: number): Weights {
  const outputs = spec.heads.reduce((sum, head) => sum + sizeOf(head.shape), 0);
  const make = (part: string, shape: readonly number[], scale: number) => arrayValue(shape, normals(seed, `${spec.name}/${part}`, sizeOf(shape)).map((x) => Math.fround(x * scale)));
  return {
    data: make('data', [spec.inputs, HIDDEN], 0.8),
    condition: make('condition', [Math.max(spec.condition, 1), HIDDEN], 0.4),
    bias: make('bias', [HIDDEN], 0.3),
    out: make('out', [HIDDEN, outputs], 0.8),
    offset: make('offset', [outputs], 0.2),
  };
}

/** w + t·direction, part by part. */
export function moved(weights: Weights, direction: Weights, t: number): Weights {
  const move = (part: (typeof PARTS)[number]) => ({ ...weights[part], data: weights[part].data.map((x, i) => x + t * direction[part].data[i]) });
  return { data: move('data'), condition: move('condition'), bias: move('bias'), out: move('out'), offset: move('offset') };
}

export function createVariables(weights: Weights): Variables {
  const variable = ({ data, shape }: ArrayValue) => tf.variable(tf.tensor(Float32Array.from(data), [...shape]));
  return { data: variable(weights.data), condition: variable(weights.condition), bias: variable(weights.bias), out: variable(weights.out), offset: variable(weights.offset) };
}

export function listVariables(variables: Variables): readonly tf.Variable[] {
  return PARTS.map((part) => variables[part]);
}

export function listWeights(weights: Weights): readonly Float64Array[] {
  return PARTS.map((part) => weights[part].data);
}

/** In the order of `listVariables`. */
export function weightArrays(weights: Weights): readonly ArrayValue[] {
  return PARTS.map((part) => weights[part]);
}

type Fed = tf.Tensor | readonly tf.Tensor[] | number | undefined;

/** The network as tfjs runs it. */
export function tensorNetwork(spec: NetworkSpec, variables: Variables): (data: tf.Tensor, condition?: unknown) => NetworkOutput {
  const flat = (fed: Fed, batch: number): tf.Tensor => {
    const list = Array.isArray(fed) ? (fed as readonly tf.Tensor[]) : [fed as tf.Tensor];
    return tf.concat(list.map((x) => tf.reshape(tf.cast(x, 'float32'), [batch, -1])), 1);
  };
  return (data, condition) => {
    const first = (Array.isArray(data) ? data[0] : data) as tf.Tensor;
    const batch = first.shape[0];
    let sum = tf.add(tf.matMul(flat(data, batch), variables.data), variables.bias);
    if (spec.condition > 0) {
      const part = typeof condition === 'number' ? tf.mul(condition, variables.condition) : tf.matMul(flat(condition as Fed, batch), variables.condition as tf.Tensor2D);
      sum = tf.add(sum, part);
    }
    const all = tf.add(tf.matMul(ACTIVATIONS[spec.activation].tensor(sum), variables.out), variables.offset);
    let start = 0;
    const heads = spec.heads.map((head) => {
      const size = sizeOf(head.shape);
      const value = tf.reshape(tf.slice(all, [0, start], [batch, size]), [batch, ...head.shape]);
      start += size;
      return value;
    });
    if (spec.returns === 'single') return heads[0];
    if (spec.returns === 'list') return heads;
    return Object.fromEntries(spec.heads.map((head, index) => [head.name, heads[index]]));
  };
}

/** The network in float64. */
export function referenceNetwork(spec: NetworkSpec, weights: Weights): NetworkFunction {
  return (data, condition) => {
    const rows = samplesOf(data);
    const conditions = condition === null ? rows.map(() => []) : samplesOf(condition);
    const columns = spec.heads.reduce((sum, head) => sum + sizeOf(head.shape), 0);
    const outputs = rows.map((row, n) => {
      const beside = conditions[n] ?? conditions[0];
      const hidden = Array.from({ length: HIDDEN }, (_, h) => {
        let sum = weights.bias.data[h];
        row.forEach((x, i) => (sum += x * weights.data.data[i * HIDDEN + h]));
        if (spec.condition > 0) beside.forEach((x, i) => (sum += x * weights.condition.data[i * HIDDEN + h]));
        return ACTIVATIONS[spec.activation].number(sum);
      });
      return Array.from({ length: columns }, (_, o) => hidden.reduce((sum, x, h) => sum + x * weights.out.data[h * columns + o], weights.offset.data[o]));
    });
    let start = 0;
    const heads = spec.heads.map((head): Value => {
      const size = sizeOf(head.shape);
      const value = arrayValue([rows.length, ...head.shape], outputs.flatMap((row) => row.slice(start, start + size)));
      start += size;
      return value;
    });
    const [first, ...rest] = spec.heads.map((head, index) => ({ ...head, value: heads[index] as ArrayValue }));
    const codes = rest.filter((head) => head.distribution !== undefined);
    return outputsValue(first.value, {
      ...Object.fromEntries(rest.filter((head) => head.distribution === undefined).map((head) => [head.name, head.value])),
      ...(codes.length > 0 ? { codes: distributionsValue(codes.map((head) => DISTRIBUTIONS[head.distribution ?? 'normal'](head.value))) } : {}),
    });
  };
}

/** The numbers of each sample, of one tensor or of all of a list; a scalar is one sample's. */
function samplesOf(value: Value): readonly (readonly number[])[] {
  if (value.kind === 'list') {
    const parts = value.items.map(samplesOf);
    return parts[0].map((_, n) => parts.flatMap((part) => part[n]));
  }
  if (value.kind !== 'array') throw new Error(`a network takes no ${value.kind}`);
  const batch = value.shape[0] ?? 1;
  const size = value.data.length / batch;
  return Array.from({ length: batch }, (_, n) => Array.from(value.data.subarray(n * size, (n + 1) * size)));
}

const DISTRIBUTIONS: { readonly [D in 'categorical' | 'normal']: (head: ArrayValue) => Distribution } = {
  categorical: (logits) => ({
    logProb(value) {
      const classes = samplesOf(value);
      const rows = samplesOf(logits);
      return arrayValue([rows.length], rows.map((row, n) => {
        const top = Math.max(...row);
        return row[classes[n][0]] - top - Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
      }));
    },
  }),
  normal: (loc) => ({
    logProb(value) {
      if (value.kind !== 'array') throw new Error('a normal is of tensors');
      return arrayValue(loc.shape, loc.data.map((mean, i) => -0.5 * (value.data[i] - mean) ** 2 - 0.5 * Math.log(2 * Math.PI)));
    },
  }),
};
