import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../objective.ts';
import type { Hooks } from '../../runtime/functions/hooks.ts';
import type { Batch, ModelKind, NetworkPair, Networks } from '../../runtime/models/model.ts';
import type { PlayerOptimizers } from '../../runtime/trainer/options.ts';
import { random } from '../data/random.ts';
import { defaultNetworks } from '../train/defaultNetworks.ts';
import { asHooks, asNetwork, attempt, importNetworks, type NetworkRequest } from '../train/networksFile.ts';
import { problem } from '../train/problem.ts';
import { ADAM, DEFAULT_SETTINGS, parseParams } from '../train/trainOptions.ts';
import { inferBatch } from './inferBatch.ts';

/** What the commands that need networks, but no data, are told of them. */
export interface NetworkOptions {
  readonly networks?: string;
  readonly batch?: number;
  /** For networks(image, tf): the size of the images that the networks shall take. */
  readonly image?: { readonly height: number; readonly width: number; readonly channels: number };
  readonly noise?: number;
  readonly classes?: number;
  readonly lrD?: number;
  readonly lrG?: number;
  readonly dSteps?: number;
  readonly seed?: number;
  readonly param?: readonly string[];
}

export type Optimizers = PlayerOptimizers | { readonly x2y: PlayerOptimizers; readonly y2x: PlayerOptimizers };

/** Everything of a training step but its data. */
export interface NetworkModule {
  /** What messages and results call it. */
  readonly file: string;
  readonly networks: Networks;
  readonly hooks: Hooks;
  /** New optimisers, as the file makes them: Adam unless it does. */
  readonly optimizers: () => Optimizers;
  /** A batch of this size, of random numbers unless the file makes one. The caller owns it. */
  readonly batch: (size: number) => Batch;
  readonly seed: number;
  readonly batchSize: number;
  readonly steps: { readonly generator: number; readonly discriminator: number };
  readonly params: Readonly<Record<string, number>>;
}

const DEFAULT_IMAGE = { height: 28, width: 28, channels: 1 };
const DEFAULT_CLASSES = 10;
const BUILT_IN = 'the built-in networks';
const FORM = 'It must export networks(image, tf), which returns { generator, discriminator } (of a cyclegan { x2y, y2x } with such a pair each), or these by name.';

/**
 * The networks of a file of `ganloss train`, which may also export `batch(size, tf)` and `optimizers(tf)`; the built-in ones without
 * a file. What the file draws by Math.random while it makes them (initial values of layers without a seed) follows the seed, so that
 * the same command makes the same networks.
 *
 * @throws SpecError GL7001 when there is no such file, GL7009 when it gives no such networks
 */
export async function loadNetworkModule(objective: Objective, options: NetworkOptions, cwd: string): Promise<NetworkModule> {
  const { networks: file, seed = DEFAULT_SETTINGS.seed, noise = DEFAULT_SETTINGS.noise, classes = DEFAULT_CLASSES, image = DEFAULT_IMAGE, param = [] } = options;
  const request: NetworkRequest = { ...image, noise, classes };
  const { networks, module } = await withSeededRandom(seed, () => makeNetworks(objective.model, file, request, { cwd, seed }));
  const name = file ?? BUILT_IN;
  const { hooks = {}, batch, optimizers } = module;
  const made = (size: number): Batch => (batch === undefined ? inferBatch(objective.model, { networks, size, seed, file: name }) : asBatch(callExport(batch, 'batch', name, size), name));
  return {
    file: name,
    networks,
    hooks: asHooks(hooks, name),
    optimizers: () => (optimizers === undefined ? adam(options) : asOptimizers(callExport(optimizers, 'optimizers', name), name)),
    batch(size) {
      const values = made(size);
      const missing = objective.inputs.find((input) => values[input] === undefined);
      if (missing !== undefined) return problem('GL7009', `the specification declares the input '${missing}', which no batch of '${name}' holds`, 'Let the file export batch(size, tf), which returns it with the rest of a batch.');
      return values;
    },
    seed,
    batchSize: options.batch ?? DEFAULT_SETTINGS.batch,
    steps: { generator: 1, discriminator: options.dSteps ?? DEFAULT_SETTINGS.dSteps },
    params: parseParams(param),
  };
}

interface Made {
  readonly networks: Networks;
  /** Its further exports. */
  readonly module: Readonly<Record<string, unknown>>;
}

async function makeNetworks(model: ModelKind, file: string | undefined, request: NetworkRequest, { cwd, seed }: { readonly cwd: string; readonly seed: number }): Promise<Made> {
  if (file === undefined) return { networks: defaultNetworks(model, request, { seed, noise: request.noise, classes: request.classes }), module: {} };
  const module = await importNetworks(file, cwd);
  const { networks } = module;
  const made = typeof networks === 'function' ? await attempt(file, () => (networks as (image: NetworkRequest, tfjs: typeof tf) => unknown)(request, tf)) : module;
  if (typeof made !== 'object' || made === null) return problem('GL7009', `networks() of '${file}' returns ${made === null ? 'null' : typeof made}`, FORM);
  const found = made as Readonly<Record<string, unknown>>;
  return { networks: model === 'cyclegan' ? bothPairs(found, file) : pair(found, '', file), module: { ...module, ...found } };
}

function bothPairs(found: Readonly<Record<string, unknown>>, file: string): Networks {
  const direction = (name: 'x2y' | 'y2x'): NetworkPair => {
    const value = found[name];
    if (typeof value !== 'object' || value === null) return problem('GL7009', `'${file}' gives no ${name}`, FORM);
    return pair(value as Readonly<Record<string, unknown>>, ` of ${name}`, file);
  };
  return { x2y: direction('x2y'), y2x: direction('y2x') };
}

function pair({ generator, discriminator }: Readonly<Record<string, unknown>>, of: string, file: string): NetworkPair {
  return { generator: asNetwork(generator, `generator${of}`, file), discriminator: asNetwork(discriminator, `discriminator${of}`, file) };
}

function callExport(value: unknown, name: string, file: string, ...args: readonly unknown[]): unknown {
  if (typeof value !== 'function') return problem('GL7009', `${name} of '${file}' is no function`);
  try {
    return (value as (...args: readonly unknown[]) => unknown)(...args, tf);
  } catch (error) {
    return problem('GL7009', `${name}() of '${file}' fails: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function asBatch(value: unknown, file: string): Batch {
  const isBatch = typeof value === 'object' && value !== null && Object.values(value).flat().every((entry) => entry instanceof tf.Tensor);
  return isBatch ? (value as Batch) : problem('GL7009', `batch() of '${file}' returns no object of tensors`, 'It returns a batch as the trainer takes it, such as { real, generatorInputs }.');
}

function asOptimizers(value: unknown, file: string): Optimizers {
  const isPair = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && ['generator', 'discriminator'].every((player) => (entry as Record<string, unknown>)[player] instanceof tf.Optimizer);
  const { x2y, y2x } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (isPair(value) || (isPair(x2y) && isPair(y2x))) return value as Optimizers;
  return problem('GL7009', `optimizers() of '${file}' returns no optimizers`, 'It returns { generator, discriminator } of tf.train, or such a pair for x2y and y2x each.');
}

function adam({ lrD = DEFAULT_SETTINGS.lrD, lrG = DEFAULT_SETTINGS.lrG }: NetworkOptions): Optimizers {
  return { generator: tf.train.adam(lrG, ADAM.beta1, ADAM.beta2), discriminator: tf.train.adam(lrD, ADAM.beta1, ADAM.beta2) };
}

/** Runs something with a Math.random that follows the seed. */
async function withSeededRandom<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const before = Math.random;
  Math.random = random(seed, 0x6d617468).uniform;
  try {
    return await run();
  } finally {
    Math.random = before;
  }
}
