import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverageOf } from '../../../src/ir/testing/reference.ts';
import { printGraph } from '../../../src/ir/print.ts';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { findFault } from './findFault.ts';
import { randomCase } from './fuzzCase.ts';
import { printFault } from './printFault.ts';
import { parseCase, printCase, runCase } from './caseFile.ts';
import { shrink } from './shrink.ts';
import { WAYS, type Way } from './ways.ts';

/** `npm run fuzz` writes such files. */
const CASES = new URL('cases/', import.meta.url);

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

  it.each(readdirSync(CASES))('that went wrong once: %s', async (name) => {
    expect(await runCase(parseCase(readFileSync(new URL(name, CASES), 'utf8')))).toEqual([]);
  });

  it('are read back as they are written', () => {
    const given = randomCase(3);
    const file = printCase({ way: WAYS[3], given, wrong: ['y0: wrong'] });
    const { way, graph, inputs } = parseCase(file);
    expect([way, printGraph(graph), inputs]).toEqual([WAYS[3], printGraph(given.open), given.inputs]);
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
