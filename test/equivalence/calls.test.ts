import * as tf from '@tensorflow/tfjs';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Player } from '../../src/dsl/ast.ts';
import { compile, installGradients, type Network, type NetworkPair, type Networks, type Objective } from '../../src/index.ts';
import { HOOKS } from './runs.ts';
import { createWorld } from './world.ts';

// How often each network runs, and on what: what a player does not need is not computed, and nothing twice.

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

/** The calls that a player's loss makes, as `D(real)`; data is told by its numbers. */
function callsOf(objective: Objective, player: Player): readonly string[] {
  const world = createWorld(objective.model);
  const calls: string[] = [];
  const known = new Map<string, string>();
  const key = (data: unknown) => JSON.stringify(([data].flat() as tf.Tensor[]).map((x) => Array.from(x.dataSync())));
  const learn = (name: string, data: unknown) => {
    if (!known.has(key(data))) known.set(key(data), name);
  };
  const watched = (name: string, network: Network): Network => Object.assign((data: tf.Tensor, condition?: unknown) => {
    const what = known.get(key(data)) ?? 'point';
    calls.push(`${name}(${what})`);
    const result = (network as (data: tf.Tensor, condition?: unknown) => tf.Tensor)(data, condition);
    if (/^[GF]/.test(name)) learn(`${name}(${what})`, result);
    return result;
  }, { variables: (network as { readonly variables?: readonly tf.Variable[] }).variables });
  const pair = ({ generator, discriminator }: NetworkPair, [G, D]: readonly [string, string]): NetworkPair => ({ generator: watched(G, generator), discriminator: watched(D, discriminator) });
  const networks: Networks = 'x2y' in world.networks ? { x2y: pair(world.networks.x2y, ['G', 'Dy']), y2x: pair(world.networks.y2x, ['F', 'Dx']) } : pair(world.networks, ['G', 'D']);
  tf.tidy(() => {
    // a classifier of classes and, behind them, one for fakes: as many as the world's classes, with one label fewer
    const labels = objective.text === 'multi_hinge' ? { labels: tf.eye(3, 2) } : {};
    const batch = { ...world.batch, ...labels, importance: tf.ones([3, 1]) };
    for (const [name, value] of Object.entries(batch)) learn(name === 'generatorInputs' ? 'z' : name, value);
    if (objective.model === 'infogan') learn('z', [world.batch.generatorInputs, world.batch.codes].flat());
    const loss = player === 'generator' ? objective.generatorLoss : objective.discriminatorLoss;
    loss(networks, batch, { seed: 1, hooks: HOOKS });
  });
  return calls.sort();
}

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples).filter((file) => file.endsWith('.ganloss')).map((file) => file.slice(0, -'.ganloss'.length));

/** Every call that the formulas need, each once. The fakes are made once, in advance. */
const plain = { generator: ['D(G(z))', 'G(z)'], discriminator: ['D(G(z))', 'D(real)', 'G(z)'] };
const penalized = { ...plain, discriminator: ['D(G(z))', 'D(point)', 'D(real)', 'G(z)'] };
const bothReal = { ...plain, generator: ['D(G(z))', 'D(real)', 'G(z)'] };
const EXPECTED: Readonly<Record<string, { readonly [P in Player]: readonly string[] }>> = {
  acgan: plain,
  began: plain,
  consistency: { ...plain, discriminator: ['D(G(z))', 'D(point)', 'D(point)', 'D(real)', 'G(z)'] },
  cyclegan: {
    generator: ['Dx(F(y))', 'Dy(G(x))', 'F(G(x))', 'F(x)', 'F(y)', 'G(F(y))', 'G(x)', 'G(y)'],
    discriminator: ['Dx(F(y))', 'Dx(x)', 'Dy(G(x))', 'Dy(y)', 'F(y)', 'G(x)'],
  },
  'feature-matching': bothReal,
  hinge: plain,
  'historical-averaging': plain,
  infogan: { generator: ['D(G(z))', 'G(z)'], discriminator: ['D(G(z))', 'D(real)', 'G(z)'] },
  // the tape takes the slope at D(real) from a call of its own
  lazy: { ...plain, discriminator: ['D(G(z))', 'D(real)', 'D(real)', 'G(z)'] },
  lecam: plain,
  lsgan: plain,
  minimax: plain,
  modified: plain,
  // the tape takes the slope by z from a call of its own, and the fakes that are made in advance are those of the discriminator
  'path-length': { ...plain, generator: ['D(G(z))', 'G(z)', 'G(z)', 'G(z)'] },
  // the tape takes the slope at D(real) from a call of its own
  r1: { ...plain, discriminator: ['D(G(z))', 'D(real)', 'D(real)', 'G(z)'] },
  r3gan: { ...bothReal, discriminator: ['D(G(z))', 'D(G(z))', 'D(real)', 'D(real)', 'G(z)'] },
  'ragan-hinge': bothReal,
  'ragan-least-squares': bothReal,
  dragan: penalized,
  ebgan: plain,
  contragan: plain,
  reacgan: plain,
  'multi-hinge': plain,
  'top-k': plain,
  'lipschitz-gan': penalized,
  'wgan-lp': penalized,
  'zero-gp': penalized,
  relativistic: bothReal,
  schedules: penalized,
  stargan: { generator: ['D(G(x))', 'G(G(x))', 'G(x)'], discriminator: ['D(G(x))', 'D(point)', 'D(x)', 'G(x)'] },
  'spectral-norm': plain,
  state: plain,
  weighted: plain,
  'wgan-clip': plain,
  'wgan-gp': penalized,
  'wgan-gp-one-sided': penalized,
  wgan: plain,
};

describe('every example', () => {
  it('is here', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s calls each network as often as its formula needs', (name) => {
    const objective = compile(readFileSync(new URL(`${name}.ganloss`, examples), 'utf8'));
    expect(callsOf(objective, 'generator')).toEqual(EXPECTED[name].generator);
    expect(callsOf(objective, 'discriminator')).toEqual(EXPECTED[name].discriminator);
  });
});

describe('calls', () => {
  it.each<[string, string, Player, readonly string[]]>([
    ['a generator does not judge real data that its loss leaves out', 'hinge + 10*gp', 'generator', ['D(G(z))', 'G(z)']],
    ['equal penalties are one', 'wasserstein + gp + 2*gp', 'discriminator', ['D(G(z))', 'D(point)', 'D(real)', 'G(z)']],
    ['penalties with other draws are two', 'wasserstein + gp + gp(target: 2)', 'discriminator', ['D(G(z))', 'D(point)', 'D(point)', 'D(real)', 'G(z)']],
    ['heads of one call', 'modified + acgan', 'discriminator', ['D(G(z))', 'D(real)', 'G(z)']],
    ['a head that is used twice', 'model gan term t() { generator = mean(D.features(fake)^2) + sum(D.features(fake)) } objective = wasserstein + t', 'generator', ['D(G(z))', 'G(z)']],
    ['G(z) is the fake', 'term t() { generator = mean(D(G(z))) } objective = wasserstein + t', 'generator', ['D(G(z))', 'G(z)']],
    ['a term that only the other player has', 'wasserstein.generator + gp', 'generator', ['D(G(z))', 'G(z)']],
    ['a slope by real data in a cyclegan needs no other fake', 'model cyclegan term slopes() { discriminator = mean(grad(Dx(x), x)^2) } objective = wasserstein + slopes', 'discriminator', ['Dx(F(y))', 'Dx(x)', 'Dx(x)', 'Dy(G(x))', 'Dy(y)', 'F(y)', 'G(x)']],
  ])('%s', (_why, text, player, calls) => {
    expect(callsOf(compile(text), player)).toEqual(calls);
  });
});
