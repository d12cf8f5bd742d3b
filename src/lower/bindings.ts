import type { Model, ModelName, NetworkName } from '../dsl/typed.ts';
import { opaqueType, tensorType, type Type } from '../ir/types.ts';

export type Direction = 'x2y' | 'y2x';

/** What a name of a term's body stands for: an input of the graph, or a call of a network. */
export type Binding =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'call'; readonly network: NetworkName; readonly data: ModelName; readonly condition: ModelName | null };

/** How a model, in one direction of it, gives meaning to the names of §2.3. */
export interface ModelBinding {
  readonly names: { readonly [N in ModelName]?: Binding };
  /** The network that `D` is here. */
  readonly discriminator: NetworkName;
  /** The generator that makes `fake`, and what it makes it from. */
  readonly generator: { readonly network: NetworkName; readonly from: ModelName; readonly condition: ModelName | null };
  /** The graph inputs that condition each discriminator: TF-GAN calls it with the generator's inputs. */
  readonly conditions: { readonly [N in NetworkName]?: string };
  /** The graph input that is each discriminator's real data. */
  readonly reals: { readonly [N in NetworkName]?: string };
  /** What conditions a discriminator on its real data, where that is something else. */
  readonly onReal?: ModelBinding['conditions'];
}

/**
 * The binding for a discriminator that sees pooled fakes: what conditions it is what those fakes were made from. On real data it
 * stays what came with the batch, as in TF-GAN, whose pool leaves the outputs on real data alone.
 */
export function withPool(binding: ModelBinding): ModelBinding {
  const { z } = binding.names;
  // a stargan's discriminator is conditioned by the number of domains
  if (z?.kind !== 'input') return binding;
  const conditions = Object.fromEntries(Object.entries(binding.conditions).map(([network, name]) => [network, pooledName(name)]));
  return { ...binding, names: { ...binding.names, z: input(pooledName(z.name)) }, conditions, onReal: binding.conditions };
}

/** The graph input that holds a pool's answer in the place of a generator's input. */
function pooledName(name: string): string {
  return `pooled_${name}`;
}

const image = tensorType(['n'], { open: true });

/** The type of each graph input; the batch is `n` throughout. */
export const INPUT_TYPES: Readonly<Record<string, Type>> = {
  real: image,
  fake: image,
  z: opaqueType('any'),
  labels: tensorType(['n', 'classes']),
  codes: opaqueType('list'),
  x: image,
  y: image,
  fake_x: image,
  fake_y: image,
  label: tensorType(['n', 'domains']),
  target: tensorType(['n', 'domains']),
  domains: opaqueType('any'),
  pooled_z: opaqueType('any'),
  pooled_x: image,
  pooled_y: image,
};

const input = (name: string): Binding => ({ kind: 'input', name });

const GAN: ModelBinding = {
  names: { real: input('real'), fake: input('fake'), z: input('z') },
  discriminator: 'D',
  generator: { network: 'G', from: 'z', condition: null },
  conditions: { D: 'z' },
  reals: { D: 'real' },
};

const CYCLE_CONDITIONS = { Dx: 'y', Dy: 'x' } as const;
const CYCLE_REALS = { Dx: 'x', Dy: 'y' } as const;
const CYCLE_NAMES = { x: input('x'), y: input('y') } as const;

/** `directions` is [null] but for a cyclegan, whose two directions are a gan each (TF-GAN's cyclegan_loss). */
export const MODEL_BINDINGS: {
  readonly [M in Model]: readonly { readonly direction: Direction | null; readonly binding: ModelBinding }[];
} = {
  gan: [{ direction: null, binding: GAN }],
  acgan: [{ direction: null, binding: { ...GAN, names: { ...GAN.names, labels: input('labels') } } }],
  infogan: [{ direction: null, binding: { ...GAN, names: { ...GAN.names, codes: input('codes') } } }],
  cyclegan: [
    {
      direction: 'x2y',
      binding: {
        names: { ...CYCLE_NAMES, real: input('y'), fake: input('fake_y'), z: input('x') },
        discriminator: 'Dy',
        generator: { network: 'G', from: 'x', condition: null },
        conditions: CYCLE_CONDITIONS,
        reals: CYCLE_REALS,
      },
    },
    {
      direction: 'y2x',
      binding: {
        names: { ...CYCLE_NAMES, real: input('x'), fake: input('fake_x'), z: input('y') },
        discriminator: 'Dx',
        generator: { network: 'F', from: 'y', condition: null },
        conditions: CYCLE_CONDITIONS,
        reals: CYCLE_REALS,
      },
    },
  ],
  stargan: [
    {
      direction: null,
      binding: {
        names: {
          real: input('x'),
          x: input('x'),
          fake: input('fake'),
          label: input('label'),
          target: input('target'),
          reconstructed: { kind: 'call', network: 'G', data: 'fake', condition: 'label' },
        },
        discriminator: 'D',
        generator: { network: 'G', from: 'x', condition: 'target' },
        conditions: { D: 'domains' },
        reals: { D: 'x' },
      },
    },
  ],
};
