import type * as tf from '@tensorflow/tfjs';

/** What a compiled function gives: a tensor, or tensors by name. */
export type FunctionValue = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

export interface FunctionResult<V extends FunctionValue> {
  readonly value: V;
  /**
   * The sum of the value (of `loss`, or the first one, where there are several) differentiated by each argument; null for one that it does
   * not depend on. Empty unless asked for.
   */
  readonly gradients: readonly (tf.Tensor | null)[];
}

/** A function of tensors as compiled code. */
export interface CompiledFunction<V extends FunctionValue> {
  /** Tensors of the shapes and types of the examples; the results are the caller's. Variables that the function reads are read anew. */
  readonly call: (...tensors: readonly tf.Tensor[]) => FunctionResult<V>;
  /** Frees its memory. */
  readonly dispose: () => void;
}
