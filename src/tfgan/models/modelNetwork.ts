import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import type { PlayerName } from '../../runtime/models/model.ts';
import { applyModel } from '../../runtime/networks.ts';
import type { Inputs, NetworkProperties, NetworkScope } from '../types.ts';

/** A network of a model. */
export interface ModelNetwork<Call> {
  readonly call: Call;
  readonly variables: () => readonly tf.Variable[];
  /** Variables that forward passes change. */
  readonly untrained: () => readonly tf.Variable[];
  readonly scope: NetworkScope;
}

export interface NetworkOptions {
  /** `generator` or `discriminator`, as diagnostics call it. */
  readonly role: string;
  /** Whether layers run in training mode. */
  readonly training: boolean;
  readonly scope: string | undefined;
}

type AnyNetwork = tf.LayersModel | (((data: never, condition: never) => unknown) & NetworkProperties);

type DiscriminatorCall = (data: tf.Tensor, condition: unknown) => unknown;

/** What a discriminator returns, as it returns it: a LayersModel of several outputs gives a list. */
export function bindDiscriminator(network: AnyNetwork, options: NetworkOptions): ModelNetwork<DiscriminatorCall> {
  const apply = (model: tf.LayersModel): DiscriminatorCall => (data, condition) => applyModel(model, data, flatInputs(condition), options);
  return bind(network, options, 'discriminator', apply);
}

/** A generator of one argument, the generator's inputs. */
export function bindGenerator(network: AnyNetwork, options: NetworkOptions): ModelNetwork<(inputs: Inputs) => tf.Tensor> {
  return bind(network, options, 'generator', (model) => (inputs) => generate(model, flatInputs(inputs), options));
}

/** A generator of images and domain labels. */
export function bindTranslator(network: AnyNetwork, options: NetworkOptions): ModelNetwork<(data: tf.Tensor, labels: tf.Tensor) => tf.Tensor> {
  return bind(network, options, 'generator', (model) => (data, labels) => generate(model, [data, labels], options));
}

function bind<Call>(network: AnyNetwork, { role, scope }: NetworkOptions, player: PlayerName, ofModel: (model: tf.LayersModel) => Call): ModelNetwork<Call> {
  const name = scope ?? { generator: 'Generator', discriminator: 'Discriminator' }[player];
  if (network instanceof tf.LayersModel) {
    // a layer variable's value is the tfjs variable itself, though its type says tensor
    const weights = () => network.weights.map((weight) => weight.read() as tf.Variable);
    return { call: ofModel(network), ...variablesOf(weights), scope: { name, regularizationLosses: () => [...layersOf(network)].flatMap((layer) => layer.calculateLosses()) } };
  }
  if (typeof network !== 'function') return fail('GL5001', `the ${role} must be a LayersModel or a function`);
  return {
    call: network as Call,
    ...variablesOf(() => network.variables ?? []),
    scope: { name, regularizationLosses: () => network.regularizationLosses?.() ?? [] },
  };
}

/** Every layer once: a Sequential that has not run yet knows none of its layers' losses, and one that runs twice counts them twice. */
function layersOf(model: tf.LayersModel): Set<tf.layers.Layer> {
  return new Set(model.layers.flatMap((layer) => (layer instanceof tf.LayersModel ? [...layersOf(layer)] : [layer])));
}

/** Layers may be frozen at any time. */
function variablesOf(all: () => readonly tf.Variable[]): Pick<ModelNetwork<unknown>, 'variables' | 'untrained'> {
  return { variables: () => all().filter(({ trainable }) => trainable), untrained: () => all().filter(({ trainable }) => !trainable) };
}

function generate(model: tf.LayersModel, inputs: readonly tf.Tensor[], options: NetworkOptions): tf.Tensor {
  const wanted = model.inputs.length;
  // to leave out noise or codes would train another model
  if (inputs.length > wanted) return fail('GL5001', `the ${options.role} has ${wanted} input${wanted === 1 ? '' : 's'}, but is given ${inputs.length} tensors`);
  const output = applyModel(model, inputs, undefined, options);
  return output instanceof tf.Tensor ? output : fail('GL5003', `the ${options.role} must have one output, but has ${output.length}`);
}

/** The tensors of a generator's inputs in their order. */
function flatInputs(inputs: unknown): readonly tf.Tensor[] {
  const list = inputs instanceof tf.Tensor ? [inputs] : inputs !== null && typeof inputs === 'object' ? (Object.values(inputs) as readonly unknown[]) : [];
  return list.filter((item): item is tf.Tensor => item instanceof tf.Tensor);
}
