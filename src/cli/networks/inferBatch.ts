import * as tf from '@tensorflow/tfjs';
import type { Batch, ModelKind, NetworkPair, Networks } from '../../runtime/models/model.ts';
import type { Network } from '../../runtime/networks.ts';
import { createRandom, type RandomSource } from '../../runtime/random.ts';
import { problem } from '../train/problem.ts';

/** What makes a batch of networks that say themselves what they take. */
interface BatchRequest {
  readonly networks: Networks;
  readonly size: number;
  /** Decides the numbers. */
  readonly seed: number;
  /** The file that the networks come from, for messages. */
  readonly file: string;
}

const HINT = 'Let the file export batch(size, tf), which returns a batch as the trainer takes it: { real, generatorInputs }, and every declared input.';

/**
 * A batch of random numbers with the shapes that the models take.
 *
 * @throws SpecError GL7009 for networks that are functions, and for models that leave sizes open
 */
export function inferBatch(model: ModelKind, { networks, size, seed, file }: BatchRequest): Batch {
  const random = createRandom(seed, 'batch');
  const given: Given = {
    size,
    random,
    inputs: (network, role) => layersModel(network, role, file).inputs.map(({ shape, dtype, name }) => ({ shape: sized(shape, size, `the input '${name}' of the ${role}`, file), integers: dtype === 'int32' })),
    heads: (network, role) => layersModel(network, role, file).outputs.map(({ shape, name }) => sized(shape, size, `the output '${name}' of the ${role}`, file)),
  };
  return BATCHES[model](networks, given);
}

interface InputType {
  readonly shape: readonly number[];
  readonly integers: boolean;
}

interface Given {
  readonly size: number;
  readonly random: RandomSource;
  readonly inputs: (network: Network, role: string) => readonly InputType[];
  readonly heads: (network: Network, role: string) => readonly (readonly number[])[];
}

const BATCHES: { readonly [M in ModelKind]: (networks: Networks, given: Given) => Batch } = {
  gan: (networks, given) => unconditional(networks as NetworkPair, given),
  acgan(networks, given) {
    const pair = networks as NetworkPair;
    const { random, size } = given;
    const labels = oneHot(random, 'labels', size, width(given.heads(pair.discriminator, 'discriminator')[1]));
    const { real, generatorInputs } = unconditional(pair, given);
    const [z, ...further] = [generatorInputs ?? []].flat() as tf.Tensor[];
    // what a generator takes beside its noise is the class
    const told = further.length > 0 && further[0].shape.join() === labels.shape.join();
    return { real, labels, generatorInputs: told ? [z, labels] : generatorInputs };
  },
  infogan(networks, given) {
    const pair = networks as NetworkPair;
    const [z, ...codes] = given.inputs(pair.generator, 'generator');
    const heads = given.heads(pair.discriminator, 'discriminator').slice(1);
    return {
      real: values(given.random, 'real', given.inputs(pair.discriminator, 'discriminator')[0]),
      generatorInputs: values(given.random, 'z', z),
      codes: codes.map((code, index) => values(given.random, `code/${index}`, code, width(heads[index]))),
    };
  },
  cyclegan(networks, given) {
    const { x2y, y2x } = networks as { readonly x2y: NetworkPair; readonly y2x: NetworkPair };
    return {
      x: values(given.random, 'x', given.inputs(x2y.generator, 'generator of x2y')[0]),
      y: values(given.random, 'y', given.inputs(y2x.generator, 'generator of y2x')[0]),
    };
  },
  stargan(networks, given) {
    const pair = networks as NetworkPair;
    const domains = width(given.heads(pair.discriminator, 'discriminator')[1]);
    const label = (name: string): tf.Tensor => oneHot(given.random, name, given.size, domains);
    return { x: values(given.random, 'x', given.inputs(pair.discriminator, 'discriminator')[0]), label: label('label'), target: label('target') };
  },
};

function unconditional({ generator, discriminator }: NetworkPair, given: Given): Batch {
  const inputs = given.inputs(generator, 'generator').map((input, index) => values(given.random, `z/${index}`, input));
  return { real: values(given.random, 'real', given.inputs(discriminator, 'discriminator')[0]), generatorInputs: inputs.length === 1 ? inputs[0] : inputs };
}

/** Normals; whole numbers below `classes` where a model takes whole numbers. */
function values(random: RandomSource, name: string, { shape, integers }: InputType, classes = 1): tf.Tensor {
  if (!integers) return random.normal(name, shape);
  const numbers = random.numbers(name, shape.reduce((product, size) => product * size, 1));
  return tf.tensor([...numbers].map((number) => Math.floor(number * classes)), [...shape], 'int32');
}

function oneHot(random: RandomSource, name: string, size: number, classes: number): tf.Tensor {
  const numbers = random.numbers(name, size);
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d([...numbers].map((number) => Math.floor(number * classes)), 'int32'), classes), 'float32'));
}

function width(shape: readonly number[] | undefined): number {
  return shape?.[shape.length - 1] ?? 1;
}

function layersModel(network: Network, role: string, file: string): tf.LayersModel {
  if (network instanceof tf.LayersModel) return network;
  return problem('GL7009', `the ${role} of '${file}' is a function, which does not say what it takes`, HINT);
}

function sized(shape: readonly (number | null)[], size: number, what: string, file: string): readonly number[] {
  const [, ...rest] = shape;
  if (rest.some((length) => length === null)) return problem('GL7009', `${what} of '${file}' has the shape [${rest.map((length) => length ?? '?').join(', ')}]`, HINT);
  return [size, ...(rest as number[])];
}
