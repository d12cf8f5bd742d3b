import type * as tf from '@tensorflow/tfjs';
import type { StarGANModel } from '../types.ts';
import { PLAIN_TERM, TERM, type BuiltinLoss, type BuiltinPlainLoss, type LossFields, type MakeTerm } from './builtinLoss.ts';
import type { LossOptions } from './options.ts';

/** Options of the wrapped function, handed on as they are. */
export type StarGANLossOptions = LossOptions | (LossOptions & Readonly<Record<string, unknown>>);

/** A loss of a stargan. It is a term of an objective where the wrapped function is built in. */
export type StarGANLoss = ((model: StarGANModel, options?: StarGANLossOptions) => tf.Tensor) & Partial<BuiltinLoss<StarGANModel>>;

export type StarGANGeneratorLossFn = ((discriminatorGenOutputs: tf.Tensor, options?: never) => tf.Tensor) & Partial<BuiltinPlainLoss>;
export type StarGANDiscriminatorLossFn = ((discriminatorRealOutputs: tf.Tensor, discriminatorGenOutputs: tf.Tensor, options?: never) => tf.Tensor) & Partial<BuiltinPlainLoss>;
export type StarGANGradientPenaltyFn = ((realData: tf.Tensor, generatedData: tf.Tensor, numDomains: number, discriminatorFn: StarGANModel['discriminatorFn'], options?: never) => tf.Tensor) & Partial<BuiltinPlainLoss>;

/** What a stargan has under the names that losses of plain tensors read. */
export function starganFields(model: StarGANModel): LossFields {
  return {
    get realData() {
      return model.inputData;
    },
    get generatedData() {
      return model.generatedData;
    },
    get generatorInputs() {
      return numDomains(model);
    },
    get discriminatorFn() {
      return model.discriminatorFn;
    },
    get discriminatorRealOutputs() {
      return model.discriminatorInputDataSourcePredication;
    },
    get discriminatorGenOutputs() {
      return model.discriminatorGeneratedDataSourcePredication;
    },
    get discriminatorRealClassificationLogits() {
      return model.discriminatorInputDataDomainPredication;
    },
    get discriminatorGenClassificationLogits() {
      return model.discriminatorGeneratedDataDomainPredication;
    },
    get label() {
      return model.inputDataDomainLabel;
    },
    get target() {
      return model.generatedDataDomainTarget;
    },
    get reconstructedData() {
      return model.reconstructedData;
    },
  };
}

const numDomains = ({ inputDataDomainLabel: { shape } }: StarGANModel): number => shape[shape.length - 1];

/** A loss of D's source output on generated images, as a loss of the model. */
export function starganGeneratorLossWrapper(lossFn: StarGANGeneratorLossFn): StarGANLoss {
  return withTerm(lossFn, (model, options) => lossFn(model.discriminatorGeneratedDataSourcePredication, options as never));
}

/** A loss of D's source output on images and on generated images, as a loss of the model. */
export function starganDiscriminatorLossWrapper(lossFn: StarGANDiscriminatorLossFn): StarGANLoss {
  return withTerm(lossFn, (model, options) => lossFn(model.discriminatorInputDataSourcePredication, model.discriminatorGeneratedDataSourcePredication, options as never));
}

/** A gradient penalty, as a loss of the model: the number of domains conditions D. */
export function starganGradientPenaltyWrapper(lossFn: StarGANGradientPenaltyFn): StarGANLoss {
  return withTerm(lossFn, (model, options) => lossFn(model.inputData, model.generatedData, numDomains(model), model.discriminatorFn, options as never));
}

function withTerm(lossFn: Partial<BuiltinPlainLoss>, loss: (model: StarGANModel, options?: StarGANLossOptions) => tf.Tensor): StarGANLoss {
  const plain = lossFn[PLAIN_TERM];
  if (plain === undefined) return loss;
  const make: MakeTerm<StarGANModel> = (model, options, nameInput) => plain(starganFields(model), options, nameInput);
  return Object.assign(loss, { [TERM]: make });
}
