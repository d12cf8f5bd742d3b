import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import { compile } from '../../src/index.ts';
import type { RandomSource } from '../../src/runtime/random.ts';
import { difference } from '../conformance/goldenFile.ts';
import type { GoldenCase } from './goldenCases.ts';
import { createNetwork, toTensor } from './goldenNetwork.ts';

const PLAYERS: readonly Player[] = ['generator', 'discriminator'];

/** What is wrong with the case's specification, loss by loss and gradient by gradient; empty where all agrees. */
export function runGoldenCase(golden: GoldenCase): readonly string[] {
  tf.engine().startScope();
  try {
    const objective = compile(golden.spec);
    const nets = { generator: createNetwork(golden.networks.generator), discriminator: createNetwork(golden.networks.discriminator) };
    const networks = { generator: nets.generator.call, discriminator: nets.discriminator.call };
    const batch = Object.fromEntries(Object.entries(golden.batch).map(([name, value]) => [name, 'data' in value ? toTensor(value) : value.map(toTensor)]));
    const options = { random: recordedDraws(golden), step: golden.step };
    return PLAYERS.flatMap((player) => {
      const { loss, gradients } = golden.expect[player];
      const names = [...nets[player].variables.keys()];
      const variables = [...nets[player].variables.values()];
      const lossOf = player === 'generator' ? objective.generatorLoss : objective.discriminatorLoss;
      // tfjs raises where there is no path: an added zero makes one to every variable
      const total = () => variables.reduce((sum, variable) => tf.add(sum, tf.sum(tf.zerosLike(variable))), lossOf(networks, batch, options));
      const { value, grads } = tf.variableGrads(() => total().asScalar(), variables);
      const wrong = [{ what: 'loss', found: difference(value.dataSync(), [loss], 1e-5, 1e-6) }];
      names.forEach((name, index) => wrong.push({ what: `gradient by ${name}`, found: difference(grads[variables[index].name].dataSync(), gradients[name].data, 1e-4, 1e-6) }));
      return wrong.flatMap(({ what, found }) => (found === null ? [] : [`${golden.id}, ${player}: ${what} ${found}`]));
    });
  } finally {
    tf.engine().endScope();
  }
}

/** Gives the recorded numbers of each draw; its name is recorded without the term's arguments, `gp(target: 2).0` as `gp.0`. */
function recordedDraws({ id, draws }: GoldenCase): RandomSource {
  const recorded = (draw: string, shape: readonly number[]): tf.Tensor => {
    const golden = draws[draw.replace(/\(.*\)/, '')];
    if (golden === undefined || golden.shape.join() !== shape.join()) throw new Error(`${id} has no draw '${draw}' of shape [${shape.join(', ')}]`);
    return toTensor(golden);
  };
  return { uniform: recorded, normal: recorded, numbers: (draw, length) => Float32Array.from(recorded(draw, [length]).dataSync()) };
}
