import * as tf from '@tensorflow/tfjs';

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** A function and what its gradient is, input by input. Gradients are differentiable where what they are made of is. */
export interface OneFunction<I extends Inputs> {
  readonly forward: (inputs: I) => tf.Tensor;
  readonly gradients: { readonly [Name in keyof I]: (dy: tf.Tensor, inputs: I) => tf.Tensor };
}

/**
 * Calls the function as one entry on tfjs's tape: nothing of its inside is recorded or kept. Unlike `tf.customGrad` it computes the
 * gradients of those inputs alone that lead to what is differentiated by.
 */
export function recordAsOne<I extends Inputs>(inputs: I, { forward, gradients }: OneFunction<I>): tf.Tensor {
  const names: readonly (keyof I & string)[] = Object.keys(inputs);
  // a private method, yet what all of tfjs's own custom gradients go through
  return tf.engine()['runKernelFunc']({
    inputs,
    forwardFunc: (_: unknown, save: tf.GradSaveFunc) => {
      // clones of inputs are connected to them, so that a gradient can be differentiated again
      save(names.map((name) => inputs[name]));
      return forward(inputs);
    },
    backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const kept = Object.fromEntries(names.map((name, index) => [name, saved[index]])) as I;
      return Object.fromEntries(names.map((name) => [name, () => gradients[name](dy, kept)]));
    },
  });
}
