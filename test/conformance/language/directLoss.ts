import * as tf from '@tensorflow/tfjs';
import { isDistribution, type Distribution } from '../../../src/runtime/distributions.ts';
import type { Batch, NetworkOutput, Networks } from '../../../src/index.ts';
import { notUnderstood, textOf, type Json } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { recordedOf } from '../corpus/tensor.ts';
import { checkLoss, recordedGradients } from '../evaluate.ts';
import { decodeArguments, type DirectArguments } from '../families/directLoss.ts';
import { buildSpec, inexpressible, optionsOf, reductionSetting, type LanguageFamily } from './spec.ts';
import { callTerm, HALVES, type Half } from './terms.ts';

const WEIGHTED = `
/// The bare reduction, as a term.
term weighted(weights = 1) {
  generator = reduce(losses, weights: weights)
}
input losses`;

/** Families `weighted_loss` and `losses`: the function's tensors are what the networks return. */
export const directLoss: LanguageFamily = ({ fields, expect, checks }, compileSpec) => {
  const fn = textOf(fields.take('fn'), 'fn');
  const options = optionsOf(fields.optional('options'));
  const args = decodeArguments(fn, fields.take('args'));
  refuseInexpressible(fn, args, options);
  const spec = buildSpec();
  reductionSetting(spec, options.reduction);
  if (fn === 'compute_weighted_loss') spec.define(WEIGHTED);
  refuseFoldedWeights(args, options);
  const { term, player }: Half = fn === 'compute_weighted_loss' ? { term: 'weighted', player: 'generator' } : HALVES[fn] ?? notUnderstood(`a function ${fn}`);
  const objective = compileSpec(spec.text(`${callTerm(spec, term, options)}.${player}`));
  const { networks, batch } = fn === 'cycle_consistency_loss' ? bindCycle(args) : bindHeads(args);
  const all: Batch = { ...batch, ...spec.batch };
  const compute = () => (player === 'generator' ? objective.generatorLoss(networks, all) : objective.discriminatorLoss(networks, all));
  if (expect === null) {
    tf.tidy(compute);
    return;
  }
  const tensors = new Map([...args.tensors, ...spec.tensors]);
  checkLoss(checks, 'value', compute, recordedOf(expect.take('value'), 'value'), [{ name: 'args', tensors, expected: recordedGradients(expect.take('grads'), 'grads') }]);
};

const SAME_SHAPES = ['wasserstein_discriminator_loss', 'wasserstein_hinge_discriminator_loss', 'least_squares_discriminator_loss'];

function refuseInexpressible(fn: string, { values }: DirectArguments, options: Readonly<Record<string, unknown>>): void {
  const tensors = [...values.values()].filter((value): value is tf.Tensor => value instanceof tf.Tensor);
  if (fn === 'compute_weighted_loss' && tensors[0].dtype === 'int32') inexpressible('int32');
  if (tensors.some((tensor) => tensor.dtype === 'int32' && !fn.startsWith('acgan'))) inexpressible('int32');
  if (SAME_SHAPES.includes(fn) && tensors[0].shape.join() !== tensors[1].shape.join()) inexpressible('shapes');
  if (fn === 'cycle_consistency_loss' && tensors.some((tensor) => tensor.rank === 0)) inexpressible('scalar');
  if (fn.startsWith('relativistic') && Object.keys(options).length > 0) inexpressible('keywords');
  const distributions = values.get('predicted_distributions');
  if (distributions === undefined) return;
  if (!Array.isArray(distributions)) inexpressible('notList');
  const list = distributions as readonly (tf.Tensor | Distribution)[];
  if (list.length === 0) inexpressible('emptyList');
  if (!list.every(isDistribution)) inexpressible('notDistribution');
}

/** A NaN among losses whose weights are constants that sum to 0: the mean's gradient by the weights is 0 in TensorFlow, by folding. */
function refuseFoldedWeights({ values }: DirectArguments, { reduction, weights }: Readonly<Record<string, Json>>): void {
  const losses = values.get('losses');
  if (reduction !== 'MEAN' || weights === undefined || weights === null || !(losses instanceof tf.Tensor)) return;
  const { weights: given } = decodeOptions({ weights }).values;
  if (!(given instanceof tf.Tensor) || given.rank === 0 || [...given.dataSync()].reduce((total, weight) => total + weight, 0) !== 0) return;
  if (![...losses.dataSync()].every(Number.isFinite)) inexpressible('constantWeights');
}

interface Binding {
  readonly networks: Networks;
  readonly batch: Batch;
}

/** A discriminator whose heads are the function's tensors. */
function bindHeads({ values }: DirectArguments): Binding {
  const [real, zero] = [tf.zeros([1, 1]), tf.zeros([1, 1])];
  const tensor = (key: string): tf.Tensor | undefined => values.get(key) as tf.Tensor | undefined;
  const discriminator = (data: tf.Tensor): NetworkOutput => {
    const side = data === real ? 'real' : 'gen';
    return {
      logits: tensor(`discriminator_${side}_outputs`) ?? zero,
      classes: tensor(`discriminator_${side}_classification_logits`) ?? zero,
      codes: (values.get('predicted_distributions') ?? []) as readonly Distribution[],
    };
  };
  const [labels, losses] = [tensor('one_hot_labels'), tensor('losses')];
  const codes = (values.get('structured_generator_inputs') ?? []) as readonly tf.Tensor[];
  const batch: Batch = { real, generatorInputs: zero, codes, ...(labels === undefined ? {} : { labels }), ...(losses === undefined ? {} : { losses }) };
  return { networks: { generator: () => tf.zeros([1, 1]), discriminator }, batch };
}

function bindCycle({ values }: DirectArguments): Binding {
  const tensor = (key: string) => values.get(key) as tf.Tensor;
  const [x, y] = [tensor('data_x'), tensor('data_y')];
  const toY = (data: tf.Tensor): NetworkOutput => (data === x ? tf.zeros([1]) : tensor('reconstructed_data_y'));
  const toX = (data: tf.Tensor): NetworkOutput => (data === y ? tf.zeros([1]) : tensor('reconstructed_data_x'));
  const judge = () => tf.zeros([1, 1]);
  return { networks: { x2y: { generator: toY, discriminator: judge }, y2x: { generator: toX, discriminator: judge } }, batch: { x, y } };
}
