import type * as tf from '@tensorflow/tfjs';

/** What an optimiser of tfjs is applied to. */
export type Gradients = Parameters<tf.Optimizer['applyGradients']>[0];

export interface NamedGradient {
  /** Of the variable. */
  readonly name: string;
  /** Null, though tfjs's types deny it, where the loss does not depend on the variable. */
  readonly tensor: tf.Tensor | null;
}

/** The gradients of either form as a list. */
export function listGradients(gradients: Gradients): readonly NamedGradient[] {
  return Array.isArray(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}
