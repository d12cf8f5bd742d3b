import * as tf from '@tensorflow/tfjs';
import type { ModeCase } from '../../src/runtime/capture/testing/compareModes.ts';
import { scramble, variablesOf } from '../../src/runtime/capture/testing/layerCases.ts';
import { normals } from '../../src/runtime/random.ts';

/** A layer or an op as a discriminator's part: what it makes of x, and its weights. */
export type Part = Pick<ModeCase, 'f' | 'variables'>;

/** One row of docs/second-order.md. */
export interface SecondOrderCase {
  readonly name: string;
  /** The shape of a sample. */
  readonly shape: readonly number[];
  /** The sizes of batch that are checked; 3 and 1 unless given. */
  readonly batches: readonly number[];
  /** Of x; another one where that of most puts an element next to a kink or a tie. */
  readonly seed: number;
  readonly note: string | null;
  /** Whether the tape has no gradient of it, for the reason of the note. */
  readonly tapeThrows?: boolean;
  readonly part: (batch: number) => Part;
}

export interface CaseGroup {
  readonly title: string;
  readonly cases: readonly SecondOrderCase[];
}

const BATCHES = [3, 1];
const SEED = 7;

interface RowOptions {
  readonly batches?: readonly number[];
  readonly seed?: number;
  /** What a reader of the table should know. */
  readonly note?: string | null;
  readonly tapeThrows?: boolean;
  readonly training?: boolean;
}

/**
 * A layer. One without weights gets its input times a weight for each of its elements: so that the gradient by what comes before it is
 * checked, too.
 */
export function layerRow(name: string, make: () => tf.layers.Layer, shape: readonly number[], { batches = BATCHES, seed = SEED, note = null, training = true }: RowOptions = {}): SecondOrderCase {
  return {
    name,
    shape,
    batches,
    seed,
    note,
    part() {
      const layer = make();
      const input = tf.input({ shape: [...shape] });
      const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
      const variables = variablesOf(model);
      scramble(variables);
      const apply = (x: tf.Tensor) => model.apply(x, { training }) as tf.Tensor;
      return variables.length > 0 ? { variables, f: apply } : behindWeight(shape, apply);
    },
  };
}

/** A function of x times a weight for each element of a sample. */
export function opRow(name: string, op: (x: tf.Tensor) => tf.Tensor | readonly tf.Tensor[], shape: readonly number[], { batches = BATCHES, seed = SEED, note = null, tapeThrows = false }: RowOptions = {}): SecondOrderCase {
  return { name, shape, batches, seed, note, tapeThrows, part: () => behindWeight(shape, op) };
}

/** A function of x and weights of the given shapes. */
export function weightsRow(
  name: string,
  f: (x: tf.Tensor, weights: readonly tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[],
  shape: readonly number[],
  weights: readonly (readonly number[])[],
  { batches = BATCHES, seed = SEED, note = null }: RowOptions = {},
): SecondOrderCase {
  return {
    name,
    shape,
    batches,
    seed,
    note,
    part() {
      const variables = weights.map((size) => tf.variable(tf.zeros([...size])));
      scramble(variables);
      return { variables, f: (x) => f(x, variables) };
    },
  };
}

function behindWeight(shape: readonly number[], f: Part['f']): Part {
  const weight = tf.tidy(() => tf.variable(tf.add(tf.mul(tf.tensor(normals(5, 'weight', tf.util.sizeFromShape([...shape])), [...shape]), 0.3), 1)));
  return { variables: [weight], f: (x, inputs) => f(tf.mul(x, weight), inputs) };
}
