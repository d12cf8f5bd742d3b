import * as tf from '@tensorflow/tfjs';

/** What an update found. */
export interface FoundGradients {
  readonly optimizer: tf.Optimizer;
  readonly gradients: readonly GradientAndVariable[];
}

/** TensorFlow's pair of gradient and variable; null where the loss does not depend on the variable. */
export interface GradientAndVariable {
  readonly gradient: tf.Tensor | null;
  readonly variable: tf.Variable;
}

/** All variables that an optimiser ever updates, in the order of its slots. */
export type Places = ReadonlyMap<tf.Optimizer, readonly tf.Variable[]>;

export function placesOf(updates: readonly { readonly optimizer: tf.Optimizer; readonly variables: readonly tf.Variable[] }[]): Places {
  const places = new Map<tf.Optimizer, readonly tf.Variable[]>();
  for (const { optimizer, variables } of updates) places.set(optimizer, [...new Set([...(places.get(optimizer) ?? []), ...variables])]);
  return places;
}

/** Applies each optimiser once to all that was found for it: tfjs's optimisers know a variable's slots by its position. */
export function applyGradients(found: readonly FoundGradients[], places: Places): void {
  tf.tidy(() => {
    for (const optimizer of new Set(found.map((update) => update.optimizer))) {
      const gradients = found.flatMap((update) => (update.optimizer === optimizer ? update.gradients : []));
      const list = (places.get(optimizer) ?? []).map((variable) => {
        const own = gradients.flatMap((pair) => (pair.variable === variable && pair.gradient !== null ? [pair.gradient] : []));
        return { name: variable.name, tensor: own.length > 1 ? tf.addN(own) : own[0] ?? null };
      });
      // tfjs's optimisers pass over null, though their types have none
      optimizer.applyGradients(list as { name: string; tensor: tf.Tensor }[]);
    }
  });
}
