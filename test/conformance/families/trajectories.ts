import * as tf from '@tensorflow/tfjs';
import { clipVariables, ganTrainOps, ganTrainSteps, getJointTrainHooks, getSequentialTrainHooks, tfAdam, type AnyModel, type CycleGANLoss, type GANLoss, type GANTrainOps, type TrainOp } from '../../../src/tfgan.ts';
import { fieldsOf, listOf, notUnderstood, numberOf, objectOf, textOf, type Fields, type Json } from '../corpus/json.ts';
import { inputsOf, recordedOf, type Recorded } from '../corpus/tensor.ts';
import { callFacade } from '../facade.ts';
import { ganOptions } from '../ganOptions.ts';
import { buildPairs, cycleganModel, stargan } from '../models.ts';
import { buildNetwork, type BuiltNetwork } from '../net/network.ts';
import { networkFunction } from '../net/networkFunction.ts';
import { recordedRandom, type RecordedRandom } from '../recordedRandom.ts';
import { createChecks, valuesOf, type Noise, type Values } from '../checks.ts';
import { largestMovementsOf, perturbVariables } from '../perturb.ts';
import type { CaseContext, Family } from './family.ts';
import { starganOptions } from './starganLoss.ts';

/** What is trained: a model and its loss, whose data come from a feed, and its networks by the names that the corpus gives them. */
interface Trained {
  readonly model: AnyModel;
  readonly loss: GANLoss | CycleGANLoss;
  readonly networks: ReadonlyMap<string, BuiltNetwork>;
}

/** What one run of train ops did. */
interface Call {
  readonly run: readonly string[];
  readonly losses: readonly number[];
  /** Of all networks, after it: `generator/0.w`. */
  readonly variables: ReadonlyMap<string, Values>;
}

interface Trajectory {
  readonly calls: readonly Call[];
  readonly globalStep: number;
}

/** Family `trajectories`: training through `ganTrainOps` and the hooks; losses and variables after each run of train ops. */
export const trajectories: Family = async ({ fields, expect, checks }) => {
  const trajectory = await train(fields, null);
  fields.done();
  if (expect === null) return;
  const recorded = listOf(expect.take('calls'), 'calls');
  checks.same('runs of train ops', trajectory.calls.length, recorded.length);
  checks.same('global_step', trajectory.globalStep, numberOf(expect.take('global_step'), 'global_step'));
  const compare = (target: CaseContext['checks'], noise: (name: string) => Noise) => checkCalls(target, trajectory, recorded, noise);
  const first = createChecks(checks.evaluate);
  compare(first, () => () => null);
  if (first.failures.length === 0) compare(checks, () => () => null);
  else {
    // what is off may be off by float32's own noise, which steps of training amplify
    const movements = await largestMovementsOf(quantitiesOf(trajectory), async (round) => quantitiesOf(await train(fields, round)));
    compare(checks, (name) => () => movements.get(name) ?? null);
  }
};

/** Trains as the case says; in a round, from variables that differ in their last bits. */
async function train(fields: Fields, round: number | null): Promise<Trajectory> {
  const feeds = listOf(fields.take('feeds'), 'feeds').map((feed) => objectOf(feed, 'a feed'));
  let run = 0;
  const data = (name: string) => () => inputsOf(feeds[run][name] ?? notUnderstood(`a feed without ${name}`), name);
  const { model, loss, networks } = build(fields, data);
  if (round !== null) perturbVariables([...networks.values()].flatMap(({ variables }) => [...variables.values()]), round);
  const optimizers = readOptimizers(fields, networks);
  const steps = fieldsOf(fields.take('train_steps'), 'train_steps');
  const trainSteps = ganTrainSteps(numberOf(steps.take('generator'), 'generator'), numberOf(steps.take('discriminator'), 'discriminator'));
  steps.done();
  const kind = textOf(fields.take('hooks'), 'hooks');
  const getHooks = { sequential: getSequentialTrainHooks, joint: getJointTrainHooks }[kind] ?? notUnderstood(`hooks ${kind}`);
  const globalSteps = numberOf(fields.take('global_steps'), 'global_steps');
  const reads = textOf(fields.take('variable_reads'), 'variable_reads');
  if (reads !== 'snapshot') notUnderstood(`variable_reads ${reads}`);

  const random = (index: number): RecordedRandom => {
    run = index;
    return feedRandom(feeds[index] ?? notUnderstood(`${index + 1} runs, but ${feeds.length} feeds`));
  };
  const ops = ganTrainOps(model, loss, optimizers.generator, optimizers.discriminator, { random });
  const calls: Call[] = [];
  try {
    const hooks = getHooks(trainSteps)(recordRuns(ops, networks, calls));
    for (let step = 0; step < globalSteps; step += 1) {
      for (const hook of hooks) await hook.beforeRun();
      ops.globalStepIncOp();
    }
    return { calls, globalStep: ops.globalStep };
  } finally {
    for (const optimizer of new Set(Object.values(optimizers).flatMap((own) => ('x2y' in own ? [own.x2y, own.y2x] : [own])))) optimizer.dispose();
  }
}

function build(fields: Fields, data: (name: string) => () => unknown): Trained {
  const kind = textOf(fields.take('model'), 'model');
  const options = fields.optional('options') ?? {};
  if (kind === 'CycleGANModel') {
    const pairs = buildPairs(fields.take('nets'));
    const model = cycleganModel(pairs, data('data_x'), data('data_y'));
    const networks = new Map(Object.entries(pairs).flatMap(([direction, pair]) => Object.entries(pair).map(([player, network]) => [`${direction}.${player}`, network] as const)));
    return { model, loss: callFacade('cyclegan_loss', model, ganOptions(options)) as CycleGANLoss, networks };
  }
  const [generator, discriminator] = [buildNetwork(fields.take('generator'), 'generator'), buildNetwork(fields.take('discriminator'), 'discriminator')];
  const networks = new Map([['generator', generator], ['discriminator', discriminator]]);
  if (kind === 'StarGANModel') {
    const model = stargan(generator, discriminator, data('input_data'), data('input_data_domain_label'));
    return { model, loss: callFacade('stargan_loss', model, starganOptions(options)) as GANLoss, networks };
  }
  if (kind !== 'GANModel') return notUnderstood(`a trajectory of a ${kind}`);
  const model = callFacade('gan_model', networkFunction(generator, generator.call), networkFunction(discriminator, discriminator.call), data('real_data'), data('generator_inputs')) as AnyModel;
  return { model, loss: callFacade('gan_loss', model, ganOptions(options)) as GANLoss, networks };
}

/** The draws of one run. */
function feedRandom(feed: { readonly [name: string]: Json }): RecordedRandom {
  const alphas = ['alpha', 'alpha_x2y', 'alpha_y2x'].flatMap((name) => (feed[name] === undefined ? [] : [recordedOf(feed[name], name)]));
  if (feed.target_domain_index === undefined) return recordedRandom({ alphas });
  const labels = recordedOf(feed.input_data_domain_label ?? notUnderstood('a feed without labels'), 'labels');
  return recordedRandom({ alphas, targets: { index: recordedOf(feed.target_domain_index, 'target_domain_index'), domains: labels.shape[1] } });
}

type Optimizers = { readonly [P in 'generator' | 'discriminator']: tf.Optimizer | { readonly x2y: tf.Optimizer; readonly y2x: tf.Optimizer } };

function readOptimizers(fields: Fields, networks: Trained['networks']): Optimizers {
  const given = fieldsOf(fields.take('optimizers'), 'optimizers');
  const instances = textOf(fields.optional('optimizer_instances') ?? 'shared', 'optimizer_instances');
  if (instances !== 'shared' && instances !== 'per-direction') notUnderstood(`optimizer_instances ${instances}`);
  const variablesOf = (name: RegExp) => [...networks].flatMap(([key, network]) => (name.test(key) ? [...network.variables.values()] : []));
  const read = (player: 'generator' | 'discriminator') => {
    const spec = given.take(player);
    if (instances === 'shared') return createOptimizer(spec, variablesOf(new RegExp(player)));
    return { x2y: createOptimizer(spec, variablesOf(new RegExp(`x2y.${player}`))), y2x: createOptimizer(spec, variablesOf(new RegExp(`y2x.${player}`))) };
  };
  const optimizers = { generator: read('generator'), discriminator: read('discriminator') };
  given.done();
  return optimizers;
}

function createOptimizer(value: Json, variables: readonly tf.Variable[]): tf.Optimizer {
  const fields = fieldsOf(value, 'an optimizer');
  const name = textOf(fields.take('name'), 'name');
  const number = (key: string, otherwise: number) => numberOf(fields.optional(key) ?? otherwise, key);
  const kinds: Readonly<Record<string, () => tf.Optimizer>> = {
    GradientDescentOptimizer: () => tf.train.sgd(numberOf(fields.take('learning_rate'), 'learning_rate')),
    AdamOptimizer: () => tfAdam(number('learning_rate', 0.001), number('beta1', 0.9), number('beta2', 0.999), number('epsilon', 1e-8)),
  };
  const optimizer = (Object.hasOwn(kinds, name) ? kinds[name] : notUnderstood(`an optimizer ${name}`))();
  const clip = fields.optional('clip');
  fields.done();
  return clip === undefined ? optimizer : clipVariables(optimizer, variables, numberOf(clip, 'clip'));
}

/** Train ops that keep what each run did. */
function recordRuns(ops: GANTrainOps, networks: Trained['networks'], calls: Call[]): GANTrainOps {
  const nameOf = namesOfOps(ops);
  const read = ({ shape, dtype }: tf.Variable, values: ArrayLike<number>): Values => ({ shape, dtype, values });
  return {
    ...ops,
    async run(chosen) {
      const parts = chosen.flatMap((op) => op.parts);
      const losses = await ops.run(parts);
      const variables = [...networks].flatMap(([network, built]) => [...built.variables].map(([name, variable]) => [`${network}/${name}`, read(variable, variable.dataSync())] as const));
      calls.push({ run: parts.map(nameOf), losses, variables: new Map(variables) });
      return chosen.map((op) => op.parts.reduce((sum, part) => sum + losses[parts.indexOf(part)], 0));
    },
  };
}

/** Every number of a trajectory, under a name. */
function quantitiesOf({ calls }: Trajectory): ReadonlyMap<string, ArrayLike<number>> {
  return new Map(calls.flatMap(({ run, losses, variables }, index) => [
    ...run.map((name, place) => [`${index}: loss of the ${name}`, [losses[place]]] as const),
    ...[...variables].map(([name, values]) => [`${index}: ${name}`, valuesOf(values)] as const),
  ]));
}

function checkCalls(checks: CaseContext['checks'], { calls }: Trajectory, recorded: readonly Json[], noise: (name: string) => Noise): void {
  const expected = new Map<string, Recorded>();
  calls.slice(0, recorded.length).forEach(({ run, losses, variables }, index) => {
    const what = (name: string) => `${index}: ${name}`;
    const call = fieldsOf(recorded[index], `call ${index}`);
    checks.same(`call ${index}`, run, listOf(call.take('run'), 'run'));
    for (const [name, loss] of Object.entries(objectOf(call.take('losses'), 'losses'))) {
      const own = losses[run.indexOf(name)];
      if (own === undefined) checks.fail(`call ${index}: no loss of the ${name}`);
      else tf.tidy(() => checks.loss(what(`loss of the ${name}`), tf.scalar(own), recordedOf(loss, name), noise(what(`loss of the ${name}`))));
    }
    for (const [network, changed] of Object.entries(objectOf(call.take('changed'), 'changed'))) {
      for (const [name, variable] of Object.entries(objectOf(changed, network))) expected.set(`${network}/${name}`, recordedOf(variable, name));
    }
    call.done();
    // what did not change in this call is still what the last one left
    for (const [name, variable] of expected) {
      const own = variables.get(name);
      if (own === undefined) checks.fail(`call ${index}: no variable ${name}`);
      else checks.variable(what(name), own, variable, noise(what(name)));
    }
  });
}

function namesOfOps({ generatorTrainOp, discriminatorTrainOp }: GANTrainOps): (op: TrainOp) => string {
  const names = new Map<TrainOp, string>();
  for (const [player, op] of [['generator', generatorTrainOp], ['discriminator', discriminatorTrainOp]] as const) {
    const directions = op.parts.length === 1 ? [''] : ['x2y.', 'y2x.'];
    op.parts.forEach((part, index) => names.set(part, `${directions[index]}${player}`));
  }
  return (op) => names.get(op) ?? '?';
}
