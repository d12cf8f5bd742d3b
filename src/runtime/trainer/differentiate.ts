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
  const saved = watchSaved();
  try {
    // tfjs types the gradients as all there, yet leaves out those of variables that f does not depend on
    const { value, grads } = tf.engine().gradients(f, [...variables], undefined, true) as { value: tf.Tensor; grads: (tf.Tensor | undefined)[] };
    return { value, gradients: grads.map((gradient) => gradient ?? null) };
  } catch (error) {
    saved.dispose();
    forgetTape();
    throw error;
  } finally {
    saved.unwatch();
  }
}

/**
 * Notes what is saved for the backward pass: tfjs frees it only at the end of that pass, and loses it where an op fails that had saved
 * something. It saves copies of its engine's own `clone`, which nothing else calls.
 */
function watchSaved(): { readonly dispose: () => void; readonly unwatch: () => void } {
  const engine = tf.engine() as unknown as { clone: (tensor: tf.Tensor) => tf.Tensor };
  const before = Object.getOwnPropertyDescriptor(engine, 'clone');
  const { clone } = engine;
  const copies: tf.Tensor[] = [];
  engine.clone = (tensor) => {
    const copy = clone.call(engine, tensor);
    copies.push(copy);
    return copy;
  };
  return {
    dispose: () => copies.filter(({ kept }) => kept).forEach((copy) => copy.dispose()),
    unwatch() {
      if (before === undefined) Reflect.deleteProperty(engine, 'clone');
      else Object.defineProperty(engine, 'clone', before);
    },
  };
}

/** A tape that broke off stays active otherwise. */
function forgetTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth === 0 && state.activeTape) state.activeTape = [];
}
