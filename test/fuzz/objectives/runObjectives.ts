import * as tf from '@tensorflow/tfjs';
import { createUniform } from '../../../src/ir/testing/reference.ts';
import { printCase } from '../../equivalence/caseFile.ts';
import { grow, type RandomObjective } from '../../equivalence/randomObjective.ts';
import { lastingFault, shrinkObjective } from '../../equivalence/shrinkObjective.ts';
import { findObjectiveFault, OBJECTIVE_WAYS, type ObjectiveWay, type Tally } from '../../equivalence/ways.ts';

/** The specification of a seed: one of the prelude's terms, or (every other seed) with bodies of its own. */
export function objectiveOf(seed: number): RandomObjective {
  const uniform = createUniform(seed);
  const [flavour, most] = seed % 2 === 0 ? (['terms', 60] as const) : (['bodies', 160] as const);
  const length = 6 + Math.floor(uniform() * (most - 5));
  return grow(Array.from({ length }, () => Math.floor(uniform() * (2 ** 31 - 1))), flavour);
}

const SELDOM = /^(without (?!passes)|captured)/;
/** Those that take long, in groups of which each specification gets one. */
const IN_TURN = [/^without (?!passes)/, /^captured/].map((pattern) => OBJECTIVE_WAYS.filter(({ name }) => pattern.test(name)));

function waysOf(seed: number): readonly ObjectiveWay[] {
  // neighbours differ in their flavour
  const turn = seed >> 1;
  return [...OBJECTIVE_WAYS.filter(({ name }) => !SELDOM.test(name)), ...IN_TURN.map((group) => group[turn % group.length])];
}

export interface ObjectivesOptions {
  readonly seed: number;
  readonly count: number;
  readonly keepGoing: boolean;
  /** Takes a shrunk case: its name, and the file. */
  readonly found: (name: string, file: string) => void;
  readonly progress: (line: string) => void;
}

/** Random specifications on every way to their losses and gradients; gives how many are wrong. */
export async function runObjectives({ seed, count, keepGoing, found, progress }: ObjectivesOptions): Promise<number> {
  await tf.setBackend('cpu');
  const tally: Tally = { checked: 0, kinks: 0 };
  let [wrong, rounding] = [0, 0];
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const spec = objectiveOf(seed + i);
    const ways = waysOf(seed + i);
    if (findObjectiveFault(ways, spec, tally) !== null) {
      const fault = lastingFault(ways, spec);
      if (fault === null) {
        rounding += 1;
        progress(`seed ${seed + i}: differs with these weights alone`);
      } else {
        wrong += 1;
        found(`objective-${seed + i}.ganloss`, printCase(shrinkObjective(fault)));
        if (!keepGoing) break;
      }
    }
    if ((i + 1) % 100 === 0) progress(`${i + 1} of ${count} objectives, ${wrong} wrong, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  if (count > 0) progress(`${waysOf(seed).length} of ${OBJECTIVE_WAYS.length} ways for each player; ${tally.kinks} of ${tally.checked} sides stand at a kink, where the reference says nothing; ${rounding} differ with one choice of weights alone`);
  return wrong;
}
