import * as tf from '@tensorflow/tfjs';
import { differentiate } from '../../src/runtime/trainer/differentiate.ts';
import type { Checks, Evaluate, GradientNoise, Gradients } from './checks.ts';
import type { Json } from './corpus/json.ts';
import { objectOf } from './corpus/json.ts';
import { largestMovements, perturbVariables } from './perturb.ts';
import { recordedOf, type Recorded } from './corpus/tensor.ts';

/** By tfjs's tape. */
export const evaluateOnTape: Evaluate = (f, tensors) => {
  const names = [...tensors.keys()];
  const { value, gradients } = differentiate(f, [...tensors.values()]);
  return { value, gradients: Object.fromEntries(names.map((name, index) => [name, gradients[index] ?? null])) };
};

/** Compares f and its gradients with what was recorded. */
export function checkLoss(checks: Checks, what: string, f: () => tf.Tensor, expected: Recorded, groups: readonly GradientGroup[]): void {
  const tensors = new Map(groups.flatMap(({ name, tensors: own }) => [...own].map(([key, tensor]) => [`${name}/${key}`, tensor] as const)));
  // whole numbers have no gradient
  const { evaluate } = checks;
  const { value, gradients } = expected.dtype === 'float32' ? evaluate(f, tensors) : { value: tf.tidy(f), gradients: {} };
  checks.loss(what, value, expected);
  const noiseOf = createNoise(evaluate, f, tensors, gradients);
  for (const { name, expected: wanted } of groups) {
    const own = Object.fromEntries(Object.keys(wanted).map((key) => [key, expected.dtype === 'float32' ? gradients[`${name}/${key}`] : null] as const));
    checks.gradients(`gradient of ${what} by ${name}`, own as Gradients, wanted, (key) => noiseOf(`${name}/${key}`));
  }
}

/** Measures, when first asked, how far gradients move when every variable changes in its last bits. */
function createNoise(evaluate: Evaluate, f: () => tf.Tensor, tensors: ReadonlyMap<string, tf.Tensor>, gradients: Gradients): GradientNoise {
  let movements: ReadonlyMap<string, Float32Array> | null = null;
  return (name) => {
    movements ??= measureMovements(evaluate, f, tensors, gradients);
    return movements.get(name) ?? null;
  };
}

function measureMovements(evaluate: Evaluate, f: () => tf.Tensor, tensors: ReadonlyMap<string, tf.Tensor>, gradients: Gradients): ReadonlyMap<string, Float32Array> {
  const variables = [...tensors.values()].filter((tensor): tensor is tf.Variable => tensor instanceof tf.Variable);
  const before = new Map(Object.entries(gradients).flatMap(([name, gradient]) => (gradient === null ? [] : [[name, gradient.dataSync()] as const])));
  return largestMovements(before, (round) => {
    const restore = perturbVariables(variables, round);
    const moved = evaluate(f, tensors).gradients;
    restore();
    return new Map(Object.entries(moved).flatMap(([name, gradient]) => (gradient === null ? [] : [[name, gradient.dataSync()] as const])));
  });
}

/** Tensors to differentiate by, and the gradients that were recorded for them. */
export interface GradientGroup {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
  readonly expected: Readonly<Record<string, Recorded | null>>;
}

export function recordedGradients(value: Json, what: string): Readonly<Record<string, Recorded | null>> {
  return Object.fromEntries(Object.entries(objectOf(value, what)).map(([name, gradient]) => [name, gradient === null ? null : recordedOf(gradient, `${what} ${name}`)]));
}
