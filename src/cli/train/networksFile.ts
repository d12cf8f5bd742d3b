import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import type { Hooks } from '../../runtime/functions/hooks.ts';
import type { Network } from '../../runtime/networks.ts';
import type { ImageShape } from './networkParts.ts';
import { problem } from './problem.ts';

export interface GivenNetworks {
  readonly generator: Network;
  readonly discriminator: Network;
  /** Functions that the objective calls, where it calls any. */
  readonly hooks?: Hooks;
}

/** What a file of networks is told. */
export interface NetworkRequest extends ImageShape {
  /** The width of the generator's noise. */
  readonly noise: number;
  /** Of an acgan. */
  readonly classes?: number;
}

const FORM = 'It must export networks(image, tf), which returns { generator, discriminator }, or these two by name; and hooks, where the objective calls some.';

/**
 * The networks of an ES module: of its function `networks(image, tf)`, or its exports `generator` and `discriminator`.
 * @throws SpecError GL7001 when there is no such file, GL7009 when it gives no such networks
 */
export async function loadNetworks(file: string, cwd: string, request: NetworkRequest): Promise<GivenNetworks> {
  const module = await importNetworks(file, cwd);
  const made = typeof module.networks === 'function' ? await attempt(file, () => (module.networks as (image: NetworkRequest, tfjs: typeof tf) => unknown)(request, tf)) : module;
  if (typeof made !== 'object' || made === null) return problem('GL7009', `networks() of '${file}' returns ${made === null ? 'null' : typeof made}`, FORM);
  const { generator, discriminator, hooks = module.hooks } = made as Record<string, unknown>;
  return { generator: asNetwork(generator, 'generator', file), discriminator: asNetwork(discriminator, 'discriminator', file), ...(hooks === undefined ? {} : { hooks: asHooks(hooks, file) }) };
}

/** The exports of a file of networks. @throws SpecError GL7001, GL7009 */
export async function importNetworks(file: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(cwd, file);
  if (!existsSync(path)) return problem('GL7001', `'${file}' does not exist`, 'check the path: it is taken from the current directory');
  return attempt(file, () => import(/* @vite-ignore */ pathToFileURL(path).href) as Promise<Record<string, unknown>>);
}

/** What user code returns. @throws SpecError GL7009 with what it throws */
export async function attempt<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    return problem('GL7009', `'${file}' fails: ${error instanceof Error ? error.message : String(error)}`, FORM);
  }
}

/** @throws SpecError GL7009 for anything else */
export function asNetwork(value: unknown, role: string, file: string): Network {
  if (value instanceof tf.LayersModel || typeof value === 'function') return value as Network;
  if (value === undefined) return problem('GL7009', `'${file}' gives no ${role}`, FORM);
  const foreign = typeof value === 'object' && value !== null && 'layers' in value;
  const hint = foreign ? 'It is a model of another copy of TensorFlow.js: build it with the tf that networks(image, tf) is given.' : FORM;
  return problem('GL7009', `the ${role} of '${file}' is neither a tf.LayersModel nor a function`, hint);
}

/** @throws SpecError GL7009 for anything else */
export function asHooks(value: unknown, file: string): Hooks {
  const wrong = typeof value === 'object' && value !== null ? Object.entries(value).find(([, hook]) => typeof hook !== 'function')?.[0] : '';
  if (wrong === undefined) return value as Hooks;
  return problem('GL7009', wrong === '' ? `the hooks of '${file}' are no object of functions` : `the hook '${wrong}' of '${file}' is no function`, FORM);
}

/**
 * Refuses models that do not fit the images, before anything is trained. Functions show what they do when they are called.
 * @throws SpecError GL7009
 */
export function checkShapes({ generator, discriminator }: GivenNetworks, image: ImageShape, file: string): void {
  const wanted = [image.height, image.width, image.channels];
  const refuse = (role: string, verb: string, shape: readonly (number | null)[]): never =>
    problem('GL7009', `the ${role} of '${file}' ${verb} [${shape.slice(1).map((size) => size ?? '?').join(', ')}], but the images are [${wanted.join(', ')}]`, 'networks(image, tf) is told image.height, image.width and image.channels.');
  const differs = (shape: readonly (number | null)[]): boolean => shape.length !== 4 || wanted.some((size, index) => shape[index + 1] !== null && shape[index + 1] !== size);
  if (generator instanceof tf.LayersModel && differs(generator.outputs[0]!.shape)) refuse('generator', 'makes', generator.outputs[0]!.shape);
  if (discriminator instanceof tf.LayersModel && differs(discriminator.inputs[0]!.shape)) refuse('discriminator', 'takes', discriminator.inputs[0]!.shape);
}
