import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODELS } from '../../src/dsl/typed.ts';
import { installGradients } from '../../src/index.ts';
import { termRegistry } from '../../src/terms/registry.ts';
import { faultText } from './caseFile.ts';
import { randomObjective, type Flavour } from './randomObjective.ts';
import { findObjectiveFault, objectiveWay, type ObjectiveWay, type Tally } from './ways.ts';

const RUNS = 80;
/** Capturing and compiling takes longer. */
const CAPTURED_RUNS = 20;
const TIMEOUT = 300_000;

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

describe('random objectives', () => {
  it('are of every kind', () => {
    const terms = fc.sample(randomObjective('terms'), { numRuns: RUNS, seed: 1 });
    const bodies = fc.sample(randomObjective('bodies'), { numRuns: RUNS, seed: 2 });
    const texts = fc.sample(randomObjective('bodies'), { numRuns: 300, seed: 2 }).map(({ text }) => text);
    const count = (pattern: RegExp) => texts.filter((text) => pattern.test(text)).length;
    for (const model of MODELS) expect([...terms, ...bodies].filter((spec) => spec.model === model).length, model).toBeGreaterThan(15);
    for (const pattern of [/grad\(/, /grad\([^\n]*grad\(/, /grad\([^\n]*, v\d/, / \? /, /uniform_per_sample/, /ema\(/, /pool\(/, /D\.\w/, /D\(/, /reduction /, /math fast/, /every\(/, /linear\(/, /augment\(/, /_of_each\(/]) expect(count(pattern), pattern.source).toBeGreaterThan(2);
  });

  it('use every term of the prelude', () => {
    const text = fc.sample(randomObjective('terms'), { numRuns: 1500, seed: 1 }).map((spec) => spec.text).join('\n');
    expect(termRegistry().map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  const hold = (names: readonly string[], flavour: Flavour, seed: number, runs: number): Tally => {
    const tally = { checked: 0, kinks: 0 };
    const ways = names.map(objectiveWay);
    let turn = 0;
    const inTurn = (): readonly ObjectiveWay[] => (runs === RUNS ? ways : [ways[turn++ % ways.length]]);
    fc.assert(fc.property(randomObjective(flavour), (spec) => void expect(faultText(findObjectiveFault(inTurn(), spec, tally))).toBe('')), { numRuns: runs, seed, endOnFailure: true });
    return tally;
  };

  it.each<[Flavour, number]>([['terms', 1], ['bodies', 2]])('of %s have the losses and gradients of the reference evaluation, and printed do to the bit what the runtime does', (flavour, seed) => {
    const tally = hold(['reference', 'printed module'], flavour, seed, RUNS);
    expect(tally.kinks / tally.checked).toBeLessThan(0.1);
  }, TIMEOUT);

  // a specification for each target in turn
  it.each<[Flavour, number]>([['terms', 5], ['bodies', 6]])('of %s, captured and compiled to js and wasm, have the same losses and gradients', (flavour, seed) => {
    hold(['captured to js', 'captured to wasm', 'captured to js, fast math'], flavour, seed, CAPTURED_RUNS);
  }, TIMEOUT);
});
