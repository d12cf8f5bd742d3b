import * as tf from '@tensorflow/tfjs';
import { differentiate, type Differentiated } from '../../runtime/trainer/differentiate.ts';

/** The gradients of a value that the tape already has. */
export function backward(value: tf.Tensor, variables: readonly tf.Variable[]): Differentiated {
  const { state } = tf.engine();
  // within a kernel tfjs does not record: nobody differentiates these gradients again
  state.kernelDepth += 1;
  try {
    return differentiate(() => value, variables);
  } finally {
    state.kernelDepth -= 1;
  }
}
