import * as tf from '@tensorflow/tfjs';
import { installWasmKernels } from '../kernels/installWasmKernels.ts';
import { gradientRules } from './gradientRules.ts';
import { toGradConfig } from './rule.ts';

/** What one engine has installed, and how to take it back. */
interface Installation {
  count: number;
  readonly restoreGradients: () => void;
  restoreKernels: (() => void) | undefined;
}

// Keyed by tfjs's engine: a second copy of tfjs on a page has registries of its own.
const installations = new WeakMap<object, Installation>();

function replaceGradients(): () => void {
  const before = gradientRules.map(({ kernelName }) => [kernelName, tf.getGradient(kernelName) as tf.GradConfig | undefined] as const);
  const replace = (kernelName: string, config: tf.GradConfig | undefined): void => {
    // unregistered first: tfjs may warn when it replaces a rule
    if ((tf.getGradient(kernelName) as tf.GradConfig | undefined) !== undefined) tf.unregisterGradient(kernelName);
    if (config !== undefined) tf.registerGradient(config);
  };
  for (const rule of gradientRules) replace(rule.kernelName, toGradConfig(rule));
  return () => {
    for (const [kernelName, config] of before) replace(kernelName, config);
  };
}

/**
 * Makes tfjs's gradients right to second order and beyond, and makes convolutional nets trainable
 * on its wasm backend, by registering gradient rules and (if that backend is there) kernels.
 *
 * Installs may be nested: each call returns its own undo, and the last undo restores the very rules
 * and kernels that were registered before the first call. An undo works once; calling it again does
 * nothing. Where the wasm backend is imported after a first call, a further call picks it up.
 *
 * @returns the undo
 */
export function installGradients(): () => void {
  const engine = tf.engine();
  let installation = installations.get(engine);
  if (installation === undefined) {
    installation = { count: 0, restoreGradients: replaceGradients(), restoreKernels: undefined };
    installations.set(engine, installation);
  }
  installation.count++;
  installation.restoreKernels ??= installWasmKernels();

  const installed = installation;
  let undone = false;
  return () => {
    if (undone) return;
    undone = true;
    installed.count--;
    if (installed.count > 0) return;
    installed.restoreKernels?.();
    installed.restoreGradients();
    installations.delete(engine);
  };
}
