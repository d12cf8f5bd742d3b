import type { SteppedCase } from '../../networks.ts';
import type { same as Same } from './layouts.ts';
import type { Jax, JaxArray, Nets, Tree } from './types.ts';

/** A player's loss, of its networks, the other player's, and the data; consumes all of them. */
export type Loss = (own: Nets, other: Nets, data: Tree) => JaxArray;
type Network = (weights: Tree, x: JaxArray) => JaxArray;

/**
 * The losses of the cases in jax-js. Inner gradients close over the parameters: passed as a further argument of the inner function
 * they get no second-order gradient (0.1.25).
 */
export function createLosses({ numpy: np, lax, grad, tree }: Jax, same: typeof Same): { readonly [C in SteppedCase]: { readonly D: Loss; readonly G: Loss } } {
  const refs = <T>(value: T): T => tree.map((leaf) => leaf.ref, value);
  const relu = (x: JaxArray): JaxArray => np.maximum(x, 0);
  const leakyRelu = (x: JaxArray): JaxArray => np.where(np.greater(x.ref, 0), x.ref, x.mul(0.2));
  const withBias = (y: JaxArray, bias: JaxArray | undefined): JaxArray => (bias === undefined ? y : y.add(bias.reshape([1, -1, 1, 1])));
  const dense = (x: JaxArray, kernel: JaxArray, bias: JaxArray): JaxArray => np.dot(x, kernel).add(bias);

  const conv = (x: JaxArray, kernel: JaxArray, bias: JaxArray | undefined, stride: number): JaxArray => {
    const size = kernel.shape[2];
    return withBias(lax.convGeneralDilated(x, kernel, [stride, stride], [same(x.shape[2], size, stride), same(x.shape[3], size, stride)]), bias);
  };
  const convTranspose = (x: JaxArray, kernel: JaxArray, bias: JaxArray | undefined, stride: number): JaxArray => {
    const size = kernel.shape[2];
    const output = x.shape[2] * stride;
    const low = size - 1 - same(output, size, stride)[0];
    const padding = [low, output + size - 1 - ((x.shape[2] - 1) * stride + 1) - low];
    return withBias(lax.convGeneralDilated(x, kernel, [1, 1], [padding, padding], { lhsDilation: [stride, stride] }), bias);
  };
  const normalize = (x: JaxArray): JaxArray => {
    const mean = x.ref.mean([2, 3], { keepdims: true });
    const centred = x.sub(mean);
    const variance = np.square(centred.ref).mean([2, 3], { keepdims: true });
    return centred.div(np.sqrt(variance.add(1e-5)));
  };

  const mlp =
    (activation: (x: JaxArray) => JaxArray): Network =>
    (p, x) =>
      dense(activation(dense(activation(dense(x, p.w1, p.b1)), p.w2, p.b2)), p.w3, p.b3);
  const dcganDiscriminator: Network = (p, x) => {
    const features = leakyRelu(conv(leakyRelu(conv(x, p.w1, p.b1, 2)), p.w2, p.b2, 2));
    return dense(features.reshape([features.shape[0], 3136]), p.w3, p.b3);
  };
  const dcganGenerator: Network = (p, z) => {
    const x = relu(dense(z, p.w1, p.b1));
    return np.tanh(convTranspose(relu(convTranspose(x.reshape([x.shape[0], 64, 7, 7]), p.w2, p.b2, 2)), p.w3, p.b3, 2));
  };
  const down = (x: JaxArray, kernel: JaxArray, stride: number): JaxArray => relu(normalize(conv(x, kernel, undefined, stride)));
  const residual = (x: JaxArray, first: JaxArray, second: JaxArray): JaxArray => x.ref.add(normalize(conv(down(x, first, 1), second, undefined, 1)));
  const up = (x: JaxArray, kernel: JaxArray): JaxArray => relu(normalize(convTranspose(x, kernel, undefined, 2)));
  const translate: Network = (p, image) => {
    const inner = down(down(down(image, p.w1, 1), p.w2, 2), p.w3, 2);
    return np.tanh(conv(up(up(residual(residual(inner, p.w4, p.w5), p.w6, p.w7), p.w8), p.w9), p.w10, p.b10, 1));
  };
  const critic: Network = (p, image) => conv(leakyRelu(normalize(conv(leakyRelu(conv(image, p.w1, p.b1, 2)), p.w2, undefined, 2))), p.w3, p.b3, 1);

  const squaresFrom = (x: JaxArray, target: number): JaxArray => np.square(x.sub(target)).mean();
  const wgan = (d: Network, g: Network, axes: readonly number[]): { readonly D: Loss; readonly G: Loss } => ({
    D({ D }, { G }, { real, z, alpha }) {
      const fake = g(G, z);
      const onReal = d(refs(D), real.ref);
      const onFake = d(refs(D), fake.ref);
      const point = real.ref.add(fake.sub(real).mul(alpha));
      const slopes = grad((x) => d(refs(D), x).sum())(point);
      const penalty = np.square(np.sqrt(np.square(slopes).sum(axes).add(1e-10)).sub(1)).mean();
      tree.dispose?.(D);
      return onFake.mean().sub(onReal.mean()).add(penalty.mul(10));
    },
    G: ({ G }, { D }, { z }) => d(D, g(G, z)).mean().neg(),
  });
  return {
    mlp64: wgan(mlp(leakyRelu), mlp(relu), [1]),
    mlp256: wgan(mlp(leakyRelu), mlp(relu), [1]),
    dcgan: wgan(dcganDiscriminator, dcganGenerator, [1, 2, 3]),
    cyclegan: {
      D({ DA, DB }, { GA, GB }, { a, b }) {
        const [fakeB, fakeA] = [translate(GA, a.ref), translate(GB, b.ref)];
        return squaresFrom(critic(refs(DB), b), 1)
          .add(squaresFrom(critic(DB, fakeB), 0))
          .add(squaresFrom(critic(refs(DA), a), 1))
          .add(squaresFrom(critic(DA, fakeA), 0))
          .mul(0.5);
      },
      G({ GA, GB }, { DA, DB }, { a, b }) {
        const [fakeB, fakeA] = [translate(refs(GA), a.ref), translate(refs(GB), b.ref)];
        const cycle = np.absolute(translate(GB, fakeB.ref).sub(a)).mean().add(np.absolute(translate(GA, fakeA.ref).sub(b)).mean());
        return squaresFrom(critic(DB, fakeB), 1).add(squaresFrom(critic(DA, fakeA), 1)).add(cycle.mul(10));
      },
    },
  };
}
