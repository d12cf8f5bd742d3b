import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverageOf } from '../../../src/ir/testing/reference.ts';
import { printGraph } from '../../../src/ir/print.ts';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { findFault } from './findFault.ts';
import { randomCase } from './fuzzCase.ts';
import { printFault } from './printFault.ts';
import { REGRESSIONS } from './regressions.ts';
import { runRegression } from './runRegression.ts';
import { shrink } from './shrink.ts';
import { WAYS, type Way } from './ways.ts';

let uninstall = (): void => undefined;
beforeAll(() => {
  uninstall = installGradients();
});
afterAll(() => uninstall());

describe('random graphs', () => {
  it('have the reference’s values on every way through the compiler', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const fault = await findFault(WAYS, randomCase(seed));
      if (fault !== null) expect.fail(`seed ${seed}: wrong on the way '${fault.way.name}'; shrunk:\n${printFault(await shrink(fault))}`);
    }
  });

  it('are compared nearly everywhere, with and without NaN', () => {
    const counts = Array.from({ length: 100 }, (_, seed) => coverageOf(randomCase(seed).reference));
    const [decided, all] = [counts.reduce((sum, count) => sum + count.decided, 0), counts.reduce((sum, count) => sum + count.all, 0)];
    expect(decided).toBeGreaterThan(0.97 * all);
  });

  it.each(REGRESSIONS.map((regression, i) => [i, regression.way, regression] as const))('regression %i, %s', async (_place, _way, regression) => {
    expect(await runRegression(regression)).toEqual([]);
  });
});

/** A way that takes one op for another. */
function mistaken(from: string, to: string): Way {
  const right = WAYS.find(({ name }) => name === 'specialize and decompose')!;
  const swap = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(`"op":"${from}"`, `"op":"${to}"`)) as T;
  return { ...right, expected: ({ reference }) => reference, run: (given) => right.run({ ...given, graph: { ...given.graph, equations: given.graph.equations.map((equation) => (equation.op === from ? swap(equation) : equation)) } }) };
}

describe('mistakes', () => {
  it.each([
    ['tanh', 'logistic'],
    ['maximum', 'minimum'],
    ['add', 'subtract'],
  ])('%s in place of %s is found, and shrunk to little more', async (from, to) => {
    const way = mistaken(from, to);
    for (let seed = 1; ; seed++) {
      const fault = await findFault([way], randomCase(seed));
      if (fault === null) continue;
      const { given } = await shrink(fault);
      expect(given.open.equations.length, printGraph(given.open)).toBeLessThanOrEqual(2);
      return;
    }
  });
});
