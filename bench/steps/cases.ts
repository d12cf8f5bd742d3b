/** The tensors of every case, and their numbers, which a 32-bit LCG makes bit for bit in every language. */

/** A tensor's shape and the range that its numbers are spread over. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
}

export interface CaseSpec {
  /** By network; empty where there is a loss alone. */
  readonly networks: Readonly<Record<string, readonly TensorSpec[]>>;
  readonly data: readonly TensorSpec[];
}

export type CaseName = 'minimax' | 'hinge' | 'cyclel1' | 'mlp64' | 'mlp256' | 'dcgan' | 'cyclegan';
/** Training steps of the discriminators and the generators, or a loss with its gradients by its inputs. */
export type Phase = 'D' | 'G' | 'loss';

export interface Row {
  readonly case: CaseName;
  readonly phase: Phase;
}

/** A tensor's numbers. */
export interface TensorValue {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Values = Readonly<Record<string, TensorValue>>;

const within = (name: string, shape: readonly number[], bound: number): TensorSpec => ({ name, shape, low: -bound, high: bound });
const bias = (layer: number, units: number): TensorSpec => within(`b${layer}`, [units], 0.05);
const glorot = (fanIn: number, fanOut: number): number => Math.sqrt(6 / (fanIn + fanOut));

const dense = (layer: number, from: number, to: number): readonly TensorSpec[] => [within(`w${layer}`, [from, to], glorot(from, to)), bias(layer, to)];
const kernel = (layer: number, size: number, from: number, to: number): TensorSpec =>
  within(`w${layer}`, [size, size, from, to], glorot(size * size * from, size * size * to));
const conv = (layer: number, size: number, from: number, to: number): readonly TensorSpec[] => [kernel(layer, size, from, to), bias(layer, to)];
/** A transposed convolution's kernel is that of the convolution that it transposes. */
const convTranspose = (layer: number, size: number, from: number, to: number): readonly TensorSpec[] => [kernel(layer, size, to, from), bias(layer, to)];

const mlp = (width: number): CaseSpec => ({
  networks: {
    D: [...dense(1, 2, width), ...dense(2, width, width), ...dense(3, width, 1)],
    G: [...dense(1, 16, width), ...dense(2, width, width), ...dense(3, width, 2)],
  },
  data: [within('real', [64, 2], 1), within('z', [64, 16], 1.7), { name: 'alpha', shape: [64, 1], low: 0, high: 1 }],
});

const translator: readonly TensorSpec[] = [
  kernel(1, 7, 3, 16), kernel(2, 3, 16, 32), kernel(3, 3, 32, 64),
  kernel(4, 3, 64, 64), kernel(5, 3, 64, 64), kernel(6, 3, 64, 64), kernel(7, 3, 64, 64),
  kernel(8, 3, 32, 64), kernel(9, 3, 16, 32), ...conv(10, 7, 16, 3),
];
const critic: readonly TensorSpec[] = [...conv(1, 4, 3, 32), kernel(2, 4, 32, 64), ...conv(3, 4, 64, 1)];

export const CASES: { readonly [C in CaseName]: CaseSpec } = {
  minimax: { networks: {}, data: [within('real', [64, 1], 2), within('fake', [64, 1], 2)] },
  hinge: { networks: {}, data: [within('real', [16, 30, 30, 1], 2), within('fake', [16, 30, 30, 1], 2)] },
  cyclel1: { networks: {}, data: ['a', 'ra', 'b', 'rb'].map((name) => within(name, [4, 128, 128, 3], 1)) },
  mlp64: mlp(64),
  mlp256: mlp(256),
  dcgan: {
    networks: {
      D: [...conv(1, 5, 1, 32), ...conv(2, 5, 32, 64), ...dense(3, 3136, 1)],
      G: [...dense(1, 64, 3136), ...convTranspose(2, 5, 64, 32), ...convTranspose(3, 5, 32, 1)],
    },
    data: [within('real', [32, 28, 28, 1], 1), within('z', [32, 64], 1.7), { name: 'alpha', shape: [32, 1, 1, 1], low: 0, high: 1 }],
  },
  cyclegan: {
    networks: { GA: translator, GB: translator, DA: critic, DB: critic },
    data: [within('a', [1, 64, 64, 3], 1), within('b', [1, 64, 64, 3], 1)],
  },
};

export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];

export function phasesOf(name: CaseName): readonly Phase[] {
  return Object.keys(CASES[name].networks).length === 0 ? ['loss'] : ['D', 'G'];
}

/** @returns the rows of cases, in the order of the table */
export function rowsOf(names: readonly CaseName[]): readonly Row[] {
  return CASE_NAMES.filter((name) => names.includes(name)).flatMap((name) => phasesOf(name).map((phase) => ({ case: name, phase })));
}

/** The data of a case. */
export function dataOf(name: CaseName): Values {
  return valuesOf(name, CASES[name].data);
}

/** The weights of a case, by network. */
export function weightsOf(name: CaseName): Readonly<Record<string, Values>> {
  return Object.fromEntries(Object.entries(CASES[name].networks).map(([network, specs]) => [network, valuesOf(`${name}.${network}`, specs)]));
}

function valuesOf(prefix: string, specs: readonly TensorSpec[]): Values {
  return Object.fromEntries(specs.map((spec) => [spec.name, { shape: spec.shape, data: fill(`${prefix}.${spec.name}`, spec) }]));
}

/** FNV-1a of the tensor's full name seeds the LCG; the upper 24 bits of its states are numbers of [0, 1). */
export function fill(fullName: string, { shape, low, high }: Omit<TensorSpec, 'name'>): Float32Array {
  let state = 2166136261;
  for (const character of fullName) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < values.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[index] = low + (high - low) * ((state >>> 8) / 16777216);
  }
  return values;
}
