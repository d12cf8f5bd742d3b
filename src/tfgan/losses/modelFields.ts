import type { AnyModel } from '../types.ts';

const GAN = [
  'generatorInputs',
  'generatedData',
  'generatorVariables',
  'generatorScope',
  'generatorFn',
  'realData',
  'discriminatorRealOutputs',
  'discriminatorGenOutputs',
  'discriminatorVariables',
  'discriminatorScope',
  'discriminatorFn',
] as const;

/** The fields of TF-GAN's named tuples. */
const FIELDS: { readonly [K in AnyModel['kind']]: readonly (string & keyof Extract<AnyModel, { kind: K }>)[] } = {
  GANModel: GAN,
  InfoGANModel: [...GAN, 'structuredGeneratorInputs', 'predictedDistributions', 'discriminatorAndAuxFn'],
  ACGANModel: [...GAN, 'oneHotLabels', 'discriminatorRealClassificationLogits', 'discriminatorGenClassificationLogits'],
  CycleGANModel: ['modelX2y', 'modelY2x', 'reconstructedX', 'reconstructedY'],
  StarGANModel: [
    'inputData',
    'inputDataDomainLabel',
    'generatedData',
    'generatedDataDomainTarget',
    'reconstructedData',
    'discriminatorInputDataSourcePredication',
    'discriminatorGeneratedDataSourcePredication',
    'discriminatorInputDataDomainPredication',
    'discriminatorGeneratedDataDomainPredication',
    'generatorVariables',
    'generatorScope',
    'generatorFn',
    'discriminatorVariables',
    'discriminatorScope',
    'discriminatorFn',
  ],
};

/** `model._fields`: those of its kind; of an object without a kind its keys. */
export function fieldsOfModel(model: object): readonly string[] {
  const kind = 'kind' in model ? FIELDS[model.kind as AnyModel['kind']] : undefined;
  return kind ?? Object.keys(model);
}
