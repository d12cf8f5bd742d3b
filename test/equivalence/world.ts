import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import type { Model } from '../../src/dsl/typed.ts';
import type { NetworkFunction } from '../../src/ir/evaluate.ts';
import { arrayValue, listValue, scalarValue, sizeOf, type ArrayValue, type Value } from '../../src/ir/values.ts';
import type { Batch, Networks } from '../../src/index.ts';
import { normals } from '../../src/runtime/random.ts';
import { createVariables, initialWeights, listVariables, referenceNetwork, tensorNetwork, type Activation, type HeadSpec, type NetworkSpec, type Weights } from './network.ts';

/** Samples of every batch. Codes and classes are as many, so that a vector of one fits the other. */
export const BATCH = 3;
/** Numbers of a sample, of real data as of z. */
export const WIDTH = 2;
export const CLASSES = 3;

/** Networks and a batch for one model, both for tfjs and for the reference evaluation. */
export interface World {
  readonly networks: Networks;
  readonly batch: Batch;
  readonly variables: { readonly [P in Player]: readonly tf.Variable[] };
  /** The weights of all networks by the graph's names. */
  readonly weights: ReadonlyMap<string, Weights>;
  /** The names of a player's networks, in the order of its variables. */
  readonly owned: { readonly [P in Player]: readonly string[] };
  readonly reference: (weights: ReadonlyMap<string, Weights>) => ReadonlyMap<string, NetworkFunction>;
  /** The graph's inputs, fakes and declared ones included. */
  readonly inputs: (networks: ReadonlyMap<string, NetworkFunction>) => ReadonlyMap<string, Value>;
}

export interface WorldOptions {
  readonly activation?: Activation;
  readonly seed?: number;
  /** The shape of a real sample, of WIDTH numbers. */
  readonly sample?: readonly number[];
  /** Whether an acgan's discriminator has one class more than there are labels. */
  readonly sampleClass?: boolean;
}

const generator = (name: string, inputs: number, condition: number, sample: readonly number[]): Omit<NetworkSpec, 'activation'> => ({ name, inputs, condition, heads: [{ name: 'output', shape: sample }], returns: 'single' });
const discriminator = (name: string, condition: number, rest: readonly HeadSpec[], returns: NetworkSpec['returns']): Omit<NetworkSpec, 'activation'> => ({
  name,
  inputs: WIDTH,
  condition,
  heads: [{ name: 'logits', shape: [1] }, ...rest],
  returns,
});

/** The widths of the codes: one of classes and two of real numbers. */
const CODES: readonly HeadSpec[] = [
  { name: 'kind', shape: [CLASSES], distribution: 'categorical' },
  { name: 'tilt', shape: [2], distribution: 'normal' },
  { name: 'size', shape: [1], distribution: 'normal' },
];
const CODE_NUMBERS = 1 + 2 + 1;

const classes: HeadSpec = { name: 'classes', shape: [CLASSES] };
const oneMore: HeadSpec = { name: 'classes', shape: [CLASSES + 1] };

const SPECS: { readonly [M in Model]: (sample: readonly number[], sampleClass: boolean) => readonly Omit<NetworkSpec, 'activation'>[] } = {
  gan: (sample) => [generator('G', WIDTH, 0, sample), discriminator('D', WIDTH, [{ name: 'features', shape: sample }, { name: 'embedding', shape: [3] }], 'record')],
  acgan: (sample, sampleClass) => [generator('G', WIDTH, 0, sample), discriminator('D', WIDTH, [sampleClass ? oneMore : classes, { name: 'embedding', shape: [3] }, { name: 'proxy', shape: [3] }], 'record')],
  infogan: (sample) => [generator('G', WIDTH + CODE_NUMBERS, 0, sample), discriminator('D', WIDTH + CODE_NUMBERS, CODES, 'list')],
  cyclegan: (sample) => [generator('G', WIDTH, 0, sample), generator('F', WIDTH, 0, sample), discriminator('Dy', WIDTH, [], 'single'), discriminator('Dx', WIDTH, [], 'single')],
  stargan: (sample) => [generator('G', WIDTH, CLASSES, sample), discriminator('D', 1, [classes], 'list')],
};

const OWNED: { readonly [M in Model]: World['owned'] } = {
  gan: { generator: ['G'], discriminator: ['D'] },
  acgan: { generator: ['G'], discriminator: ['D'] },
  infogan: { generator: ['G'], discriminator: ['D'] },
  cyclegan: { generator: ['G', 'F'], discriminator: ['Dy', 'Dx'] },
  stargan: { generator: ['G'], discriminator: ['D'] },
};

/** Declared inputs that specifications may use, by what they fit. */
export const DECLARED = { w_logits: [BATCH, 1], w_vector: [BATCH], w_scalar: [] as number[] } as const;

export function createWorld(model: Model, { activation = 'tanh', seed = 1, sample = [WIDTH], sampleClass = false }: WorldOptions = {}): World {
  const specs = SPECS[model](sample, sampleClass).map((spec): NetworkSpec => ({ ...spec, activation }));
  const weights = new Map(specs.map((spec) => [spec.name, initialWeights(spec, seed)]));
  const variables = new Map([...weights].map(([name, initial]) => [name, createVariables(initial)]));
  const net = (name: string) => Object.assign(tensorNetwork(specs.find((spec) => spec.name === name)!, variables.get(name)!), { variables: listVariables(variables.get(name)!) });
  const values = batchValues(model, seed, sample);
  const reference = (all: ReadonlyMap<string, Weights>) => new Map(specs.map((spec) => [spec.name, referenceNetwork(spec, all.get(spec.name)!)]));
  const variablesOf = (player: Player) => OWNED[model][player].flatMap((name) => listVariables(variables.get(name)!));
  return {
    networks: model === 'cyclegan' ? { x2y: { generator: net('G'), discriminator: net('Dy') }, y2x: { generator: net('F'), discriminator: net('Dx') } } : { generator: net('G'), discriminator: net('D') },
    batch: Object.fromEntries([...values].map(([name, value]) => [name === 'z' ? 'generatorInputs' : name, toTensors(value)])),
    variables: { generator: variablesOf('generator'), discriminator: variablesOf('discriminator') },
    weights,
    owned: OWNED[model],
    reference,
    inputs: (networks) => INPUTS[model](values, networks),
  };
}

function toTensors(value: Value): tf.Tensor | readonly tf.Tensor[] {
  if (value.kind === 'list') return value.items.map((item) => toTensors(item) as tf.Tensor);
  if (value.kind !== 'array') throw new Error(`a batch holds no ${value.kind}`);
  return tf.tensor(Float32Array.from(value.data), [...value.shape]).cast(value.dtype === 'i32' ? 'int32' : 'float32');
}

/** What the user feeds, under the names of the graph's inputs. */
function batchValues(model: Model, seed: number, sample: readonly number[]): ReadonlyMap<string, Value> {
  const draw = (name: string, shape: readonly number[]): ArrayValue => arrayValue(shape, normals(seed, `batch/${name}`, sizeOf(shape)));
  const oneHot = (shift: number) => arrayValue([BATCH, CLASSES], Array.from({ length: BATCH * CLASSES }, (_, i) => Number(i % CLASSES === (Math.floor(i / CLASSES) + shift) % CLASSES)));
  const data = [BATCH, ...sample];
  const own: { readonly [M in Model]: readonly (readonly [string, Value])[] } = {
    gan: [['real', draw('real', data)], ['z', draw('z', [BATCH, WIDTH])]],
    acgan: [['real', draw('real', data)], ['z', draw('z', [BATCH, WIDTH])], ['labels', oneHot(1)]],
    infogan: [['real', draw('real', data)], ['z', draw('z', [BATCH, WIDTH])], ['codes', listValue([arrayValue([BATCH], [2, 0, 1], 'i32'), draw('tilt', [BATCH, 2]), draw('size', [BATCH, 1])])]],
    cyclegan: [['x', draw('x', data)], ['y', draw('y', data)]],
    stargan: [['x', draw('x', data)], ['label', oneHot(0)], ['target', oneHot(2)]],
  };
  const declared = Object.entries(DECLARED).map(([name, shape]): [string, Value] => [name, { ...draw(name, shape), data: draw(name, shape).data.map((x) => Math.fround(Math.abs(x))) }]);
  return new Map([...own[model], ...declared]);
}

type Inputs = (values: ReadonlyMap<string, Value>, networks: ReadonlyMap<string, NetworkFunction>) => ReadonlyMap<string, Value>;

const first = (value: Value): Value => (value.kind === 'outputs' ? value.first : value);
const call = (networks: ReadonlyMap<string, NetworkFunction>, name: string, data: Value, condition: Value | null = null): Value => first(networks.get(name)!(data, condition));
const fromNoise: Inputs = (values, networks) => new Map([...values, ['fake', call(networks, 'G', values.get('z')!)], ['pooled_z', values.get('z')!]]);

/** How each model makes a graph's inputs from a batch. */
const INPUTS: { readonly [M in Model]: Inputs } = {
  gan: fromNoise,
  acgan: fromNoise,
  infogan(values, networks) {
    const codes = values.get('codes')!;
    return fromNoise(new Map([...values, ['z', listValue([values.get('z')!, ...(codes.kind === 'list' ? codes.items : [])])]]), networks);
  },
  cyclegan(values, networks) {
    const [x, y] = [values.get('x')!, values.get('y')!];
    return new Map([...values, ['fake_y', call(networks, 'G', x)], ['fake_x', call(networks, 'F', y)], ['pooled_x', x], ['pooled_y', y]]);
  },
  stargan: (values, networks) => new Map([...values, ['fake', call(networks, 'G', values.get('x')!, values.get('target')!)], ['domains', scalarValue(CLASSES)]]),
};
