import * as tf from '@tensorflow/tfjs';
import type { OptimizerKind, OptimizerSettings } from '../../step/optimizers.ts';

type AnyOptimizer = abstract new (...args: never[]) => tf.Optimizer;

const CLASSES: readonly { readonly type: AnyOptimizer; readonly kind: (fields: Fields) => OptimizerKind }[] = [
  { type: tf.SGDOptimizer, kind: () => 'sgd' },
  { type: tf.MomentumOptimizer, kind: ({ useNesterov }) => (useNesterov === true ? 'nesterov' : 'momentum') },
  { type: tf.AdamOptimizer, kind: () => 'adam' },
  { type: tf.AdamaxOptimizer, kind: () => 'adamax' },
  { type: tf.AdagradOptimizer, kind: () => 'adagrad' },
  { type: tf.AdadeltaOptimizer, kind: () => 'adadelta' },
  { type: tf.RMSPropOptimizer, kind: ({ centered }) => (centered === true ? 'centeredRmsprop' : 'rmsprop') },
];

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(optimizer: tf.Optimizer): Fields {
  return optimizer as unknown as Fields;
}

/** Which formulas an optimiser computes; null for one of the user's own, a subclass with other formulas among them. */
export function optimizerKind(optimizer: tf.Optimizer): OptimizerKind | null {
  // tfjs's instanceof takes all optimisers for one another: the method tells
  const found = CLASSES.find(({ type }) => optimizer.applyGradients === (type.prototype as tf.Optimizer).applyGradients);
  return found?.kind(fieldsOf(optimizer)) ?? null;
}

/**
 * Reads what an optimiser computes with, at each call as it is then. tfjs's SGD and Momentum go by tensors of their own instead of
 * their fields `learningRate` and `momentum`: `setLearningRate` changes both, an assignment to the field nothing.
 */
export function settingsReader(optimizer: tf.Optimizer): () => OptimizerSettings {
  const fields = fieldsOf(optimizer);
  const scalar = (field: string): (() => number | null) => {
    let seen: unknown = null;
    let value: number | null = null;
    return () => {
      const tensor = fields[field];
      if (tensor === seen) return value;
      seen = tensor;
      value = tensor instanceof tf.Tensor ? tensor.dataSync()[0] : null;
      return value;
    };
  };
  const [minusRate, momentum] = [scalar('c'), scalar('m')];
  const settings: Record<string, number> = {};
  return () => {
    settings.epsilon = tf.backend().epsilon();
    for (const name in fields) if (typeof fields[name] === 'number') settings[name] = fields[name];
    const rate = minusRate();
    if (rate !== null) settings.learningRate = -rate;
    settings.momentum = momentum() ?? settings.momentum;
    return settings;
  };
}
