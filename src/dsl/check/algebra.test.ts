import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText, weightsOf } from '../../../test/helpers/checkText.ts';

/** Random objectives of plain terms, whose weights may have any sign, over two params. */
const term = fc.constantFrom('wasserstein', 'hinge', 'least_squares(real_label: 2)', 'minimax.generator', 'modified.discriminator', 'relativistic');
const factor = fc.oneof(
  fc.integer({ min: -8, max: 8 }).map((n) => (n < 0 ? `(${n})` : String(n))),
  fc.constantFrom('a', 'b', '0.5', '(a + b)', '(2*a)', '-b', 'max(a, b)'),
);
const { objective: objectiveText } = fc.letrec<{ objective: string }>((tie) => ({
  objective: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    fc.tuple(tie('objective'), tie('objective')).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie('objective'), tie('objective')).map(([a, b]) => `(${a} - ${b})`),
    fc.tuple(factor, tie('objective')).map(([k, a]) => `${k}*${a}`),
    fc.tuple(tie('objective'), fc.constantFrom('2', 'b', '-4')).map(([a, k]) => `(${a}/${k})`),
    tie('objective').map((a) => `(-${a})`),
  ),
}));

const DECLARATIONS = 'param a = 3\nparam b = 5\n';
const weights = (text: string) => weightsOf(`${DECLARATIONS}objective = ${text}`);

/** Equal up to rounding; a summand that is not there weighs 0. */
function expectEqual(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): void {
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const [a, b] = [left[key] ?? 0, right[key] ?? 0];
    expect(Math.abs(a - b), key).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a), Math.abs(b)));
  }
}

const RUNS = { numRuns: 60 };

describe('objectives form a vector space', () => {
  it('a + b = b + a', () => {
    fc.assert(fc.property(objectiveText, objectiveText, (a, b) => expectEqual(weights(`${a} + ${b}`), weights(`${b} + ${a}`))), RUNS);
  });

  it('(a + b) + c = a + (b + c)', () => {
    fc.assert(fc.property(objectiveText, objectiveText, objectiveText, (a, b, c) => expectEqual(weights(`(${a} + ${b}) + ${c}`), weights(`${a} + (${b} + ${c})`))), RUNS);
  });

  it('k*(a + b) = k*a + k*b', () => {
    fc.assert(fc.property(factor, objectiveText, objectiveText, (k, a, b) => expectEqual(weights(`${k}*(${a} + ${b})`), weights(`${k}*${a} + ${k}*${b}`))), RUNS);
  });

  it('k*a = a*k and a/4 = 0.25*a', () => {
    fc.assert(fc.property(factor, objectiveText, (k, a) => expectEqual(weights(`${k}*${a}`), weights(`${a}*(${k})`))), RUNS);
    fc.assert(fc.property(objectiveText, (a) => expectEqual(weights(`${a}/4`), weights(`0.25*${a}`))), RUNS);
  });

  it('a - a = 0*a, and 0 is neutral', () => {
    fc.assert(fc.property(objectiveText, (a) => expectEqual(weights(`${a} - ${a}`), {})), RUNS);
    fc.assert(fc.property(objectiveText, (a) => expectEqual(weights(`${a} + 0*hinge`), weights(a))), RUNS);
  });

  it('is the sum of its halves', () => {
    const both = fc.tuple(objectiveText, objectiveText).map(([a, b]) => `(${a} + ${b} + hinge)`);
    fc.assert(fc.property(both, (a) => expectEqual(weights(`${a}.generator + ${a}.discriminator`), weights(a))), RUNS);
  });

  it('gives weights that are expressions of the params, whose value under the defaults is the default weight', () => {
    const { objective } = checkText(`${DECLARATIONS}a*wasserstein + 2*wasserstein - b*wasserstein/2`);
    const [summand] = objective!.summands;
    expect(summand!.defaultWeight).toBe(3 + 2 - 2.5);
  });
});
