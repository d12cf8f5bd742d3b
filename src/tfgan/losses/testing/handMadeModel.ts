import * as tf from '@tensorflow/tfjs';
import type { GANModel } from '../../types.ts';

/** A model of [2, 2] data with D(x) = Σx²: D(real) = 5, 10 and D(fake) = 0.25, 2. `onRead` is told which fields are read, and of D's calls. */
export function handMadeModel(onRead: (name: string) => void = () => undefined): GANModel {
  const judge = (data: tf.Tensor) => tf.sum(tf.square(data), 1, true);
  const realData = tf.tensor2d([[1, 2], [3, -1]]);
  const generatedData = tf.tensor2d([[0, 0.5], [-1, 1]]);
  const [realOutputs, genOutputs] = [judge(realData), judge(generatedData)];
  const field = <T>(name: string, value: T): T => {
    onRead(name);
    return value;
  };
  return {
    kind: 'GANModel',
    generatorInputs: tf.zeros([2, 1]),
    get generatedData() {
      return field('generatedData', generatedData);
    },
    generatorVariables: [],
    generatorScope: null,
    generatorFn: () => generatedData,
    realData,
    get discriminatorRealOutputs() {
      return field('discriminatorRealOutputs', realOutputs);
    },
    get discriminatorGenOutputs() {
      return field('discriminatorGenOutputs', genOutputs);
    },
    discriminatorVariables: [],
    discriminatorScope: null,
    discriminatorFn(data) {
      onRead('discriminatorFn()');
      return judge(data);
    },
  };
}

/** A copy of a model with other fields, its getters kept. */
export function replaced<Model extends object>(model: Model, fields: object): Model {
  return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(model), ...Object.getOwnPropertyDescriptors(fields) }) as Model;
}
