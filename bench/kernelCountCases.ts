import * as tf from '@tensorflow/tfjs';
import { normals } from '../src/runtime/random.ts';
import { acganModel, categorical, cycleganLoss, cycleganModel, ganLoss, ganModel, infoganModel, losses, normal, starganLoss, starganModel, type FunctionNetwork, type RandomSource } from '../src/tfgan.ts';

/** A player's loss, what it is differentiated by, and how often each network has run. */
export interface Evaluated {
  readonly loss: () => tf.Tensor;
  readonly variables: readonly tf.Variable[];
  readonly runs: () => readonly number[];
}

type Writer = 'facade' | 'hand';

export interface Case {
  readonly name: string;
  readonly generator: (writer: Writer) => Evaluated;
  readonly discriminator: (writer: Writer) => Evaluated;
}

const BATCH = 8;
const filled = (name: string, shape: readonly number[]): tf.Tensor => tf.tensor(normals(1, name, shape.reduce((product, size) => product * size, 1)), [...shape]);

interface Mlp<Result> {
  readonly call: FunctionNetwork<Result>;
  readonly variables: readonly tf.Variable[];
  readonly runs: () => number;
}

/** A hidden layer of 16 units and a linear layer for each head. */
function mlp<Result>(name: string, inputs: number, heads: readonly number[], result: (outputs: readonly tf.Tensor[]) => Result): Mlp<Result> {
  let count = 0;
  const variable = (field: string, shape: readonly number[]): tf.Variable => tf.variable(filled(`${name}/${field}`, shape));
  const hidden = [variable('w', [inputs, 16]), variable('b', [16])] as const;
  const outputs = heads.map((units, index) => [variable(`w${index}`, [16, units]), variable(`b${index}`, [units])] as const);
  const variables = [...hidden, ...outputs.flat()];
  const dense = (x: tf.Tensor, [w, b]: readonly [tf.Variable, tf.Variable]): tf.Tensor => tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b);
  const run = (x: tf.Tensor): Result => {
    count += 1;
    const trunk = tf.tanh(dense(x, hidden));
    return result(outputs.map((layer) => dense(trunk, layer)));
  };
  return { call: Object.assign(run, { variables }), variables, runs: () => count };
}

const first = ([output]: readonly tf.Tensor[]): tf.Tensor => output!;
const both = ([one, two]: readonly tf.Tensor[]): readonly [tf.Tensor, tf.Tensor] => [one!, two!];
const call = <Result>({ call: network }: Mlp<Result>, x: tf.Tensor): Result => network(x, undefined as never);

const real = filled('real', [BATCH, 2]);
const z = filled('z', [BATCH, 4]);
const alpha = tf.tensor2d(Float32Array.from({ length: BATCH }, (_, index) => (index + 0.5) / BATCH), [BATCH, 1]);
const classNumbers = tf.tensor1d(Array.from({ length: BATCH }, (_, index) => index % 3), 'int32');
const labels = tf.cast(tf.oneHot(classNumbers, 3), 'float32');
const targets = tf.cast(tf.oneHot(tf.tensor1d(Array.from({ length: BATCH }, (_, index) => (index + 1) % 3), 'int32'), 3), 'float32');

/** Answers with the numbers that the handwritten losses use. */
const random: RandomSource = {
  uniform: (draw) => (draw === 'target' ? tf.tensor1d(Array.from({ length: BATCH }, (_, index) => (((index + 1) % 3) + 0.5) / 3)) : alpha.clone()),
  normal: (_, shape) => tf.zeros([...shape]),
  numbers: (_, length) => new Float32Array(length),
};

const crossEntropy = (target: tf.Tensor, logits: tf.Tensor): tf.Tensor => tf.neg(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)));

/** (slope − 1)², as Gulrajani et al. have it. */
function gradientPenalty(discriminate: (x: tf.Tensor) => tf.Tensor, data: tf.Tensor, fake: tf.Tensor): tf.Tensor {
  const mixed = tf.add(data, tf.mul(alpha, tf.sub(fake, data)));
  const gradient = tf.grad((x: tf.Tensor) => discriminate(x))(mixed);
  const slope = tf.sqrt(tf.add(tf.sum(tf.square(gradient), 1), 1e-10));
  return tf.mean(tf.square(tf.sub(slope, 1)));
}

interface HandWritten {
  readonly generator: (fake: tf.Tensor) => tf.Tensor;
  readonly discriminator: (fake: tf.Tensor) => tf.Tensor;
}

/** A GAN of one generator and one discriminator of one output. */
function plain(name: string, options: Parameters<typeof ganLoss>[1], write: (discriminate: (x: tf.Tensor) => tf.Tensor) => HandWritten): Case {
  const evaluate = (player: 'generator' | 'discriminator') => (writer: Writer): Evaluated => {
    const [G, D] = [mlp('G', 4, [2], first), mlp('D', 2, [1], first)];
    const loss = ganLoss(ganModel(G.call, D.call, real, z), { ...options, random, addSummaries: false });
    const hand = write((x) => call(D, x));
    return {
      loss: () => (writer === 'facade' ? loss[`${player}Loss`] : hand[player](call(G, z))),
      variables: { generator: G, discriminator: D }[player].variables,
      runs: () => [G.runs(), D.runs()],
    };
  };
  return { name, generator: evaluate('generator'), discriminator: evaluate('discriminator') };
}

function acgan(): Case {
  const evaluate = (player: 'generator' | 'discriminator') => (writer: Writer): Evaluated => {
    const [G, D] = [mlp('G', 4, [2], first), mlp('D', 2, [1, 3], both)];
    const model = acganModel(G.call, D.call, real, z, labels);
    const loss = ganLoss(model, { auxCondGeneratorWeight: 1, auxCondDiscriminatorWeight: 1, random, addSummaries: false });
    const hand = {
      generator(): tf.Tensor {
        const [logits, classes] = call(D, call(G, z));
        return tf.add(tf.neg(tf.mean(logits)), crossEntropy(labels, classes));
      },
      discriminator(): tf.Tensor {
        const [onFake, fakeClasses] = call(D, call(G, z));
        const [onReal, realClasses] = call(D, real);
        return tf.add(tf.sub(tf.mean(onFake), tf.mean(onReal)), tf.add(crossEntropy(labels, realClasses), crossEntropy(labels, fakeClasses)));
      },
    };
    return { loss: () => (writer === 'facade' ? loss[`${player}Loss`] : hand[player]()), variables: { generator: G, discriminator: D }[player].variables, runs: () => [G.runs(), D.runs()] };
  };
  return { name: 'acgan', generator: evaluate('generator'), discriminator: evaluate('discriminator') };
}

function infogan(): Case {
  const code = filled('code', [BATCH, 2]);
  const evaluate = (player: 'generator' | 'discriminator') => (writer: Writer): Evaluated => {
    const G = mlp('G', 9, [2], first);
    const D = mlp('D', 2, [1, 3, 2], (outputs) => outputs as readonly [tf.Tensor, tf.Tensor, tf.Tensor]);
    const generate = Object.assign((inputs: readonly tf.Tensor[]) => call(G, tf.concat([inputs[0]!, tf.oneHot(tf.cast(inputs[1]!, 'int32'), 3), inputs[2]!], 1)), { variables: G.variables });
    const discriminate = Object.assign(
      (x: tf.Tensor) => {
        const [logits, classes, mean] = call(D, x);
        return [logits, [categorical(classes), normal(mean, 1)]] as const;
      },
      { variables: D.variables },
    );
    const loss = ganLoss(infoganModel(generate, discriminate, real, [z], [classNumbers, code]), { mutualInformationPenaltyWeight: 1, random, addSummaries: false });
    const information = (classes: tf.Tensor, mean: tf.Tensor): tf.Tensor => {
      const chosen = tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(classes)), -1));
      const density = tf.mean(tf.sub(tf.mul(-0.5, tf.square(tf.sub(code, mean))), 0.5 * Math.log(2 * Math.PI)));
      return tf.neg(tf.div(tf.add(chosen, density), 2));
    };
    const hand = {
      generator(): tf.Tensor {
        const [onFake, classes, mean] = call(D, generate([z, classNumbers, code]));
        return tf.add(tf.neg(tf.mean(onFake)), information(classes, mean));
      },
      discriminator(): tf.Tensor {
        const [onFake, classes, mean] = call(D, generate([z, classNumbers, code]));
        return tf.add(tf.sub(tf.mean(onFake), tf.mean(call(D, real)[0])), information(classes, mean));
      },
    };
    return { loss: () => (writer === 'facade' ? loss[`${player}Loss`] : hand[player]()), variables: { generator: G, discriminator: D }[player].variables, runs: () => [G.runs(), D.runs()] };
  };
  return { name: 'infogan', generator: evaluate('generator'), discriminator: evaluate('discriminator') };
}

function cyclegan(): Case {
  const [x, y] = [filled('x', [BATCH, 2]), filled('y', [BATCH, 2])];
  const evaluate = (player: 'generator' | 'discriminator') => (writer: Writer): Evaluated => {
    const [F, G, Dx, Dy] = [mlp('F', 2, [2], first), mlp('G', 2, [2], first), mlp('Dx', 2, [1], first), mlp('Dy', 2, [1], first)];
    const { lossX2y, lossY2x } = cycleganLoss(cycleganModel({ x2y: F.call, y2x: G.call }, { x2y: Dy.call, y2x: Dx.call }, x, y), { random, addSummaries: false });
    const squares = (outputs: tf.Tensor, label: number): tf.Tensor => tf.mul(0.5, tf.mean(tf.square(label === 0 ? outputs : tf.sub(outputs, label))));
    const hand = {
      generator(): tf.Tensor {
        const [fakeY, fakeX] = [call(F, x), call(G, y)];
        const cycle = tf.mul(5, tf.add(tf.mean(tf.abs(tf.sub(call(G, fakeY), x))), tf.mean(tf.abs(tf.sub(call(F, fakeX), y)))));
        return tf.add(tf.add(squares(call(Dy, fakeY), 1), cycle), tf.add(squares(call(Dx, fakeX), 1), cycle));
      },
      discriminator(): tf.Tensor {
        const judge = (D: Mlp<tf.Tensor>, data: tf.Tensor, fake: tf.Tensor): tf.Tensor => tf.add(squares(call(D, data), 1), squares(call(D, fake), 0));
        return tf.add(judge(Dy, y, call(F, x)), judge(Dx, x, call(G, y)));
      },
    };
    const owned = { generator: [F, G], discriminator: [Dy, Dx] }[player];
    return {
      loss: () => (writer === 'facade' ? tf.add(lossX2y[`${player}Loss`], lossY2x[`${player}Loss`]) : hand[player]()),
      variables: owned.flatMap(({ variables }) => variables),
      runs: () => [F, G, Dx, Dy].map(({ runs }) => runs()),
    };
  };
  return { name: 'cyclegan', generator: evaluate('generator'), discriminator: evaluate('discriminator') };
}

function stargan(): Case {
  const evaluate = (player: 'generator' | 'discriminator') => (writer: Writer): Evaluated => {
    const [G, D] = [mlp('G', 5, [2], first), mlp('D', 2, [1, 3], both)];
    const translate = Object.assign((data: tf.Tensor, domains: tf.Tensor) => call(G, tf.concat([data, domains], 1)), { variables: G.variables });
    // targets are given here as what was drawn: drawing is no part of the loss
    const model = starganModel(translate, D.call, real, labels, { random });
    void model.generatedDataDomainTarget;
    const loss = starganLoss(model, { random, addSummaries: false });
    const hand = {
      generator(): tf.Tensor {
        const fake = translate(real, targets);
        const [source, domains] = call(D, fake);
        const reconstruction = tf.mean(tf.abs(tf.sub(real, translate(fake, labels))));
        return tf.add(tf.add(tf.neg(tf.mean(source)), tf.mul(10, reconstruction)), crossEntropy(targets, domains));
      },
      discriminator(): tf.Tensor {
        const fake = translate(real, targets);
        const [onReal, domains] = call(D, real);
        const adversarial = tf.sub(tf.mean(call(D, fake)[0]), tf.mean(onReal));
        return tf.add(tf.add(adversarial, tf.mul(10, gradientPenalty((data) => call(D, data)[0], real, fake))), crossEntropy(labels, domains));
      },
    };
    return { loss: () => (writer === 'facade' ? loss[`${player}Loss`] : hand[player]()), variables: { generator: G, discriminator: D }[player].variables, runs: () => [G.runs(), D.runs()] };
  };
  return { name: 'stargan', generator: evaluate('generator'), discriminator: evaluate('discriminator') };
}

export const CASES: readonly Case[] = [
  plain('wasserstein', {}, (D) => ({
    generator: (fake) => tf.neg(tf.mean(D(fake))),
    discriminator: (fake) => tf.sub(tf.mean(D(fake)), tf.mean(D(real))),
  })),
  plain('wasserstein + gp', { gradientPenaltyWeight: 10 }, (D) => ({
    generator: (fake) => tf.neg(tf.mean(D(fake))),
    discriminator: (fake) => tf.add(tf.sub(tf.mean(D(fake)), tf.mean(D(real))), tf.mul(10, gradientPenalty(D, real, fake))),
  })),
  plain('modified', { generatorLossFn: losses.modifiedGeneratorLoss, discriminatorLossFn: losses.modifiedDiscriminatorLoss }, (D) => ({
    generator: (fake) => tf.mean(tf.softplus(tf.neg(D(fake)))),
    discriminator(fake) {
      const onReal = D(real);
      // TF-GAN smooths the real label, 1 → 0.875
      return tf.add(tf.mean(tf.sub(tf.softplus(onReal), tf.mul(0.875, onReal))), tf.mean(tf.softplus(D(fake))));
    },
  })),
  plain('least_squares', { generatorLossFn: losses.leastSquaresGeneratorLoss, discriminatorLossFn: losses.leastSquaresDiscriminatorLoss }, (D) => ({
    generator: (fake) => tf.mul(0.5, tf.mean(tf.square(tf.sub(D(fake), 1)))),
    discriminator: (fake) => tf.add(tf.mul(0.5, tf.mean(tf.square(tf.sub(D(real), 1)))), tf.mul(0.5, tf.mean(tf.square(D(fake))))),
  })),
  acgan(),
  infogan(),
  cyclegan(),
  stargan(),
];
