import type * as tf from '@tensorflow/tfjs';
import type { BuiltNetwork } from './network.ts';
import type { Data } from './layers.ts';

/** A network as the facade takes functions: with the variables and regularisation losses that TensorFlow finds in its scope. */
export interface NetworkFunction<Result> {
  (x: Data, condition?: Data): Result;
  readonly variables: readonly tf.Variable[];
  readonly regularizationLosses: () => readonly tf.Scalar[];
}

export function networkFunction<Result>(network: BuiltNetwork, call: (x: Data, condition?: Data) => Result): NetworkFunction<Result> {
  return Object.assign((x: Data, condition?: Data) => call(x, condition), {
    variables: [...network.variables.values()],
    regularizationLosses: network.regularizationLosses,
  });
}
