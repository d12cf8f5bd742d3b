import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients, type Distribution } from '../../src/index.ts';

interface Recorded {
  readonly kind: keyof typeof calls;
  readonly variables: readonly string[];
  readonly outputs: readonly (readonly number[])[];
  readonly regularization: number;
  readonly gradientNorms: Readonly<Record<string, number>>;
  readonly movingSums: Readonly<Record<string, number>>;
}

/** What `network` of examples/tfgan-mnist/layers.mjs makes. */
interface ExampleNetwork {
  (...args: unknown[]): tf.Tensor | [tf.Tensor, Distribution[]];
  readonly variables: readonly tf.Variable[];
  readonly namedVariables: ReadonlyMap<string, tf.Variable>;
  readonly regularizationLosses: () => readonly tf.Scalar[];
}

const recorded = JSON.parse(readFileSync(new URL('mnistNetworks.json', import.meta.url), 'utf8')) as readonly Recorded[];

function fill(shape: readonly number[], salt: number): Float64Array {
  return Float64Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => {
    const ramp = (i * 7919 + salt * 104729 + 17) % 65521;
    return ((ramp * ramp) % 65521) / 65521 - 0.5;
  });
}

/** The values that mnistNetworks.py gives a variable. */
function valueOf(name: string, shape: readonly number[], salt: number): tf.Tensor {
  const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const value = (noise: number) => (name.endsWith('kernel') ? ((noise + (name.startsWith('sn/') ? 0.1 : 0)) * 4) / Math.sqrt(fanIn) : /(gamma|variance)$/.test(name) ? 1 + noise : noise);
  return tf.tensor(Float32Array.from(fill(shape, salt), value), [...shape]);
}

const data = (shape: number[], salt: number) => tf.tensor(Float32Array.from(fill(shape, salt), (noise) => 2 * noise), shape);
const images = () => data([3, 28, 28, 1], 99);
const noise = (width: number) => data([3, width], 98);
const codes = () => tf.tensor1d([3, 0, 7], 'int32');
const labels = () => tf.cast(tf.oneHot(codes(), 10), 'float32');
const infogan = { categoricalDim: 10, continuousDim: 2 };
const calls = {
  unconditionalGenerator: { options: { noiseDims: 64 }, args: () => [noise(64)] },
  conditionalGenerator: { options: { noiseDims: 64 }, args: () => [[noise(64), labels()]] },
  infoganGenerator: { options: { noiseDims: 64, ...infogan }, args: () => [[noise(62), codes(), noise(2)]] },
  unconditionalDiscriminator: { options: {}, args: () => [images(), null] },
  conditionalDiscriminator: { options: {}, args: () => [images(), [null, labels()]] },
  infoganDiscriminator: { options: infogan, args: () => [images(), null] },
} as const;

const relative = (value: number, wanted: number, floor = 0) => Math.abs(value - wanted) / Math.max(Math.abs(wanted), floor);
const POWER_ITERATIONS = 10;

/** The networks of the example against TF-GAN's own, with an eighth of the features and the same weights: see mnistNetworks.py. */
describe('networks of the tfgan-mnist example', () => {
  let networks: Readonly<Record<string, (options: object) => ExampleNetwork>>;
  let uninstall = () => {};
  beforeAll(async () => {
    await tf.setBackend('wasm');
    uninstall = installGradients();
    // the example imports the package; here its functions are called without building it
    networks = (await import(new URL('../../examples/tfgan-mnist/networks.mjs', import.meta.url).href)) as typeof networks;
  });
  afterAll(() => uninstall());

  it.each(recorded)("$kind is TF-GAN's", ({ kind, variables, outputs, regularization, gradientNorms, movingSums }) => {
    const { options, args } = calls[kind];
    const network = networks[kind]({ ...options, width: 1 / 8, momentum: 0.999, seed: 1 });
    const variable = (name: string) => network.namedVariables.get(name)!;
    expect([...network.namedVariables.keys()].sort()).toEqual([...variables].sort());
    tf.tidy(() => {
      const refill = (which: RegExp) => variables.forEach((name, salt) => which.test(name) && variable(name).assign(valueOf(name, variable(name).shape, salt)));
      refill(/./);
      const inputs = args();
      if (kind.endsWith('Discriminator')) for (let i = 0; i < POWER_ITERATIONS; i += 1) tf.tidy(() => void network(...inputs));
      refill(/moving_/);
      let found: number[][] = [];
      const trainable = network.variables.filter((variable) => variable.trainable);
      const { grads } = tf.variableGrads(() => {
        const result = network(...inputs);
        const heads = Array.isArray(result) ? [result[0], result[1][0].logProb(codes()), result[1][1].logProb(noise(2))] : [result];
        found = heads.map((head) => [...head.dataSync()].filter((_, i) => i % Math.max(1, Math.floor(head.size / 60)) === 0));
        const flat = tf.concat(heads.map((head) => tf.reshape(head, [-1])));
        const total = network.regularizationLosses().reduce((sum: tf.Tensor, loss) => tf.add(sum, loss), tf.scalar(0));
        expect(relative(total.dataSync()[0], regularization)).toBeLessThan(1e-4);
        return tf.add(tf.sum(tf.mul(tf.sin(tf.range(0, flat.size)), flat)), total) as tf.Scalar;
      }, trainable);
      found.forEach((head, index) => head.forEach((value, i) => expect(Math.abs(value - outputs[index][i])).toBeLessThan(2e-4)));
      for (const [name, norm] of Object.entries(gradientNorms)) {
        const gradient = grads[variable(name).name];
        expect([name, relative(tf.norm(gradient).dataSync()[0], norm, 0.1) < 1e-3]).toEqual([name, true]);
      }
      for (const [name, sum] of Object.entries(movingSums)) expect(relative(tf.sum(variable(name)).dataSync()[0], sum, 1)).toBeLessThan(1e-4);
    });
    tf.dispose([...network.variables]);
  });
});
