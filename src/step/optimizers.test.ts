import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../ir/evaluate.ts';
import { evaluateRounded } from '../ir/testing/reference.ts';
import { ALL_CODES, CODE_VALUES } from '../passes/testing/eightBits.ts';
import { verify } from '../ir/verify.ts';
import { arrayValue, type ArrayValue } from '../ir/values.ts';
import { readOptimizer } from '../runtime/trainer/optimizerState.ts';
import { APPLY_NAMES, assembleApply } from './assembleApply.ts';
import { OPTIMIZERS, type OptimizerKind, type OptimizerSettings } from './optimizers.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SIZE = 6;
const STEPS = 7;

/** An optimiser of tfjs for each row of the table, with settings that none of its formulas hides. */
const CASES: { readonly [K in OptimizerKind]: () => tf.Optimizer } = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.8),
  nesterov: () => tf.train.momentum(0.05, 0.8, true),
  adam: () => tf.train.adam(0.01, 0.6, 0.95, 1e-3),
  adamax: () => tf.train.adamax(0.02, 0.7, 0.9, 1e-3, 0.1),
  adagrad: () => tf.train.adagrad(0.1, 0.2),
  adadelta: () => tf.train.adadelta(0.5, 0.9, 1e-3),
  rmsprop: () => tf.train.rmsprop(0.01, 0.8, 0.5, 1e-3),
  // a spread below epsilon gives NaN in tfjs, too
  centeredRmsprop: () => tf.train.rmsprop(0.01, 0.8, 0.5, 1e-6, true),
};

function settingsOf(optimizer: tf.Optimizer): OptimizerSettings {
  return { epsilon: tf.backend().epsilon(), ...Object.fromEntries(Object.entries(optimizer).filter(([, value]) => typeof value === 'number')) };
}

/** Gradients that differ from step to step, zeros and both signs among them. */
function gradientAt(step: number): number[] {
  return Array.from({ length: SIZE }, (_, index) => (index === 3 && step % 2 === 0 ? 0 : Math.fround(Math.sin(1.3 * step + index) * (index + 1) * 0.4)));
}

const start = Array.from({ length: SIZE }, (_, index) => Math.fround(Math.cos(index)));

describe.each(Object.keys(CASES) as OptimizerKind[])('%s', (kind) => {
  it('takes the steps of tfjs', () => {
    const optimizer = CASES[kind]();
    const rule = OPTIMIZERS[kind];
    const variable = tf.variable(tf.tensor1d(start));
    const graph = assembleApply({ name: 'apply', groups: [{ name: 'g', optimizer: kind, runs: [{ name: 'r', length: SIZE, reached: true }] }], ema: null, weightClip: null });
    verify(graph);
    const settings = settingsOf(optimizer);
    let state = new Map<string, ArrayValue>([
      [APPLY_NAMES.weight('r'), arrayValue([SIZE], start)],
      ...rule.slots.map(({ field, start: value }) => [APPLY_NAMES.slot('r', field), arrayValue([SIZE], new Float64Array(SIZE).fill(value(settings)))] as const),
      ...Object.entries(readOptimizer(optimizer).scalars).map(([field, value]) => [APPLY_NAMES.scalar('g', field), arrayValue([], value.dataSync())] as const),
    ]);
    for (let step = 0; step < STEPS; step += 1) {
      const gradient = gradientAt(step);
      tf.tidy(() => optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor1d(gradient) }]));
      const numbers = Object.entries(rule.numbers).map(([name, of]) => [APPLY_NAMES.number('g', name), arrayValue([], [Math.fround(of(settings))])] as const);
      const next = evaluate(graph, new Map([...state, ...numbers, [APPLY_NAMES.gradient('r'), arrayValue([SIZE], gradient)]]));
      // what is kept between steps is kept as float32
      state = new Map([...state, ...[...next].map(([name, value]) => [name, rounded(value as ArrayValue)] as const)]);
      expectClose(state.get(APPLY_NAMES.weight('r')), variable);
    }
    const { slots, scalars } = readOptimizer(optimizer);
    expect(Object.keys(scalars).sort()).toEqual([...rule.scalars].sort());
    for (const { field, suffix } of rule.slots) {
      expectClose(state.get(APPLY_NAMES.slot('r', field)), slots[field][0].value);
      expect(slots[field][0].name).toBe(`${variable.name}/${suffix}`);
    }
    for (const field of rule.scalars) expectClose(state.get(APPLY_NAMES.scalar('g', field)), scalars[field]);
  });
});

/** All pairs of the values of 8 bits, NaN, infinities, −0 and subnormals among them: gradients and variables. */
const ALL = ALL_CODES.map((code) => CODE_VALUES[code]);
const VARIABLES = ALL.flatMap((value) => ALL.map(() => value));
const GRADIENTS = ALL.flatMap(() => ALL);

describe.each(Object.keys(CASES) as OptimizerKind[])('%s at all pairs of gradient and variable', (kind) => {
  it('rounds as tfjs does, to the bit, with new slots and with those of a step before', () => {
    const optimizer = CASES[kind]();
    const variable = tf.variable(tf.tensor1d(VARIABLES));
    const length = VARIABLES.length;
    const graph = assembleApply({ name: 'apply', groups: [{ name: 'g', optimizer: kind, runs: [{ name: 'r', length, reached: true }] }], ema: null, weightClip: null });
    const settings = settingsOf(optimizer);
    const rule = OPTIMIZERS[kind];
    let state = new Map<string, ArrayValue>([
      [APPLY_NAMES.weight('r'), arrayValue([length], VARIABLES)],
      ...rule.slots.map(({ field, start: value }) => [APPLY_NAMES.slot('r', field), arrayValue([length], new Float64Array(length).fill(Math.fround(value(settings))))] as const),
      ...Object.entries(readOptimizer(optimizer).scalars).map(([field, value]) => [APPLY_NAMES.scalar('g', field), arrayValue([], value.dataSync())] as const),
    ]);
    for (const gradients of [GRADIENTS, [...GRADIENTS].reverse()]) {
      tf.tidy(() => optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor1d(gradients) }]));
      const numbers = Object.entries(rule.numbers).map(([name, of]) => [APPLY_NAMES.number('g', name), arrayValue([], [Math.fround(of(settings))])] as const);
      state = new Map([...state, ...evaluateRounded(graph, new Map([...state, ...numbers, [APPLY_NAMES.gradient('r'), arrayValue([length], gradients)]]))]);
      const [found, expected] = [state.get(APPLY_NAMES.weight('r'))!.data, variable.dataSync()];
      const at = expected.findIndex((value, i) => !Object.is(value, found[i]));
      if (at >= 0) expect.fail(`variable ${VARIABLES[at]}, gradient ${gradients[at]}: ${found[at]} in place of ${expected[at]}`);
    }
    variable.dispose();
  });
});

function rounded({ shape, data }: ArrayValue): ArrayValue {
  return arrayValue(shape, data.map(Math.fround));
}

/** Equal but for the rounding of a few float32 operations. */
function expectClose(actual: ArrayValue | undefined, expected: tf.Tensor): void {
  const values = expected.dataSync();
  expect(actual?.data.length).toBe(values.length);
  actual?.data.forEach((value, index) => {
    if (Number.isNaN(values[index])) expect(value).toBeNaN();
    else expect(Math.abs(value - values[index])).toBeLessThanOrEqual(2e-6 * Math.max(1e-3, Math.abs(values[index])));
  });
}
