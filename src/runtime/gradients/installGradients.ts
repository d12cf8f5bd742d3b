import * as tf from '@tensorflow/tfjs';
import { TRACE_BACKEND } from '../capture/traceName.ts';
import { installBatchNorm } from '../kernels/installBatchNorm.ts';
import { installWasmKernels } from '../kernels/installWasmKernels.ts';
import { keepCustomInputs } from './customOps.ts';
import type { FusedOps } from './fusedOps.ts';
import { fusedOps } from './fusedOps.ts';
import { gradientRules } from './gradientRules.ts';
import type { GradientRule } from './rule.ts';
import { toGradConfig } from './rule.ts';

/** What one engine has installed, and how to take it back. */
interface Installation {
  count: number;
  readonly fused: FusedOps;
  readonly restoreGradients: () => void;
  readonly restoreTape: () => void;
  /** By backend: kernels are installed when a backend is first seen. */
  readonly restoreKernels: Map<string, () => void>;
}

// Keyed by tfjs's engine: a second copy of tfjs on a page has registries of its own.
const installations = new WeakMap<object, Installation>();

function replaceGradients(rules: readonly GradientRule[]): () => void {
  const before = rules.map(({ kernelName }) => [kernelName, tf.getGradient(kernelName) as tf.GradConfig | undefined] as const);
  const replace = (kernelName: string, config: tf.GradConfig | undefined): void => {
    // unregistered first: tfjs may warn when it replaces a rule
    if ((tf.getGradient(kernelName) as tf.GradConfig | undefined) !== undefined) tf.unregisterGradient(kernelName);
    if (config !== undefined) tf.registerGradient(config);
  };
  const installed = new Map(rules.map((rule) => [rule.kernelName, toGradConfig(rule)]));
  for (const [kernelName, config] of installed) replace(kernelName, config);
  return () => {
    for (const [kernelName, config] of before) {
      // what somebody has registered since then is theirs
      if (tf.getGradient(kernelName) === installed.get(kernelName)) replace(kernelName, config);
    }
  };
}

/** Installs kernels for backends that are new since the last call. */
function installKernels({ fused, restoreKernels }: Installation): void {
  // a backend that has gone took its kernels along
  for (const backendName of restoreKernels.keys()) if (!(backendName in tf.engine().registryFactory)) restoreKernels.delete(backendName);
  for (const backendName of Object.keys(tf.engine().registryFactory)) {
    // the tracing backend lives for one capture and runs no gradient kernels
    if (restoreKernels.has(backendName) || backendName === TRACE_BACKEND) continue;
    const undos = [
      backendName === 'wasm' ? installWasmKernels() : undefined,
      installBatchNorm(backendName),
      // last, around the kernels that are installed by now
      fused.install(backendName),
    ];
    restoreKernels.set(backendName, () => undos.reverse().forEach((undo) => undo?.()));
  }
}

function startInstallation(): Installation {
  const fused = fusedOps();
  return { count: 0, fused, restoreGradients: replaceGradients([...gradientRules, ...fused.rules]), restoreTape: keepCustomInputs(), restoreKernels: new Map() };
}

/**
 * Makes tfjs's gradients right to second order and beyond, and makes convolutional nets trainable
 * on its wasm backend, by registering gradient rules and (if that backend is there) kernels.
 *
 * Installs may be nested: each call returns its own undo, and the last undo restores the very rules
 * and kernels that were registered before the first call, except where somebody has registered others since. An undo works once; calling it again does
 * nothing. Where the wasm backend is imported after a first call, a further call picks it up.
 *
 * @returns the undo
 */
export function installGradients(): () => void {
  const engine = tf.engine();
  let installation = installations.get(engine);
  if (installation === undefined) {
    installation = startInstallation();
    installations.set(engine, installation);
  }
  installation.count++;
  installKernels(installation);

  const installed = installation;
  let undone = false;
  return () => {
    if (undone) return;
    undone = true;
    installed.count--;
    if (installed.count > 0) return;
    for (const restore of installed.restoreKernels.values()) restore();
    installed.restoreGradients();
    installed.restoreTape();
    installations.delete(engine);
  };
}
