import * as tf from '@tensorflow/tfjs';
import { createUndoStack } from '../capture/undoStack.ts';

/** A call of a layer, as it happened. */
export interface LayerCall {
  readonly layer: tf.layers.Layer;
  readonly inputs: readonly tf.Tensor[];
  readonly outputs: readonly tf.Tensor[];
}

type Call = (this: tf.layers.Layer, inputs: tf.Tensor | tf.Tensor[], kwargs: unknown) => tf.Tensor | tf.Tensor[];

/**
 * Runs `body` and tells of each call of a layer of tfjs, the inner ones first. Models call their layers' `call` past anything that an
 * instance or `Layer` itself could carry, so the classes are watched, those that users have registered among them.
 */
export function watchLayers<T>(body: () => T, observe: (call: LayerCall) => void): T {
  const undo = createUndoStack();
  for (const [constructor] of Object.values(tf.serialization.SerializationMap.getMap().classNameMap)) {
    const prototype = constructor.prototype as unknown;
    if (!(prototype instanceof tf.layers.Layer) || !Object.hasOwn(prototype, 'call')) continue;
    const { call } = prototype as unknown as { readonly call: Call };
    undo.replace(prototype as unknown as { call: Call }, 'call', function (inputs, kwargs) {
      const result = call.call(this, inputs, kwargs);
      observe({ layer: this, inputs: [inputs].flat(), outputs: [result].flat() });
      return result;
    });
  }
  try {
    return body();
  } finally {
    undo.undo();
  }
}
