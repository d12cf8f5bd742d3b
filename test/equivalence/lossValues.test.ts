import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, installGradients, normal, type Batch, type Networks } from '../../src/index.ts';

// Losses worked out by hand, for networks that are formulas of one line.

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

interface Numbers {
  readonly generator: number;
  readonly discriminator: number;
  readonly terms: { readonly generator: Readonly<Record<string, number>>; readonly discriminator: Readonly<Record<string, number>> };
  readonly directions: { readonly generator: Readonly<Record<string, number>>; readonly discriminator: Readonly<Record<string, number>> };
}

function lossesOf(text: string, networks: Networks, batch: Batch): Numbers {
  const numbers = (record: Readonly<Record<string, tf.Tensor>>) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value.dataSync()[0]]));
  tf.engine().startScope();
  try {
    const { generator, discriminator, terms, directions } = compile(text).losses(networks, batch, { seed: 3 });
    const both = (of: typeof terms) => ({ generator: numbers(of.generator), discriminator: numbers(of.discriminator) });
    return { generator: generator.dataSync()[0], discriminator: discriminator.dataSync()[0], terms: both(terms), directions: both(directions) };
  } finally {
    tf.engine().endScope();
  }
}

const column = (...values: readonly number[]) => tf.tensor2d([...values], [values.length, 1]);
const softplus = (x: number) => Math.log(1 + Math.exp(x));

describe('a gan with D(x) = 2x, G(z) = z + 1', () => {
  const networks = { generator: (z: tf.Tensor) => tf.add(z, 1), discriminator: (x: tf.Tensor) => tf.mul(x, 2) };
  // D(real) = 2, 6 and D(fake) = 2, 4
  const losses = (text: string) => lossesOf(text, networks, { real: column(1, 3), generatorInputs: column(0, 1) });

  it.each<[string, number, number]>([
    ['wasserstein', 3 - 4, -3],
    ['reduction sum objective = wasserstein', 6 - 8, -6],
    ['wasserstein(generated_weights: 0)', 0 - 4, -3],
    ['2*wasserstein - wasserstein.generator', -2, -3],
    ['hinge', (3 + 5) / 2 + 0, -3],
    ['hinge(real_hinge: 3, generated_hinge: -3)', (0 + 1) / 2 + (1 + 0) / 2, -3],
    ['least_squares', (1 + 25) / 4 + (4 + 16) / 4, (1 + 9) / 4],
    ['modified(label_smoothing: 0)', (softplus(-2) + softplus(-6)) / 2 + (softplus(2) + softplus(4)) / 2, (softplus(-2) + softplus(-4)) / 2],
    ['modified', (softplus(-2) + softplus(-6)) / 2 + (2 + 6) * 0.125 / 2 + (softplus(2) + softplus(4)) / 2, (softplus(-2) + softplus(-4)) / 2],
    ['minimax(label_smoothing: 0)', (softplus(-2) + softplus(-6)) / 2 + (softplus(2) + softplus(4)) / 2, -softplus(-1) - (softplus(2) + softplus(4)) / 2],
    ['relativistic', (softplus(-(2 - 3)) + softplus(-(6 - 3))) / 2 + (softplus(2 - 4) + softplus(4 - 4)) / 2, (softplus(2 - 3) + softplus(6 - 3)) / 2 + (softplus(-(2 - 4)) + softplus(-(4 - 4))) / 2],
  ])('%s', (text, discriminator, generator) => {
    const found = losses(text);
    expect(found.discriminator).toBeCloseTo(discriminator, 5);
    expect(found.generator).toBeCloseTo(generator, 5);
  });
});

describe('penalties', () => {
  const z = tf.zeros([2, 2]);
  const plane = { generator: (x: tf.Tensor) => tf.add(x, 1), discriminator: (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, tf.tensor2d([[3], [4]])) };
  const gp = (text: string) => lossesOf(text, plane, { real: tf.tensor2d([[1, 0], [0, 5]]), generatorInputs: z }).terms.discriminator;

  it('the slope of a plane is 5 everywhere', () => {
    expect(gp('wasserstein + gp').gp).toBeCloseTo(16, 4);
    expect(gp('wasserstein + 7*gp(target: 10)').gp).toBeCloseTo(0.25, 4);
    expect(gp('wasserstein + gp(target: 10, one_sided: true)').gp).toBe(0);
    expect(gp('wasserstein + gp(epsilon: 24)').gp).toBeCloseTo(36, 4);
  });

  it('weigh after their own reduction', () => {
    const { discriminator, terms } = lossesOf('reduction sum objective = wasserstein + 0.5*gp', plane, { real: tf.tensor2d([[1, 0], [0, 5]]), generatorInputs: z });
    expect(terms.discriminator.gp).toBeCloseTo(32, 4);
    expect(discriminator).toBeCloseTo(2 * 7 - 23 + 16, 4);
  });

  const weight = tf.variable(tf.scalar(1));
  const parabola = { generator: (x: tf.Tensor) => x, discriminator: (x: tf.Tensor) => tf.mul(weight, tf.square(x)) };
  const slopeByWeight = (text: string, batch: Batch) =>
    tf.tidy(() => tf.variableGrads(() => compile(text).discriminatorLoss(parabola, batch, { seed: 1 }) as tf.Scalar, [weight]).grads[weight.name].dataSync()[0]);

  it('of a parabola w·x² at 2: (4w - 1)², whose derivative by w is 8(4w - 1)', () => {
    const batch = { real: column(2, 2), generatorInputs: column(2, 2) };
    expect(lossesOf('wasserstein + gp', parabola, batch).terms.discriminator.gp).toBeCloseTo(9, 4);
    expect(slopeByWeight('wasserstein + gp', batch)).toBeCloseTo(24, 3);
  });

  it('R1 of w·x²: gamma/2·E[4w²x²], whose derivative by w is gamma·E[4wx²]', () => {
    const r1 = 'wasserstein + r1(gamma: 1)';
    const batch = { real: column(1, 3), generatorInputs: column(1, 3) };
    expect(lossesOf(r1, parabola, batch).terms.discriminator.r1).toBeCloseTo(10, 4);
    expect(slopeByWeight(r1, batch)).toBeCloseTo(20, 4);
  });

  it('gp + gp is 2*gp, with one alpha', () => {
    const batch = { real: column(0, 1, 2), generatorInputs: column(5, 7, 9) };
    const [sum, double, single] = ['wasserstein + gp + gp', 'wasserstein + 2*gp', 'wasserstein + gp'].map((text) => lossesOf(text, parabola, batch));
    expect(sum.discriminator).toBe(double.discriminator);
    expect(sum.terms.discriminator).toEqual({ ...single.terms.discriminator });
    expect(sum.discriminator - single.discriminator).toBeCloseTo(single.terms.discriminator.gp, 4);
  });
});

describe('a cyclegan with G(x) = x + 1, F(y) = 2y, Dy(y) = y, Dx(x) = -x', () => {
  const networks = {
    x2y: { generator: (x: tf.Tensor) => tf.add(x, 1), discriminator: (y: tf.Tensor) => y },
    y2x: { generator: (y: tf.Tensor) => tf.mul(y, 2), discriminator: (x: tf.Tensor) => tf.neg(x) },
  };
  // F(G(x)) = 2x + 2, so |x - F(G(x))| = 2, 3; G(F(y)) = 2y + 1, so |y - G(F(y))| = 2, 3
  const found = () => lossesOf('wasserstein + 10*cycle + 3*identity', networks, { x: column(0, 1), y: column(1, 2) });

  it('adds the cycle to both generators, and once to their sum', () => {
    const { terms, directions, generator } = found();
    expect(terms.generator.cycle).toBeCloseTo(2.5, 5);
    // |G(y) - y| = 1, |F(x) - x| = 0, 1
    expect(terms.generator.identity).toBeCloseTo(1.5, 5);
    // -E[G(x)] = -1.5, and -E[-F(y)] = 3
    expect(directions.generator.x2y).toBeCloseTo(-1.5 + 25 + 4.5, 4);
    expect(directions.generator.y2x).toBeCloseTo(3 + 25 + 4.5, 4);
    expect(generator).toBeCloseTo(-1.5 + 3 + 25 + 4.5, 4);
  });

  it('judges each direction by its own discriminator', () => {
    const { directions, discriminator } = found();
    expect(directions.discriminator.x2y).toBeCloseTo(1.5 - 1.5, 5);
    expect(directions.discriminator.y2x).toBeCloseTo(-3 + 0.5, 5);
    expect(discriminator).toBeCloseTo(-2.5, 5);
  });
});

describe('heads', () => {
  const twoHeads = (head: (x: tf.Tensor) => tf.Tensor) => ({ generator: (z: tf.Tensor) => z, discriminator: (x: tf.Tensor) => [tf.mul(x, 0), head(x)] });

  it('acgan: logits (0, ln 3) are the odds 1:3', () => {
    const networks = twoHeads(() => tf.tensor2d([[0, Math.log(3)]]));
    const batch = { real: column(1), generatorInputs: column(1), labels: tf.tensor2d([[1, 0]]) };
    const found = lossesOf('wasserstein + acgan', networks, batch);
    expect(found.discriminator).toBeCloseTo(2 * Math.log(4), 5);
    expect(found.generator).toBeCloseTo(Math.log(4), 5);
    const smooth = lossesOf('wasserstein + acgan(label_smoothing: 0.5)', networks, batch);
    expect(smooth.discriminator).toBeCloseTo(Math.log(4) + 0.75 * Math.log(4) + 0.25 * Math.log(4 / 3), 5);
    expect(smooth.generator).toBeCloseTo(Math.log(4), 5);
  });

  it('mi: the mean over the codes of their mean log-probabilities', () => {
    const networks = {
      generator: (z: tf.Tensor) => (Array.isArray(z) ? (z as tf.Tensor[])[0] : z),
      discriminator: (x: tf.Tensor) => ({ logits: tf.mul(x, 0), codes: [normal(tf.zeros([2, 1]), 1), { logProb: () => tf.fill([2], -Math.log(4)) }] }),
    };
    const batch = { real: column(1, 1), generatorInputs: column(1, 1), codes: [column(1, 3), tf.tensor1d([0, 3], 'int32')] };
    const expected = ((1 + 9) / 4 + 0.5 * Math.log(2 * Math.PI) + Math.log(4)) / 2;
    const found = lossesOf('wasserstein + 3*mi', networks, batch);
    expect(found.generator).toBeCloseTo(3 * expected, 5);
    expect(found.discriminator).toBeCloseTo(3 * expected, 5);
  });

  it('stargan: G(x, t) = x + t·(1, 2), classes of x by (x, 0)', () => {
    const networks = {
      generator: (x: tf.Tensor, target: unknown) => tf.add(x, tf.matMul(target as tf.Tensor2D, tf.tensor2d([[1], [2]]))),
      discriminator: (x: tf.Tensor, domains: unknown) => [tf.mul(x, domains as number), tf.concat([x, tf.zerosLike(x)], 1)],
    };
    const batch = { x: column(0), label: tf.tensor2d([[1, 0]]), target: tf.tensor2d([[0, 1]]) };
    const found = lossesOf('wasserstein + 10*reconstruction + classification', networks, batch);
    // fake = 2, reconstructed = 3, two domains
    expect(found.terms.generator.reconstruction).toBeCloseTo(3, 5);
    expect(found.terms.generator.classification).toBeCloseTo(softplus(2), 5);
    expect(found.terms.discriminator.classification).toBeCloseTo(Math.log(2), 5);
    expect(found.generator).toBeCloseTo(-4 + 30 + softplus(2), 4);
    expect(found.discriminator).toBeCloseTo(4 - 0 + Math.log(2), 5);
  });
});
