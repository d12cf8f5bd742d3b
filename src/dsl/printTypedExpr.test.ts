import { describe, expect, it } from 'vitest';
import { checkText } from '../../test/helpers/checkText.ts';
import { printObjective } from './printObjective.ts';
import { nameShared, printLets, printTypedExpr, printWith } from './printTypedExpr.ts';
import type { TermInstance } from './typed.ts';

const instanceOf = (text: string, name: string): TermInstance => checkText(text).objective!.instances.find((instance) => instance.name === name)!;

/** A term whose clauses are what was printed. */
function printAsTerm({ clauses }: TermInstance): string {
  const players = (['discriminator', 'generator'] as const).filter((player) => clauses[player] !== null);
  const naming = nameShared(players.map((player) => clauses[player]!));
  return ['term again() {', ...printLets(naming), ...players.map((player) => `${player} = ${printWith(clauses[player]!, naming)}`), '}'].join('\n');
}

const BUILT_IN = ['wasserstein', 'hinge', 'least_squares', 'minimax', 'modified', 'relativistic', 'gp', 'gp(one_sided: true)', 'acgan(label_smoothing: 0.1)', 'mi', 'cycle', 'identity', 'reconstruction', 'classification', 'minimax(0.1, 2, 3, 4)'];
const OWN = {
  operators: 'discriminator = mean(-(D(real) - (D(fake) - 1))^2^-2/(3*D(real)/D(fake)) - -D(real)*(-D(fake))^2)',
  conditions: 'discriminator = mean(D(real) > 0 && !(D(fake) <= 1 || D(real) == 3) ? max(D(real), 0, 1) : where(D(fake) != 0, clip(D(fake), -1, 1), 2))',
  state: 'let a = ema(mean(D(real)), decay: 0.9) discriminator = a*mean(D(pool(fake, size: 5)) + normal_like(D(fake)))',
  gradients: 'let p = lerp(real, fake, uniform_per_sample(real)) let g = grad(D(p), p) discriminator = mean(grad(sum(g^2), p)) + mean(stop_gradient(D(p)))',
  sharing: 'let a = D(real) + 1 let b = a*a discriminator = mean(b + b*a + a)',
};

describe('printed expressions', () => {
  it.each(BUILT_IN)('of %s are the language itself: read again they print the same', (use) => {
    const { instances } = checkText(use).objective!;
    const text = printAsTerm(instances[0]!);
    expect(printAsTerm(instanceOf(`${text}\nobjective = again`, 'again'))).toBe(text);
  });

  it.each(Object.entries(OWN))('of %s are the language itself', (_, body) => {
    const text = printAsTerm(instanceOf(`term t() { ${body} }\nhinge + t`, 't'));
    expect(printAsTerm(instanceOf(`${text}\nobjective = hinge + again`, 'again'))).toBe(text);
  });

  it('bind what is shared, and set brackets where they are needed', () => {
    const print = (body: string) => printTypedExpr(instanceOf(`term t() { ${body} }\nhinge + t`, 't').clauses.discriminator!);
    expect(print(OWN.operators)).toMatchInlineSnapshot(`"mean(-(D(real) - (D(fake) - 1))^0.25/(3*D(real)/D(fake)) - -D(real)*(-D(fake))^2)"`);
    expect(print(OWN.conditions)).toMatchInlineSnapshot(`"mean(D(real) > 0 && !(D(fake) <= 1 || D(real) == 3) ? max(max(D(real), 0), 1) : D(fake) != 0 ? clip(D(fake), -1, 1) : 2)"`);
    expect(print(OWN.sharing)).toMatchInlineSnapshot(`
      "let a = D(real) + 1
      let b = a*a
      mean(b + b*a + a)"
    `);
  });
});

describe('printed objectives', () => {
  it('show settings, sums, weights and terms', () => {
    const { objective } = checkText(`
      model cyclegan
      reduction mean
      pool tensor_pool(size: 10)
      math fast
      param lambda = 10 // of the cycle
      input w
      least_squares(weights: w) + lambda*cycle + 0.5*identity.generator - 0.5*(lambda + 1)*gp + 20*gp
    `);
    expect(printObjective(objective!)).toMatchInlineSnapshot(`
      "objective least_squares(weights: w) + lambda*cycle + 0.5*identity.generator - 0.5*(lambda + 1)*gp + 20*gp
      model cyclegan, reduction mean, math fast
      pool size 10, probability 0.5
      param lambda = 10
      input w

      discriminator =
          least_squares    // 8:7
        + (20 + -0.5*(lambda + 1)) * gp  [14.5 by default]    // 8:75

      generator =
          least_squares    // 8:7
        + lambda * cycle  [10 by default]    // 8:35
        + 0.5 * identity    // 8:50

      term least_squares: of each direction, used at 8:7, defined at prelude/least_squares.ganloss:5:1
        let on_real = reduce(square(D(real) - 1)/2, reduction: "mean")
        let on_fake = reduce(square(D(fake) - 0)/2, reduction: "mean")
        discriminator = on_real + on_fake    // adversarial
        generator = reduce(square(D(fake) - 1)/2, weights: w, reduction: "mean")    // adversarial

      term cycle: nonnegative, of the whole model, used at 8:42, defined at prelude/cycle.ganloss:6:1
        let x_again = reduce(abs(x - F(G(x))), reduction: "sum_by_nonzero_weights")
        let y_again = reduce(abs(y - G(F(y))), reduction: "sum_by_nonzero_weights")
        generator = (x_again + y_again)/2

      term identity: of the whole model, used at 8:54, defined at prelude/identity.ganloss:4:1
        generator = mean(abs(G(y) - y)) + mean(abs(F(x) - x))

      term gp: auxiliary, of each direction, used at 8:92, defined at prelude/gp.ganloss:6:1
        let point = lerp(real, fake, uniform_per_sample(fake))
        let slopes = sqrt(sum_per_sample(grad(D(point), point)^2) + 1e-10)
        let excess = slopes/1 - 1
        discriminator = reduce(excess^2, reduction: "mean")
      "
    `);
  });
});
