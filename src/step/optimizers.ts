import type { ValueId } from '../ir/graph.ts';
import type { Arithmetic } from './arithmetic.ts';

/** Numbers that an optimiser is made with: `learningRate`, `beta1`, `epsilon` …; each may change between steps. */
export type OptimizerSettings = Readonly<Record<string, number>>;

/** A tensor that an optimiser keeps for each variable. */
export interface OptimizerSlot {
  /** The optimiser's field, under which checkpoints know it. */
  readonly field: string;
  /** What tfjs appends to the variable's name to name the slot. */
  readonly suffix: string;
  /** What it is filled with before the first update. */
  readonly start: (settings: OptimizerSettings) => number;
}

/** What an update reads. All are values of one graph. */
export interface UpdateSite {
  readonly gradient: ValueId;
  readonly variable: ValueId;
  readonly slot: (field: string) => ValueId;
  /** A number that the optimiser keeps for all variables together, as it was before this step. */
  readonly scalar: (field: string) => ValueId;
  /** One of `numbers`, as a scalar. */
  readonly number: (name: string) => ValueId;
}

export interface OptimizerUpdate {
  readonly variable: ValueId;
  /** The slots' next values by field. */
  readonly slots: Readonly<Record<string, ValueId>>;
}

/** How a class of tfjs optimisers updates a variable. */
export interface OptimizerRule {
  readonly slots: readonly OptimizerSlot[];
  /** Fields of numbers that updates change. */
  readonly scalars: readonly string[];
  /** Scalars that the host computes in double precision before each update, as tfjs does, by their name in the formulas. */
  readonly numbers: Readonly<Record<string, (settings: OptimizerSettings) => number>>;
  readonly update: (m: Arithmetic, site: UpdateSite) => OptimizerUpdate;
  /** The scalars' next values. */
  readonly advance: (m: Arithmetic, site: Pick<UpdateSite, 'scalar' | 'number'>) => Readonly<Record<string, ValueId>>;
}

export type OptimizerKind = 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'adamax' | 'adagrad' | 'adadelta' | 'rmsprop' | 'centeredRmsprop';

const zero = (): number => 0;
const given = (name: string) => (settings: OptimizerSettings): number => settings[name];
const negated = (name: string) => (settings: OptimizerSettings): number => -settings[name];
const oneMinus = (name: string) => (settings: OptimizerSettings): number => 1 - settings[name];

/** An exponential average: old·decay + next·(1 − decay). */
function average(m: Arithmetic, old: ValueId, next: ValueId, decay: ValueId, rest: ValueId): ValueId {
  return m.add(m.multiply(old, decay), m.multiply(next, rest));
}

const ADAM_NUMBERS = {
  minusLearningRate: negated('learningRate'),
  beta1: given('beta1'),
  oneMinusBeta1: oneMinus('beta1'),
  beta2: given('beta2'),
  epsilon: given('epsilon'),
};

/** The slots that both kinds of RMSProp keep. */
const RMSPROP_SLOTS = [
  { field: 'accumulatedMeanSquares', suffix: 'rms', start: zero },
  { field: 'accumulatedMoments', suffix: 'momentum', start: zero },
];
const RMSPROP_NUMBERS = {
  learningRate: given('learningRate'),
  decay: given('decay'),
  oneMinusDecay: oneMinus('decay'),
  momentum: given('momentum'),
  epsilon: given('epsilon'),
};

/**
 * tfjs 4.22's formulas (tfjs-core/src/optimizers) in its order of operations, so that a step rounds as tfjs's does. What tfjs
 * computes on tensors is an equation; what it computes on JavaScript's numbers is one of `numbers`.
 */
export const OPTIMIZERS: { readonly [K in OptimizerKind]: OptimizerRule } = {
  sgd: {
    slots: [],
    scalars: [],
    numbers: { minusLearningRate: negated('learningRate') },
    update: (m, { gradient, variable, number }) => ({ variable: m.add(m.multiply(number('minusLearningRate'), gradient), variable), slots: {} }),
    advance: () => ({}),
  },
  momentum: momentumRule((_, { accumulation }) => accumulation),
  nesterov: momentumRule((m, { accumulation, gradient, momentum }) => m.add(gradient, m.multiply(accumulation, momentum))),
  adam: {
    slots: [
      { field: 'accumulatedFirstMoment', suffix: 'm', start: zero },
      { field: 'accumulatedSecondMoment', suffix: 'v', start: zero },
    ],
    scalars: ['accBeta1', 'accBeta2'],
    numbers: { ...ADAM_NUMBERS, oneMinusBeta2: oneMinus('beta2') },
    update(m, { gradient, variable, slot, scalar, number }) {
      const first = average(m, slot('accumulatedFirstMoment'), gradient, number('beta1'), number('oneMinusBeta1'));
      const second = average(m, slot('accumulatedSecondMoment'), m.square(gradient), number('beta2'), number('oneMinusBeta2'));
      const correctedFirst = m.divide(first, m.subtract(m.constant(1), scalar('accBeta1')));
      const correctedSecond = m.divide(second, m.subtract(m.constant(1), scalar('accBeta2')));
      const change = m.multiply(m.divide(correctedFirst, m.add(m.sqrt(correctedSecond), number('epsilon'))), number('minusLearningRate'));
      return { variable: m.add(change, variable), slots: { accumulatedFirstMoment: first, accumulatedSecondMoment: second } };
    },
    advance: (m, { scalar, number }) => ({
      accBeta1: m.multiply(scalar('accBeta1'), number('beta1')),
      accBeta2: m.multiply(scalar('accBeta2'), number('beta2')),
    }),
  },
  adamax: {
    slots: [
      { field: 'accumulatedFirstMoment', suffix: 'm', start: zero },
      { field: 'accumulatedWeightedInfNorm', suffix: 'v', start: zero },
    ],
    scalars: ['accBeta1', 'iteration'],
    numbers: { ...ADAM_NUMBERS, decay: given('decay') },
    update(m, { gradient, variable, slot, scalar, number }) {
      const rate = m.divide(number('minusLearningRate'), m.add(m.multiply(scalar('iteration'), number('decay')), m.constant(1)));
      const first = average(m, slot('accumulatedFirstMoment'), gradient, number('beta1'), number('oneMinusBeta1'));
      const norm = m.maximum(m.multiply(slot('accumulatedWeightedInfNorm'), number('beta2')), m.abs(gradient));
      const scale = m.divide(rate, m.subtract(m.constant(1), scalar('accBeta1')));
      const change = m.multiply(scale, m.divide(first, m.add(norm, number('epsilon'))));
      return { variable: m.add(change, variable), slots: { accumulatedFirstMoment: first, accumulatedWeightedInfNorm: norm } };
    },
    advance: (m, { scalar, number }) => ({
      accBeta1: m.multiply(scalar('accBeta1'), number('beta1')),
      iteration: m.add(scalar('iteration'), m.constant(1)),
    }),
  },
  adagrad: {
    slots: [{ field: 'accumulatedGrads', suffix: 'accumulator', start: given('initialAccumulatorValue') }],
    scalars: [],
    numbers: { minusLearningRate: negated('learningRate'), epsilon: given('epsilon') },
    update(m, { gradient, variable, slot, number }) {
      const accumulated = m.add(slot('accumulatedGrads'), m.square(gradient));
      const change = m.multiply(m.divide(gradient, m.sqrt(m.add(accumulated, number('epsilon')))), number('minusLearningRate'));
      return { variable: m.add(change, variable), slots: { accumulatedGrads: accumulated } };
    },
    advance: () => ({}),
  },
  adadelta: {
    slots: [
      { field: 'accumulatedGrads', suffix: 'accum_grad', start: zero },
      { field: 'accumulatedUpdates', suffix: 'accum_var', start: zero },
    ],
    scalars: [],
    numbers: { minusLearningRate: negated('learningRate'), rho: given('rho'), oneMinusRho: oneMinus('rho'), epsilon: given('epsilon') },
    update(m, { gradient, variable, slot, number }) {
      const [grads, updates] = [slot('accumulatedGrads'), slot('accumulatedUpdates')];
      const nextGrads = average(m, grads, m.square(gradient), number('rho'), number('oneMinusRho'));
      // as in tfjs the divisor is the average before this gradient
      const change = m.multiply(m.divide(m.sqrt(m.add(updates, number('epsilon'))), m.sqrt(m.add(grads, number('epsilon')))), gradient);
      const nextUpdates = average(m, updates, m.square(change), number('rho'), number('oneMinusRho'));
      return { variable: m.add(m.multiply(change, number('minusLearningRate')), variable), slots: { accumulatedGrads: nextGrads, accumulatedUpdates: nextUpdates } };
    },
    advance: () => ({}),
  },
  rmsprop: {
    slots: RMSPROP_SLOTS,
    scalars: [],
    numbers: RMSPROP_NUMBERS,
    update(m, { gradient, variable, slot, number }) {
      const squares = average(m, slot('accumulatedMeanSquares'), m.square(gradient), number('decay'), number('oneMinusDecay'));
      const part = m.divide(m.multiply(gradient, number('learningRate')), m.sqrt(m.add(squares, number('epsilon'))));
      const moments = m.add(m.multiply(slot('accumulatedMoments'), number('momentum')), part);
      return { variable: m.subtract(variable, moments), slots: { accumulatedMeanSquares: squares, accumulatedMoments: moments } };
    },
    advance: () => ({}),
  },
  centeredRmsprop: {
    slots: [...RMSPROP_SLOTS, { field: 'accumulatedMeanGrads', suffix: 'mg', start: zero }],
    scalars: [],
    numbers: RMSPROP_NUMBERS,
    update(m, { gradient, variable, slot, number }) {
      const squares = average(m, slot('accumulatedMeanSquares'), m.square(gradient), number('decay'), number('oneMinusDecay'));
      const means = average(m, slot('accumulatedMeanGrads'), gradient, number('decay'), number('oneMinusDecay'));
      const spread = m.subtract(squares, m.add(m.square(means), number('epsilon')));
      const part = m.divide(m.multiply(gradient, number('learningRate')), m.sqrt(spread));
      const moments = m.add(m.multiply(slot('accumulatedMoments'), number('momentum')), part);
      return { variable: m.subtract(variable, moments), slots: { accumulatedMeanSquares: squares, accumulatedMoments: moments, accumulatedMeanGrads: means } };
    },
    advance: () => ({}),
  },
};

type Direction = (m: Arithmetic, at: { readonly accumulation: ValueId; readonly gradient: ValueId; readonly momentum: ValueId }) => ValueId;

function momentumRule(direction: Direction): OptimizerRule {
  return {
    slots: [{ field: 'accumulations', suffix: 'momentum', start: zero }],
    scalars: [],
    numbers: { minusLearningRate: negated('learningRate'), momentum: given('momentum') },
    update(m, { gradient, variable, slot, number }) {
      const accumulation = m.add(m.multiply(number('momentum'), slot('accumulations')), gradient);
      const change = m.multiply(number('minusLearningRate'), direction(m, { accumulation, gradient, momentum: number('momentum') }));
      return { variable: m.add(change, variable), slots: { accumulations: accumulation } };
    },
    advance: () => ({}),
  };
}
