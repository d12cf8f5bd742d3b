import * as tf from '@tensorflow/tfjs';

export interface Differentiated {
  /** f's result. */
  readonly value: tf.Tensor;
  /** The gradient of the sum of f's result for each variable; null where it does not depend on it. */
  readonly gradients: readonly (tf.Tensor | null)[];
}

/**
 * Differentiates f's result by the variables. Unlike tf.variableGrads it takes results that are not scalars or depend on no
 * variable, and leaves no tensor behind when f throws. The caller owns what it returns.
 */
export function differentiate(f: () => tf.Tensor, variables: readonly tf.Tensor[]): Differentiated {
  if (variables.length === 0) return { value: tf.tidy(f), gradients: [] };
  try {
    // tfjs types the gradients as all there, yet leaves out those of variables that f does not depend on
    const { value, grads } = tf.engine().gradients(f, [...variables], undefined, true) as { value: tf.Tensor; grads: (tf.Tensor | undefined)[] };
    return { value, gradients: grads.map((gradient) => gradient ?? null) };
  } catch (error) {
    releaseTape();
    throw error;
  }
}

/** Frees what a tape that broke off had saved for the backward pass: tfjs frees it only at the end of that pass. */
function releaseTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) saved?.forEach((tensor) => tensor.dispose());
  state.activeTape = [];
}
