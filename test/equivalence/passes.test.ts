import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../src/index.ts';
import { PASSES } from '../../src/passes/pipeline.ts';
import { faultText } from './caseFile.ts';
import { randomObjective, type Flavour } from './randomObjective.ts';
import { findObjectiveFault, objectiveWay, type ObjectiveWay } from './ways.ts';

const RUNS = 80;
const TIMEOUT = 300_000;
const EACH = PASSES.map(({ name }) => objectiveWay(`without ${name}`));

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

describe.each<[Flavour, number]>([['terms', 3], ['bodies', 4]])('random objectives of %s', (flavour, seed) => {
  const hold = (waysAt: (turn: number) => readonly ObjectiveWay[]) => {
    let turn = 0;
    fc.assert(fc.property(randomObjective(flavour), (spec) => void expect(faultText(findObjectiveFault(waysAt(turn++), spec))).toBe('')), { numRuns: RUNS, seed, endOnFailure: true });
  };

  it('mean the same without the passes, all of them and each', () => {
    // gradients take longer: a pass for each specification
    hold((turn) => [objectiveWay('without passes'), objectiveWay('passes in the reference'), EACH[turn % EACH.length]]);
  }, TIMEOUT);

  it('mean the same under fast math, apart from terms that weigh nothing', () => hold(() => [objectiveWay('fast math')]), TIMEOUT);
});
