import * as tf from '@tensorflow/tfjs';
import { evaluate } from '../../../ir/evaluate.ts';
import type { Graph } from '../../../ir/graph.ts';
import { arrayValue, sizeOf, type ArrayValue, type Value } from '../../../ir/values.ts';
import { verify } from '../../../ir/verify.ts';
import { differentiate, gradientGraph } from '../../../passes/differentiate.ts';
import { gradient } from '../../functions/losses.ts';
import { installGradients } from '../../gradients/installGradients.ts';
import { normals, uniforms, type RandomSource } from '../../random.ts';
import { capture, LAYER_STREAM, type Captured, type CapturedDraw } from '../capture.ts';
import { withLayerDraws } from '../layerDraws.ts';

/** A network with its inputs: x is what it is differentiated by. */
export interface ModeCase {
  readonly shape: readonly number[];
  /** Numbers of x; normals unless given. */
  readonly values?: readonly number[];
  /** Fed as they are. */
  readonly inputs?: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: 'float32' | 'int32' | 'bool'; readonly values: readonly number[] }>>;
  readonly variables?: readonly tf.Variable[];
  readonly f: (x: tf.Tensor, inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor | readonly tf.Tensor[];
  /** Second derivatives are compared unless the tape has none. */
  readonly penalty?: boolean;
  /** Gradients are compared unless the tape has none. */
  readonly gradients?: boolean;
}

const SEED = 7;

/** Σ w·y over all outputs, with fixed weights: a gradient that differs from place to place. */
function weighted(y: tf.Tensor | readonly tf.Tensor[]): tf.Tensor {
  const sums = [y].flat().map((part, i) => {
    const tensor = tf.cast(part as tf.Tensor, 'float32');
    return tf.sum(tf.mul(tensor, tf.tensor(normals(SEED, `weights ${i}`, tensor.size), tensor.shape)));
  });
  return sums.reduce((sum, part) => tf.add(sum, part));
}

/** The loss, and a gradient penalty: Σ w·y, and Σ (∂(Σ w·y)/∂x)³ + its square. */
function losses({ f, penalty = true }: ModeCase, x: tf.Tensor, inputs: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>> {
  const loss = weighted(f(x, inputs));
  if (!penalty) return { loss };
  const slopes = gradient((at) => weighted(f(at, inputs)), x);
  return { loss, penalty: tf.sum(tf.mul(tf.square(slopes), tf.add(slopes, 1))) };
}

export function numbersOfDraw({ kind, stream, draw, shape }: CapturedDraw): Float32Array {
  return (kind === 'uniform' ? uniforms : normals)(SEED, `${stream}/${draw}`, sizeOf(shape), 0);
}

const layerSource: RandomSource = {
  uniform: (draw, shape) => tf.tensor(uniforms(SEED, `${LAYER_STREAM}/${draw}`, sizeOf(shape)), [...shape]),
  normal: (draw, shape) => tf.tensor(normals(SEED, `${LAYER_STREAM}/${draw}`, sizeOf(shape)), [...shape]),
  numbers: (draw, length) => uniforms(SEED, `${LAYER_STREAM}/${draw}`, length),
};

const IR_DTYPES = { float32: 'f32', int32: 'i32', bool: 'i1' } as const;

function valuesOf(test: ModeCase): Float32Array {
  return test.values ? Float32Array.from(test.values) : normals(SEED, 'x', sizeOf(test.shape));
}

const nameOf = (i: number) => `weight.${i}`;

export function captureCase(test: ModeCase): Captured {
  return capture(
    (tracer) => {
      const x = tracer.argument('x', test.shape, 'float32');
      const inputs = Object.fromEntries(Object.entries(test.inputs ?? {}).map(([name, { shape, dtype }]) => [name, tracer.argument(name, shape, dtype)]));
      return losses(test, x, inputs);
    },
    { variables: (test.variables ?? []).map((variable, i) => ({ name: nameOf(i), variable })) },
  );
}

/** Evaluates a captured graph on a case's numbers. */
export function evaluateCaptured(graph: Graph, captured: Captured, test: ModeCase): ReadonlyMap<string, Value> {
  const given = new Map<string, Value>([['x', arrayValue(test.shape, valuesOf(test))]]);
  for (const [name, { shape, dtype, values }] of Object.entries(test.inputs ?? {})) given.set(name, arrayValue(shape, values, IR_DTYPES[dtype]));
  (test.variables ?? []).forEach((variable, i) => given.set(nameOf(i), arrayValue(variable.shape, Float64Array.from(variable.dataSync()))));
  for (const draw of captured.draws) given.set(draw.input, arrayValue(draw.shape, Float64Array.from(numbersOfDraw(draw))));
  return evaluate(graph, given);
}

/** Outputs of the captured graph: values, and gradients of each by x and by all variables, `<output>/<input>`. */
export function capturedResults(test: ModeCase): ReadonlyMap<string, ArrayValue> {
  const captured = captureCase(test);
  verify(captured.graph);
  const by = captured.graph.inputs.map(({ name }) => name).filter((name) => name === 'x' || name.startsWith('weight.'));
  const outputs = ['loss', ...(test.penalty === false ? [] : ['penalty'])];
  const graph = differentiate.run(outputs.reduce((found, output) => gradientGraph(found, output, by), captured.graph), { math: 'strict', remark: () => undefined });
  verify(graph);
  const left = graph.equations.find(({ op }) => op === 'gradient' || op === 'custom_vjp' || op === 'optimization_barrier');
  if (left !== undefined) throw new Error(`${left.op} is left`);
  return evaluateCaptured(graph, captured, test) as ReadonlyMap<string, ArrayValue>;
}

/** The same by tfjs's tape on the cpu backend with the corrected rules; without what does not depend on its variable. */
export function tapeResults(test: ModeCase): ReadonlyMap<string, ArrayLike<number>> {
  const undo = installGradients();
  const results = new Map<string, ArrayLike<number>>();
  // BatchNorm's averages move with each evaluation
  const kept = (test.variables ?? []).map((variable) => tf.clone(variable));
  const restore = () => (test.variables ?? []).forEach((variable, i) => variable.assign(kept[i]));
  tf.tidy(() => {
    const x = tf.tensor(valuesOf(test), [...test.shape]);
    const inputs = Object.fromEntries(Object.entries(test.inputs ?? {}).map(([name, { shape, dtype, values }]) => [name, tf.tensor([...values], [...shape], dtype)]));
    const xs = [x, ...(test.variables ?? [])];
    for (const output of ['loss', ...(test.penalty === false ? [] : ['penalty'])]) {
      restore();
      if (test.gradients === false) {
        results.set(output, withLayerDraws(layerSource, () => losses(test, x, inputs)[output].dataSync()));
        continue;
      }
      const { value, grads } = withLayerDraws(layerSource, () => tf.engine().gradients(() => losses(output === 'loss' ? { ...test, penalty: false } : test, x, inputs)[output], xs, undefined, true));
      results.set(output, value.dataSync());
      xs.forEach((_, i) => {
        const grad = grads[i] as tf.Tensor | undefined;
        if (grad !== undefined) results.set(`${output}/${i === 0 ? 'x' : nameOf(i - 1)}`, grad.dataSync());
      });
    }
    restore();
  });
  kept.forEach((tensor) => tensor.dispose());
  undo();
  return results;
}

/** The largest difference between both modes, relative to the largest number of each result (1 at least). */
export function distanceOfModes(test: ModeCase): number {
  const captured = capturedResults(test);
  let worst = 0;
  for (const [name, expected] of tapeResults(test)) {
    const found = captured.get(name);
    const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    Array.from(expected).forEach((value, i) => {
      const actual = found === undefined ? 0 : found.data[i];
      if (Object.is(value, actual) || (Number.isNaN(value) && Number.isNaN(actual))) return;
      const distance = Math.abs(value - actual) / scale;
      worst = Math.max(worst, Number.isNaN(distance) ? Infinity : distance);
    });
  }
  return worst;
}
