import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { dataOf, weightsOf, type CaseName, type Phase, type Row } from '../cases.ts';
import { sumOfMagnitudes } from '../magnitudes.ts';
import type { Contestant } from '../measure.ts';
import { NETWORKS, tensorsOf, variablesOf, type NetworkOf, type SteppedCase, type Weights } from '../networks.ts';
import type { Line, SystemSettings } from './system.ts';

type Nets = Readonly<Record<string, Weights>>;
type Data = Readonly<Record<string, tf.Tensor>>;
type Loss = (nets: Nets, data: Data) => tf.Scalar;

const BACKENDS = ['wasm', 'cpu'] as const;

/** Steps that take minutes on the cpu backend. */
const SLOW: ReadonlySet<CaseName> = new Set(['dcgan', 'cyclegan']);

/** TensorFlow.js by itself: tf.variableGrads, tf.grad and tf.train.adam, on the wasm and the cpu backend. */
export async function* tfjs(rows: readonly Row[], { slow }: SystemSettings): AsyncGenerator<Line> {
  tf.enableProdMode();
  // the penalty goes through tf.leakyRelu, of which stock tfjs has no second derivative: a user has to supply this one
  tf.registerGradient({ kernelName: 'Greater', inputsToSave: ['a', 'b'], gradFunc: (_, [a, b]) => ({ a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) }) });
  for (const backend of BACKENDS) {
    await tf.setBackend(backend);
    const system = `tfjs ${tf.version.tfjs} ${backend}`;
    for (const row of rows) {
      if (backend === 'cpu' && SLOW.has(row.case) && !slow) {
        yield { contestants: [], skipped: [{ system, threads: 1, row, note: 'skipped: takes minutes; --slow runs it' }] };
        continue;
      }
      const contestant = row.phase === 'loss' ? lossOnly(row.case) : step(row.case as SteppedCase, row.phase);
      const note = row.phase === 'D' && row.case !== 'cyclegan' ? 'with a gradient of Greater supplied by the user; stock tfjs throws' : '';
      yield { contestants: [{ ...contestant, system, threads: 1, row, note }], skipped: [] };
    }
  }
}

type Run = Pick<Contestant, 'step' | 'gsum'>;

function step(name: SteppedCase, phase: Phase): Run {
  const nets = Object.fromEntries(Object.entries(weightsOf(name)).map(([network, values]) => [network, network.startsWith(phase) ? variablesOf(tensorsOf(values)) : tensorsOf(values)]));
  const trained = Object.values(nets).flatMap((weights) => Object.values(weights).filter((weight) => weight instanceof tf.Variable)) as tf.Variable[];
  const data = tensorsOf(dataOf(name));
  const loss = LOSSES[name][phase as 'D' | 'G'];
  const optimizer = tf.train.adam(1e-4, 0.5, 0.9, 1e-7);
  return {
    step() {
      const value = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => loss(nets, data), trained);
        optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
        return value;
      });
      const [number] = value.dataSync();
      value.dispose();
      return number;
    },
    gsum: () => 2 * sumOfMagnitudes((optimizer as unknown as { readonly accumulatedFirstMoment: readonly { readonly variable: tf.Variable }[] }).accumulatedFirstMoment.map(({ variable }) => variable.dataSync())),
  };
}

const squaresFrom = (x: tf.Tensor, target: number): tf.Scalar => tf.mean(tf.square(tf.sub(x, target)));

function wgan(d: NetworkOf, g: NetworkOf, axes: number[]): { readonly D: Loss; readonly G: Loss } {
  return {
    D({ D, G }, { real, z, alpha }) {
      const fake = g(G, z);
      const adversarial = tf.sub(tf.mean(d(D, fake)), tf.mean(d(D, real)));
      const point = tf.add(real, tf.mul(tf.sub(fake, real), alpha));
      const slopes = tf.sqrt(tf.add(tf.sum(tf.square(tf.grad((x) => tf.sum(d(D, x)))(point)), axes), 1e-10));
      return tf.add(adversarial, tf.mul(10, tf.mean(tf.square(tf.sub(slopes, 1)))));
    },
    G: ({ D, G }, { z }) => tf.neg(tf.mean(d(D, g(G, z)))),
  };
}

const { D: critic, G: translate } = NETWORKS.cyclegan;

const LOSSES: { readonly [C in SteppedCase]: { readonly D: Loss; readonly G: Loss } } = {
  mlp64: wgan(NETWORKS.mlp64.D, NETWORKS.mlp64.G, [1]),
  mlp256: wgan(NETWORKS.mlp256.D, NETWORKS.mlp256.G, [1]),
  dcgan: wgan(NETWORKS.dcgan.D, NETWORKS.dcgan.G, [1, 2, 3]),
  cyclegan: {
    D({ GA, GB, DA, DB }, { a, b }) {
      const [fakeB, fakeA] = [translate(GA, a), translate(GB, b)];
      return tf.mul(0.5, tf.addN([squaresFrom(critic(DB, b), 1), squaresFrom(critic(DB, fakeB), 0), squaresFrom(critic(DA, a), 1), squaresFrom(critic(DA, fakeA), 0)]));
    },
    G({ GA, GB, DA, DB }, { a, b }) {
      const [fakeB, fakeA] = [translate(GA, a), translate(GB, b)];
      const cycle = tf.add(tf.mean(tf.abs(tf.sub(translate(GB, fakeB), a))), tf.mean(tf.abs(tf.sub(translate(GA, fakeA), b))));
      return tf.add(tf.add(squaresFrom(critic(DB, fakeB), 1), squaresFrom(critic(DA, fakeA), 1)), tf.mul(10, cycle));
    },
  },
};

function lossOnly(name: CaseName): Run {
  const data = tensorsOf(dataOf(name));
  const { inputs, loss } = lossOf(name, data);
  const differentiate = tf.valueAndGrads(loss);
  let gradients: readonly tf.Tensor[] = [];
  return {
    step() {
      tf.dispose([...gradients]);
      const [value, ...made] = tf.tidy(() => {
        const { value, grads } = differentiate(inputs);
        return [value, ...grads];
      });
      gradients = made;
      const [number] = value.dataSync();
      value.dispose();
      return number;
    },
    gsum: () => sumOfMagnitudes(gradients.map((gradient) => gradient.dataSync())),
  };
}

function lossOf(name: CaseName, data: Data): { readonly inputs: tf.Tensor[]; readonly loss: (...inputs: tf.Tensor[]) => tf.Scalar } {
  const { sigmoidCrossEntropy, absoluteDifference } = tf.losses;
  if (name === 'minimax') {
    return { inputs: [data.real, data.fake], loss: (real, fake) => tf.add(sigmoidCrossEntropy(tf.onesLike(real), real), sigmoidCrossEntropy(tf.zerosLike(fake), fake)) };
  }
  if (name === 'hinge') {
    return { inputs: [data.real, data.fake], loss: (real, fake) => tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))) };
  }
  return { inputs: [data.ra, data.rb], loss: (ra, rb) => tf.div(tf.add<tf.Tensor>(absoluteDifference(data.a, ra), absoluteDifference(data.b, rb)), 2) };
}
