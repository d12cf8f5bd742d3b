import * as tf from '@tensorflow/tfjs';
import { SpecError } from '../../support/diagnostic.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import type { Networks } from '../models/model.ts';
import type { Network } from '../networks.ts';
import { evaluatePlayer, type Trial } from '../trainer/evaluatePlayer.ts';
import { createMemory } from '../trainer/memory.ts';
import type { Player } from '../trainer/players.ts';
import { rehearse, type MissingKernel } from './rehearse.ts';

/**
 * Backends that have every kernel of the layers and ops that there are (test/backends): what is missing beyond these is told when it is called. They
 * are also the only ones on which a part of a step may be compiled and another one not.
 */
const COMPLETE: readonly string[] = ['cpu', 'wasm'];

/**
 * Looks at whether the current backend has every kernel that a player's loss and gradients run on the tape.
 *
 * @throws SpecError GL5006, naming the kernel, the layer and its network
 */
export function requireKernels(trial: Trial, player: Player): void {
  if (COMPLETE.includes(tf.getBackend())) return;
  const missing = rehearsed(trial, player);
  if (missing.length > 0) throw lacking(missing, trial, player);
}

/** What a step raised: GL5006 where that was a kernel which the backend lacks, else the error itself. */
export function explainKernels(error: unknown, trial: Trial, player: Player): unknown {
  const named = error instanceof Error ? /Kernel '(\w+)' not registered for backend/.exec(error.message) : null;
  if (named === null) return error;
  const missing = rehearsed(trial, player);
  return lacking(missing.some(({ kernelName }) => kernelName === named[1]) ? missing : [{ kernelName: named[1], layer: null, backwards: false }], trial, player);
}

/** Every term is awake at the first step. */
function rehearsed(trial: Trial, player: Player): readonly MissingKernel[] {
  const memory = createMemory();
  return rehearse(tf.getBackend(), () => void evaluatePlayer({ ...trial, step: 1, memory }, player, null)).missing;
}

function lacking([{ kernelName, layer, backwards }, ...others]: readonly MissingKernel[], { networks, objective }: Trial, { name }: Player): SpecError {
  const owner = layer === null ? null : ownerOf(objective.model, networks, layer);
  const place = layer === null ? `the ${name}'s loss` : `layer '${layer}'${owner === null ? '' : ` of the ${owner}`}`;
  const message = `the backend '${tf.getBackend()}' lacks the kernel '${kernelName}', which ${place} needs${backwards ? ' for a gradient' : ''}${others.length === 0 ? '' : `; further ones: ${[...new Set(others.map((other) => other.kernelName))].join(', ')}`}`;
  return new SpecError(message, [{ code: 'GL5006', severity: 'error', message, span: null, hint: "take another backend (tf.setBackend('wasm')), compile the steps, which needs no kernels (mode: 'captured'), or use another layer" }]);
}

/** The network that has the layer, at whatever depth. */
function ownerOf(model: Trial['objective']['model'], networks: Networks, layer: string): string | null {
  const owned = (['generator', 'discriminator'] as const).flatMap((player) => MODEL_ADAPTERS[model].owned(networks, player));
  return owned.find(({ network }) => hasLayer(network, layer))?.name ?? null;
}

function hasLayer(network: Network | tf.layers.Layer, name: string): boolean {
  if (!(network instanceof tf.layers.Layer)) return false;
  if (network.name === name) return true;
  const { layers = [], layer } = network as { readonly layers?: readonly tf.layers.Layer[]; readonly layer?: tf.layers.Layer };
  return [...layers, ...(layer === undefined ? [] : [layer])].some((inner) => hasLayer(inner, name));
}
