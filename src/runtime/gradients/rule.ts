import type * as tf from '@tensorflow/tfjs';

/** Attributes of a kernel call, as its gradient rule reads them: tfjs types them no further. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * A gradient rule of one tfjs kernel.
 *
 * `gradient` receives the upstream gradient, the inputs named in `inputs` (in that order) and the
 * kernel's outputs if `savesOutput` is set, and returns one thunk for each input of the kernel.
 * Only the thunks whose input leads to a variable are called.
 *
 * A saved *output* is not connected to the inputs on tfjs's tape (its clone is recorded before the
 * node that makes it), so a rule may use it only where its derivative is not needed.
 */
export interface GradientRule {
  readonly kernelName: string;
  readonly inputs?: readonly string[];
  readonly savesOutput?: boolean;
  /** For kernels of several outputs, of which only the first has a derivative: which ones are saved, in the place of `savesOutput`. */
  readonly saves?: readonly boolean[];
  /** For kernels whose inputs are a list: all are saved, in their order. */
  readonly savesAllInputs?: boolean;
  readonly gradient: (
    dy: tf.Tensor,
    saved: readonly tf.Tensor[],
    attributes: Attributes,
  ) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The rule in the form that `tf.registerGradient` takes. */
export function toGradConfig(rule: GradientRule): tf.GradConfig {
  return {
    kernelName: rule.kernelName,
    inputsToSave: rule.inputs === undefined ? [] : [...rule.inputs],
    ...(rule.savesAllInputs === true && { saveAllInputs: true }),
    outputsToSave: rule.saves === undefined ? (rule.savesOutput === true ? [true] : []) : [...rule.saves],
    gradFunc: (dy, saved, attrs) => {
      if (Array.isArray(dy) && rule.saves === undefined) throw new Error(`${rule.kernelName}: a gradient rule for several outputs is not supported`);
      return rule.gradient(Array.isArray(dy) ? dy[0]! : dy, saved, attrs as Attributes);
    },
  };
}

/** A rule for a kernel with the one input `x`, whose gradient is a function of dy and x. */
export function unaryRule(
  kernelName: string,
  derivative: (dy: tf.Tensor, x: tf.Tensor, attributes: Attributes) => tf.Tensor,
): GradientRule {
  return {
    kernelName,
    inputs: ['x'],
    gradient: (dy, [x], attributes) => ({ x: () => derivative(dy, x!, attributes) }),
  };
}
