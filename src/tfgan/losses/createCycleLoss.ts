import type * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { CycleGANModel } from '../types.ts';
import { PLAIN_TERM, TERM, type BuiltinLoss, type BuiltinPlainLoss, type LossFields, type MakeTerm } from './builtinLoss.ts';
import { runLoss } from './createLoss.ts';
import { cycleConsistency } from './definitions/cycleConsistency.ts';
import { printValue, type LossOptions } from './options.ts';
import { createNameInput, type TermRunner } from './termRunner.ts';

export type CycleLossOptions = Pick<LossOptions, 'scope' | 'lossCollection' | 'addSummaries' | 'summaries' | 'random'>;
export type CycleLoss = ((model: CycleGANModel, options?: CycleLossOptions) => tf.Tensor) & BuiltinLoss<CycleGANModel>;

/** The cycle consistency loss of a cyclegan; each direction's data are what the other one starts from. @throws SpecError GL3004 for another model */
export function createCycleLoss(plain: BuiltinPlainLoss, runner: TermRunner): CycleLoss {
  const make: MakeTerm<CycleGANModel> = (model, options, nameInput) => {
    if (model?.kind !== 'CycleGANModel') fail('GL3004', `\`cycleganModel\` must be a \`CycleGANModel\`. Instead, was ${(model as { kind?: string } | undefined)?.kind ?? printValue(model)}.`);
    return plain[PLAIN_TERM](fieldsOf(model), options, nameInput);
  };
  const loss = (model: CycleGANModel, options?: CycleLossOptions) => runLoss(cycleConsistency, make(model, options, createNameInput()), options ?? {}, runner);
  return Object.assign(loss, { [TERM]: make });
}

function fieldsOf(model: CycleGANModel): LossFields {
  return {
    get dataX() {
      return model.modelX2y.generatorInputs as tf.Tensor;
    },
    get reconstructedDataX() {
      return model.reconstructedX;
    },
    get dataY() {
      return model.modelY2x.generatorInputs as tf.Tensor;
    },
    get reconstructedDataY() {
      return model.reconstructedY;
    },
  };
}
