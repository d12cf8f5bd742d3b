import * as tf from '@tensorflow/tfjs';
import { bindNetwork, type BoundNetwork, type Network } from '../networks.ts';
import { checkAlike, generatorInputsOf, listOf, tensorOf } from './batch.ts';
import { fail } from './fail.ts';
import type { Inputs, ModelAdapter, ModelKind, NetworkPair, Networks, PlayerName } from './model.ts';

type Heads = Readonly<Record<string, number | 'rest'>>;

/** Where a list of outputs keeps the heads that a model names. */
const HEADS: { readonly [M in ModelKind]: Heads } = {
  gan: {},
  acgan: { classes: 1 },
  infogan: { codes: 'rest' },
  cyclegan: {},
  stargan: { classes: 1 },
};

const same = (name: string): readonly [string, string] => [name, name];
/** Real data stay conditioned by the batch's own z. */
const pooledZ = ['z', 'pooled_z'] as const;

/** How each kind of model binds networks and batches. */
export const MODEL_ADAPTERS: { readonly [M in ModelKind]: ModelAdapter } = {
  gan: single('gan', {
    inputs(batch, sampler) {
      const real = tensorOf(batch, 'real');
      return { real, z: generatorInputsOf(batch, real.shape[0], sampler) };
    },
  }),
  acgan: single('acgan', {
    inputs(batch, sampler) {
      const real = tensorOf(batch, 'real');
      return { real, z: generatorInputsOf(batch, real.shape[0], sampler), labels: tensorOf(batch, 'labels') };
    },
  }),
  infogan: single('infogan', {
    inputs(batch, sampler) {
      const real = tensorOf(batch, 'real');
      const codes = listOf(batch, 'codes');
      const noise = generatorInputsOf(batch, real.shape[0], sampler);
      // TF-GAN: the generator gets the unstructured inputs and then the structured ones, as one list
      return { real, codes, z: [...(noise instanceof tf.Tensor ? [noise] : noise), ...codes] };
    },
    pooled: [[pooledZ, same('codes'), same('fake')]],
  }),
  stargan: single('stargan', {
    inputs(batch, sampler) {
      const x = tensorOf(batch, 'x');
      const label = tensorOf(batch, 'label');
      if (label.rank !== 2) return fail('GL5001', `'label' must be one-hot, [samples, domains], but its shape is [${label.shape}]`);
      const [, domains] = label.shape as [number, number];
      const target = batch.target === undefined ? sampler.oneHot(x.shape[0], domains) : tensorOf(batch, 'target');
      return { x, label: tf.cast(label, 'float32'), target: tf.cast(target, 'float32'), domains };
    },
    condition: 'target',
    data: 'x',
    pooled: [[same('fake')]],
    regularised: false,
  }),
  cyclegan: {
    bind(networks, { training, variables }) {
      const { x2y, y2x } = pairs(networks);
      const bound = (network: Network, role: string) => {
        const [player, , direction] = role.split(' ');
        return bindNetwork(network, { role, training, heads: HEADS.cyclegan, variables: variables?.[`${direction}.${player}`] });
      };
      return {
        G: bound(x2y.generator, 'generator of x2y'),
        F: bound(y2x.generator, 'generator of y2x'),
        Dy: bound(x2y.discriminator, 'discriminator of x2y'),
        Dx: bound(y2x.discriminator, 'discriminator of y2x'),
      };
    },
    owned(networks, player) {
      const { x2y, y2x } = pairs(networks);
      return [
        { name: `x2y.${player}`, network: x2y[player] },
        { name: `y2x.${player}`, network: y2x[player] },
      ];
    },
    inputs: (batch) => ({ x: tensorOf(batch, 'x'), y: tensorOf(batch, 'y') }),
    fakes(bound, inputs) {
      const { x, y } = inputs as { readonly x: tf.Tensor; readonly y: tf.Tensor };
      return { fake_y: bound.G(x), fake_x: bound.F(y) };
    },
    pooled: [
      [['x', 'pooled_x'], same('fake_y')],
      [['y', 'pooled_y'], same('fake_x')],
    ],
    regularised: true,
  },
};

interface SingleModel {
  readonly inputs: ModelAdapter['inputs'];
  /** The graph input that the generator makes fakes from, and what conditions it. */
  readonly data?: string;
  readonly condition?: string;
  readonly pooled?: ModelAdapter['pooled'];
  readonly regularised?: boolean;
}

/** A model with one generator and one discriminator. */
function single(kind: ModelKind, { inputs, data = 'z', condition, pooled = [[pooledZ, same('fake')]], regularised = true }: SingleModel): ModelAdapter {
  return {
    bind(networks, { training, codes, variables }) {
      const { generator, discriminator } = pair(networks);
      return {
        G: bindNetwork(generator, { role: 'generator', training, heads: {}, variables: variables?.generator }),
        D: bindNetwork(discriminator, { role: 'discriminator', training, heads: HEADS[kind], codes, variables: variables?.discriminator }),
      };
    },
    owned: (networks, player: PlayerName) => [{ name: player, network: pair(networks)[player] }],
    inputs,
    fakes(bound: Readonly<Record<string, BoundNetwork>>, given: Inputs) {
      const from = given[data];
      const fake = Array.isArray(from) ? callWithList(bound.G, from) : bound.G(from as tf.Tensor, condition === undefined ? undefined : given[condition]);
      const real = (given.real ?? given.x) as tf.Tensor;
      checkAlike({ name: 'real data', value: real }, { name: 'generated data', value: fake });
      return { fake };
    },
    pooled,
    regularised,
  };
}

/** A generator that starts from several tensors: a model takes them as its inputs, a function as one list. */
function callWithList(generator: BoundNetwork, list: readonly tf.Tensor[]): tf.Tensor {
  return generator(list as never);
}

function pair(networks: Networks): NetworkPair {
  if ('x2y' in networks) return fail('GL5001', 'this model has one generator and one discriminator, not a pair for each direction', '{ generator, discriminator }');
  for (const player of ['generator', 'discriminator'] as const) if (networks[player] === undefined) return fail('GL5001', `the ${player} is missing`);
  return networks;
}

function pairs(networks: Networks): { readonly x2y: NetworkPair; readonly y2x: NetworkPair } {
  const shape = '{ x2y: { generator, discriminator }, y2x: { generator, discriminator } }';
  if (!('x2y' in networks)) return fail('GL5001', 'a cyclegan has a generator and a discriminator for each direction', shape);
  for (const direction of ['x2y', 'y2x'] as const) {
    for (const player of ['generator', 'discriminator'] as const) {
      if (networks[direction]?.[player] === undefined) return fail('GL5001', `the ${player} of ${direction} is missing`, shape);
    }
  }
  return networks;
}
