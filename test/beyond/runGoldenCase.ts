import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import { compile, type NetworkPair, type Networks } from '../../src/index.ts';
import type { Hooks } from '../../src/runtime/functions/hooks.ts';
import type { Network, NetworkOutput } from '../../src/runtime/networks.ts';
import type { RandomSource } from '../../src/runtime/random.ts';
import type { StateAccess } from '../../src/runtime/state.ts';
import { difference } from '../helpers/difference.ts';
import type { GoldenCase } from './goldenCases.ts';
import { createNetwork, toTensor, type RunningNetwork } from './goldenNetwork.ts';

const PLAYERS: readonly Player[] = ['generator', 'discriminator'];

/** What `consistency` is tested with: 1.25 x + 0.3 noise. */
const HOOKS: Hooks = { augment: (x, random) => tf.add(tf.mul(1.25, x), tf.mul(0.3, random.normal('noise', x.shape))) };

/** The cases in order; those of a sequence, `name@0`, `name@1` and so on, remember what their terms keep. */
export function runGoldenCases(cases: readonly GoldenCase[]): readonly string[] {
  const kept = new Map<string, KeptState>();
  return cases.flatMap((golden) => {
    const [sequence] = golden.id.split('@');
    const state = kept.get(sequence) ?? createKeptState();
    kept.set(sequence, state);
    return runGoldenCase(golden, state);
  });
}

/** What is wrong with the case's specification, loss by loss and gradient by gradient; empty where all agrees. */
function runGoldenCase(golden: GoldenCase, state: KeptState): readonly string[] {
  tf.engine().startScope();
  try {
    const objective = compile(golden.spec);
    const nets = Object.fromEntries(Object.entries(golden.networks).map(([name, network]) => [name, createNetwork(network)]));
    const networks = networksOf(nets);
    const batch = Object.fromEntries(Object.entries(golden.batch).map(([name, value]) => [name, 'data' in value ? toTensor(value) : value.map(toTensor)]));
    const options = { random: recordedDraws(golden), step: golden.step, hooks: HOOKS, state: state.access };
    return PLAYERS.flatMap((player) => {
      const { loss, gradients } = golden.expect[player];
      const own = ownVariables(nets, player);
      const names = own.map(([name]) => name);
      const variables = own.map(([, variable]) => variable);
      const lossOf = player === 'generator' ? objective.generatorLoss : objective.discriminatorLoss;
      // tfjs raises where there is no path: an added zero makes one to every variable
      const total = () => variables.reduce((sum, variable) => tf.add(sum, tf.sum(tf.zerosLike(variable))), lossOf(networks, batch, options));
      const { value, grads } = tf.variableGrads(() => total().asScalar(), variables);
      state.commit();
      const wrong = [{ what: 'loss', found: difference(value.dataSync(), [loss], 1e-5, 1e-6) }];
      names.forEach((name, index) => wrong.push({ what: `gradient by ${name}`, found: difference(grads[variables[index].name].dataSync(), gradients[name].data, 1e-4, 1e-6) }));
      return wrong.flatMap(({ what, found }) => (found === null ? [] : [`${golden.id}, ${player}: ${what} ${found}`]));
    });
  } finally {
    tf.engine().endScope();
  }
}

type Nets = Readonly<Record<string, RunningNetwork>>;

function networksOf(nets: Nets): Networks {
  const pair = (prefix: string): NetworkPair => ({ generator: withVariables(nets[`${prefix}generator`]), discriminator: withVariables(nets[`${prefix}discriminator`]) });
  return nets.generator === undefined ? { x2y: pair('x2y.'), y2x: pair('y2x.') } : pair('');
}

function ownVariables(nets: Nets, player: Player): readonly (readonly [string, tf.Variable])[] {
  return Object.entries(nets).flatMap(([name, { variables }]) => {
    if (!name.endsWith(player)) return [];
    return [...variables].map(([key, variable]) => [name === player ? key : `${name}/${key}`, variable] as const);
  });
}

/** `features0`, `features1` … are one head, `features`, a list. */
function withVariables({ call, variables }: RunningNetwork): Network {
  const heads = (data: tf.Tensor, condition?: unknown): NetworkOutput => {
    const all = Object.entries(call(data, condition));
    const listed = all.filter(([name]) => /^features\d+$/.test(name));
    if (listed.length === 0) return Object.fromEntries(all);
    return { ...Object.fromEntries(all.filter((head) => !listed.includes(head))), features: listed.map(([, value]) => value) };
  };
  return Object.assign(heads, { variables: [...variables.values()] });
}

interface KeptState {
  readonly access: StateAccess;
  /** What was written is read from now on. */
  readonly commit: () => void;
}

/** Term state outside a trainer, as numbers: it outlives tensors. */
function createKeptState(): KeptState {
  const kept = new Map<string, () => tf.Tensor>();
  const written = new Map<string, () => tf.Tensor>();
  return {
    access: {
      read: (key, initial) => kept.get(key)?.() ?? initial,
      write(key, value) {
        const { shape } = value;
        const data = value.dataSync().slice();
        written.set(key, () => tf.tensor(data, shape));
      },
      pool: (_key, value) => value,
    },
    commit() {
      for (const [key, make] of written) kept.set(key, make);
      written.clear();
    },
  };
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
