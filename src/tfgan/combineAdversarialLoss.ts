import * as tf from '@tensorflow/tfjs';
import { detach } from '../runtime/gradients/detach.ts';
import { installGradients } from '../runtime/gradients/installGradients.ts';
import { fail } from '../runtime/models/fail.ts';
import { differentiate } from '../runtime/trainer/differentiate.ts';
import { share } from '../runtime/trainer/share.ts';
import { globalNorm } from './globalNorm.ts';
import { refuseUnknownOptions } from './refuseUnknownOptions.ts';
import { backward } from './training/backward.ts';
import type { NumberOrTensor, SummarySink } from './types.ts';

/** A loss on the tape that is being recorded, or a function that computes it. */
export type LossSource = tf.Tensor | (() => tf.Tensor);

export interface CombineAdversarialLossOptions {
  /** What the adversarial loss is multiplied by. Exactly one of this and `gradientRatio` must be given. */
  readonly weightFactor?: NumberOrTensor | null;
  /**
   * The ratio of the gradients' magnitudes, main over adversarial, that a coefficient of the adversarial loss brings about (Rippel and
   * Bourdev, 2017, "Real-time adaptive image compression").
   */
  readonly gradientRatio?: NumberOrTensor | null;
  /** Added to the magnitude of the adversarial loss's gradient; 1e-6 by default. */
  readonly gradientRatioEpsilon?: NumberOrTensor;
  /** What gradients are taken by; all trainable variables by default. */
  readonly variables?: readonly tf.Variable[] | null;
  /** Whether the losses are recorded, as means; true by default. */
  readonly scalarSummaries?: boolean;
  /** Whether the gradients' magnitudes are recorded; true by default. */
  readonly gradientSummaries?: boolean;
  /** What the summaries' tags begin with; `adversarial_loss` by default. */
  readonly scope?: string | null;
  /** Where summaries go: without it none are recorded. */
  readonly summaries?: SummarySink;
  /** Told when losses are averaged to fit each other; `console.warn` by default. */
  readonly warn?: (message: string) => void;
}

const OPTIONS = ['weightFactor', 'gradientRatio', 'gradientRatioEpsilon', 'variables', 'scalarSummaries', 'gradientSummaries', 'scope', 'summaries', 'warn'] as const satisfies readonly (keyof CombineAdversarialLossOptions)[];

/**
 * TF-GAN's `combine_adversarial_loss`: main + coefficient · adversarial, where the coefficient is a constant to every derivative. Losses
 * of different shapes [N, …] are averaged to [N] first.
 *
 * A coefficient of 0 that is known beforehand gives the main loss alone: a number, or a tensor. A variable is known only when it runs:
 * a `gradientRatio` that is 0 then divides by it.
 *
 * Where gradients are needed and nothing is being differentiated, give functions: they run on a tape of their own.
 *
 * @throws SpecError GL3005 for neither or both of `weightFactor` and `gradientRatio`, GL2003 for an unknown option, GL3004 for a
 * coefficient that is no float scalar, GL5002 for losses that do not fit each other, GL5009 for tensors that are on no tape
 */
export function combineAdversarialLoss(mainLoss: LossSource, adversarialLoss: LossSource, options: CombineAdversarialLossOptions = {}): tf.Tensor {
  refuseUnknownOptions('combineAdversarialLoss', options, OPTIONS);
  const plan = planCombination(options);
  const compute = (): tf.Tensor => {
    // outside the tidy: what a model computes for its losses lives as long as the caller's tidy
    const [main, adversarial] = [evaluate(mainLoss), evaluate(adversarialLoss)];
    return tf.tidy(() => combine(plan, main, adversarial));
  };
  if (!plan.needsGradients || tf.engine().state.gradientDepth > 0) return compute();
  if (typeof mainLoss !== 'function' || typeof adversarialLoss !== 'function') {
    return fail('GL5009', 'the gradients of these losses cannot be found: nothing is being differentiated', 'call it inside the function that is differentiated, or give the losses as functions');
  }
  return onOwnTape(compute, plan.variables);
}

export interface Combination {
  readonly coefficient: { readonly kind: 'none' } | { readonly kind: 'weight' | 'ratio'; readonly value: NumberOrTensor };
  readonly epsilon: NumberOrTensor;
  readonly variables: readonly tf.Variable[];
  readonly needsGradients: boolean;
  readonly record: (name: 'main_loss' | 'adversarial_loss' | 'main_loss_gradients' | 'adversarial_loss_gradients' | 'adversarial_coefficient', value: NumberOrTensor) => void;
  readonly scalarSummaries: boolean;
  readonly gradientSummaries: boolean;
  readonly warn: (message: string) => void;
}

/** What options ask for. @throws SpecError for options that contradict each other and coefficients that are none */
export function planCombination(options: CombineAdversarialLossOptions): Combination {
  const { weightFactor = null, gradientRatio = null, gradientRatioEpsilon = 1e-6, summaries, scope } = options;
  const { scalarSummaries = true, gradientSummaries = true, warn = console.warn } = options;
  if (weightFactor === null && gradientRatio === null) return fail('GL3005', '`weightFactor` and `gradientRatio` cannot both be `null`.');
  if (weightFactor !== null && gradientRatio !== null) return fail('GL3005', '`weightFactor` and `gradientRatio` cannot both be specified.');
  const [name, kind, value] = weightFactor !== null ? (['weightFactor', 'weight', weightFactor] as const) : (['gradientRatio', 'ratio', gradientRatio!] as const);
  const coefficient: Combination['coefficient'] = isStaticZero(value, name) ? { kind: 'none' } : { kind, value: validateCoefficient(value, name) };
  return {
    coefficient,
    epsilon: gradientRatioEpsilon,
    variables: options.variables ?? Object.values(tf.engine().registeredVariables).filter((variable) => variable.trainable),
    needsGradients: coefficient.kind === 'ratio' || (gradientSummaries && summaries !== undefined),
    record: (tag, tensor) => summaries?.scalar(`${scope ?? 'adversarial_loss'}/${tag}`, typeof tensor === 'number' ? tf.scalar(tensor) : tensor),
    scalarSummaries: scalarSummaries && summaries !== undefined,
    gradientSummaries: gradientSummaries && summaries !== undefined,
    warn,
  };
}

/** What TensorFlow's `get_static_value` finds to be 0. */
function isStaticZero(value: NumberOrTensor, name: string): boolean {
  if (!(value instanceof tf.Tensor)) return Number(value) === 0;
  if (value instanceof tf.Variable) return false;
  if (value.size !== 1) return fail('GL3004', `The truth value of an array with more than one element is ambiguous: \`${name}\` has the shape [${value.shape.join(', ')}]`);
  return value.dataSync()[0] === 0;
}

function validateCoefficient(value: NumberOrTensor, name: string): NumberOrTensor {
  if (value instanceof tf.Tensor ? value.dtype === 'float32' : typeof value === 'number') return value;
  return fail('GL3004', `\`${name}\` has type ${value instanceof tf.Tensor ? value.dtype : typeof value} that does not match type float32 of the losses`);
}

function evaluate(loss: LossSource): tf.Tensor {
  return typeof loss === 'function' ? loss() : loss;
}

/** Everything that TF-GAN builds, in its order; runs on a tape where gradients are needed. */
function combine(plan: Combination, mainLoss: tf.Tensor, adversarialLoss: tf.Tensor): tf.Tensor {
  const { coefficient, record } = plan;
  const [main, adversarial] = fitShapes(mainLoss, adversarialLoss, plan.warn);
  const [mainMagnitude, adversarialMagnitude] = plan.needsGradients ? [main, adversarial].map((loss) => gradientMagnitude(loss, plan.variables)) : [0, 0];
  if (plan.scalarSummaries) {
    record('main_loss', tf.mean(main));
    record('adversarial_loss', tf.mean(adversarial));
  }
  if (plan.gradientSummaries) {
    record('main_loss_gradients', mainMagnitude);
    record('adversarial_loss_gradients', adversarialMagnitude);
  }
  // a tensor of its own, whoever owns the main loss
  if (coefficient.kind === 'none') return tf.reshape(main, main.shape);
  if (coefficient.kind === 'weight') return tf.add(main, tf.mul(constant(coefficient.value), adversarial));
  if (mainMagnitude === 0 && adversarialMagnitude === 0 && plan.epsilon === 0) return fail('GL3003', 'float division by zero: no variable leads to either loss, and `gradientRatioEpsilon` is 0');
  const ratio = tf.div(mainMagnitude, tf.add(adversarialMagnitude, plan.epsilon));
  const balance = constant(tf.div(ratio, coefficient.value));
  record('adversarial_coefficient', balance);
  return tf.add(main, tf.mul(balance, adversarial));
}

/** TensorFlow's `stop_gradient`. */
function constant<T extends NumberOrTensor>(value: T): T | tf.Tensor {
  return value instanceof tf.Tensor ? detach(value) : value;
}

function fitShapes(main: tf.Tensor, adversarial: tf.Tensor, warn: Combination['warn']): readonly [tf.Tensor, tf.Tensor] {
  if (main.shape.join() === adversarial.shape.join()) return [main, adversarial];
  const shapes = `mainLoss has the shape [${main.shape.join(', ')}], adversarialLoss [${adversarial.shape.join(', ')}]`;
  if (main.rank === 0 || adversarial.rank === 0) return fail('GL5002', `tuple index out of range: a scalar has no first dimension. ${shapes}`);
  if (main.shape[0] !== adversarial.shape[0]) {
    return fail('GL5002', `mainLoss and adversarialLoss must have the same sized first dimension. Found ${main.shape[0]} and ${adversarial.shape[0]}.`);
  }
  warn(`Applying mean reduction per-batch-element to main and adversarial losses to make shapes compatible: ${shapes}. If this is undesirable, ensure that the shapes are compatible before passing them into combineAdversarialLoss.`);
  return [meanPerElement(main), meanPerElement(adversarial)];
}

function meanPerElement(loss: tf.Tensor): tf.Tensor {
  return loss.rank === 1 ? loss : tf.mean(loss, loss.shape.map((_, axis) => axis).slice(1));
}

/** Of a loss that the tape has; a number where no variable leads to it. The result is a constant to every derivative. */
function gradientMagnitude(loss: tf.Tensor, variables: readonly tf.Variable[]): NumberOrTensor {
  if (variables.length === 0) return 0;
  return tf.tidy(() => {
    const uninstall = installGradients();
    try {
      return globalNorm(backward(loss, variables).gradients);
    } finally {
      uninstall();
    }
  });
}

/** Runs f as if it were being differentiated, and differentiates nothing. */
function onOwnTape(f: () => tf.Tensor, variables: readonly tf.Variable[]): tf.Tensor {
  const uninstall = installGradients();
  let result: tf.Tensor | null = null;
  try {
    return tf.tidy(() => {
      differentiate(() => {
        result = share(f());
        // no variable leads to a constant: there is nothing to go back over
        return tf.scalar(0);
      }, variables);
      const kept = result!;
      const own = tf.reshape(kept, kept.shape);
      kept.dispose();
      return own;
    });
  } finally {
    uninstall();
  }
}
