import type { ACGANModel, CycleGANModel, GANModel, InfoGANModel, StarGANModel } from '../../src/tfgan.ts';
import { fieldsOf, listOf, notUnderstood, objectOf, type Fields, type Json } from './corpus/json.ts';
import { decodeOptions } from './corpus/options.ts';
import { inputsOf, recordedOf, tensorOf, tensorsOf, type Recorded } from './corpus/tensor.ts';
import { callFacade } from './facade.ts';
import { buildNetwork, type BuiltNetwork } from './net/network.ts';
import { networkFunction } from './net/networkFunction.ts';
import { recordedRandom, type RecordedRandom } from './recordedRandom.ts';

export type OnePairModel = GANModel | InfoGANModel | ACGANModel;

export interface OnePair<Model = OnePairModel> {
  readonly generator: BuiltNetwork;
  readonly discriminator: BuiltNetwork;
  readonly model: Model;
}

export interface BuildOptions {
  /** The InfoGAN's discriminator gives a distribution in place of a list of such. */
  readonly bareDistribution?: boolean;
}

/** A GANModel, InfoGANModel or ACGANModel from the fields of a case. */
export function buildOnePair(kind: string, fields: Fields, { bareDistribution = false }: BuildOptions = {}): OnePair {
  const [generator, discriminator] = [buildNetwork(fields.take('generator'), 'generator'), buildNetwork(fields.take('discriminator'), 'discriminator')];
  const G = networkFunction(generator, generator.call);
  const real = tensorOf(fields.take('real_data'), 'real_data');
  const options = decodeOptions(fields.optional('model_options') ?? {}).values;
  const inputs = (name: string) => inputsOf(fields.take(name), name);
  const builders: Readonly<Record<string, () => unknown>> = {
    GANModel: () => callFacade('gan_model', G, networkFunction(discriminator, discriminator.call), real, inputs('generator_inputs'), options),
    ACGANModel: () =>
      callFacade('acgan_model', G, networkFunction(discriminator, discriminator.call), real, inputs('generator_inputs'), tensorOf(fields.take('one_hot_labels'), 'one_hot_labels'), options),
    InfoGANModel() {
      const D = networkFunction(discriminator, (x, condition) => {
        const [logits, distributions] = discriminator.callWithDistributions(x, condition);
        return [logits, bareDistribution ? distributions[0] : distributions];
      });
      return callFacade('infogan_model', G, D, real, inputs('unstructured_generator_inputs'), inputs('structured_generator_inputs'), options);
    },
  };
  const build = Object.hasOwn(builders, kind) ? builders[kind] : notUnderstood(`a model ${kind}`);
  return { generator, discriminator, model: build() as OnePairModel };
}

export const DIRECTIONS = ['x2y', 'y2x'] as const;
export type Direction = (typeof DIRECTIONS)[number];
export type NetworkPairs = { readonly [D in Direction]: { readonly generator: BuiltNetwork; readonly discriminator: BuiltNetwork } };

export function buildPairs(value: Json): NetworkPairs {
  const nets = fieldsOf(value, 'nets');
  const pair = (direction: Direction) => {
    const own = fieldsOf(nets.take(direction), direction);
    const built = { generator: buildNetwork(own.take('generator'), `generator of ${direction}`), discriminator: buildNetwork(own.take('discriminator'), `discriminator of ${direction}`) };
    own.done();
    return built;
  };
  const pairs = { x2y: pair('x2y'), y2x: pair('y2x') };
  nets.done();
  return pairs;
}

/** A CycleGANModel of networks and data, which may be functions. */
export function cycleganModel(pairs: NetworkPairs, dataX: unknown, dataY: unknown): CycleGANModel {
  const both = (player: 'generator' | 'discriminator') => Object.fromEntries(DIRECTIONS.map((direction) => [direction, networkFunction(pairs[direction][player], pairs[direction][player].call)]));
  return callFacade('cyclegan_model', both('generator'), both('discriminator'), dataX, dataY) as CycleGANModel;
}

export function buildCyclegan(fields: Fields): { readonly pairs: NetworkPairs; readonly model: CycleGANModel } {
  const pairs = buildPairs(fields.take('nets'));
  return { pairs, model: cycleganModel(pairs, tensorOf(fields.take('data_x'), 'data_x'), tensorOf(fields.take('data_y'), 'data_y')) };
}

/** A StarGANModel, and the draws that it and its losses are told. */
export function buildStargan(fields: Fields): OnePair<StarGANModel> & { readonly random: RecordedRandom } {
  const [generator, discriminator] = [buildNetwork(fields.take('generator'), 'generator'), buildNetwork(fields.take('discriminator'), 'discriminator')];
  const labels = fields.take('input_data_domain_label');
  const alpha = fields.optional('alpha') ?? null;
  const targets = { index: recordedOf(fields.take('target_domain_index'), 'target_domain_index'), domains: domainsOf(labels) };
  const random = recordedRandom({ alphas: alpha === null ? [] : [recordedOf(alpha, 'alpha')], targets });
  const data = inputsOf(fields.take('input_data'), 'input_data');
  const model = stargan(generator, discriminator, data, inputsOf(labels, 'input_data_domain_label'), random);
  return { generator, discriminator, model, random };
}

export function stargan(generator: BuiltNetwork, discriminator: BuiltNetwork, data: unknown, labels: unknown, random?: RecordedRandom): StarGANModel {
  const networks = [networkFunction(generator, generator.call), networkFunction(discriminator, discriminator.call)];
  return callFacade('stargan_model', ...networks, data, labels, random === undefined ? {} : { random }) as StarGANModel;
}

function domainsOf(labels: Json): number {
  const { shape } = recordedOf(Array.isArray(labels) ? (labels as readonly Json[])[0] : labels, 'labels');
  return shape[shape.length - 1];
}

/** What `tensor_pool_fn` returned, in the order of what it is given: inputs, data and an infogan's codes. */
export function recordedPool(value: Json): (values: readonly unknown[]) => unknown {
  const fields = fieldsOf(value, 'pool');
  const [inputs, data] = [inputsOf(fields.take('generator_inputs'), 'generator_inputs'), tensorOf(fields.take('generated_data'), 'generated_data')];
  const codes = fields.optional('structured_generator_inputs');
  fields.done();
  return (values) => [inputs, data, ...(values.length > 2 ? [tensorsOf(codes ?? notUnderstood('a pool without structured_generator_inputs'), 'structured_generator_inputs')] : [])];
}

export function alphasOf(value: Json | undefined): readonly Recorded[] {
  if (value === undefined || value === null) return [];
  return [recordedOf(value, 'alpha')];
}

export function namesOf(value: Json, what: string): readonly string[] {
  return Array.isArray(value) ? listOf(value, what).map(String) : Object.keys(objectOf(value, what));
}
