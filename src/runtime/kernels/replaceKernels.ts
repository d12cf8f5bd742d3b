import * as tf from '@tensorflow/tfjs';

/** tfjs types a kernel that is not there as present. */
export function findKernel(kernelName: string, backendName: string): tf.KernelConfig | undefined {
  return tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
}

function put(kernelName: string, backendName: string, config: tf.KernelConfig | undefined): void {
  // unregistered first: tfjs warns when it replaces a kernel
  if (findKernel(kernelName, backendName) !== undefined) tf.unregisterKernel(kernelName, backendName);
  if (config !== undefined) tf.registerKernel(config);
}

/**
 * Registers `kernelFunc` for a backend, keeping the set-up and disposal of the kernel before it, which
 * a backend that starts later calls.
 *
 * @returns the undo, which puts the very configuration back that was there, unless another was registered meanwhile
 */
export function replaceKernel(kernelName: string, backendName: string, kernelFunc: tf.KernelFunc): () => void {
  const before = findKernel(kernelName, backendName);
  const config: tf.KernelConfig = {
    kernelName,
    backendName,
    ...(before?.setupFunc && { setupFunc: before.setupFunc }),
    ...(before?.disposeFunc && { disposeFunc: before.disposeFunc }),
    kernelFunc,
  };
  put(kernelName, backendName, config);
  return () => {
    // what somebody has registered since then is theirs
    if (findKernel(kernelName, backendName) === config) put(kernelName, backendName, before);
  };
}
