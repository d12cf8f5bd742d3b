import * as tf from '@tensorflow/tfjs';
import type { BackendName } from './trainOptions.ts';

/**
 * Starts a backend of tfjs. The wasm backend is an optional package: without it the cpu backend, which is some hundred times
 * slower, takes its place.
 *
 * @param load imports the wasm backend
 * @returns the backend that runs, and what to say when it is not the one asked for
 */
export async function startBackend(wanted: BackendName, load: () => Promise<unknown> = () => import('@tensorflow/tfjs-backend-wasm')): Promise<{ readonly name: BackendName; readonly note: string | null }> {
  tf.enableProdMode();
  if (wanted === 'wasm') {
    const missing = await wasmIsMissing(load);
    if (missing === null && (await tf.setBackend('wasm').catch(() => false))) return { name: 'wasm', note: null };
    await start('cpu');
    return { name: 'cpu', note: `${missing ?? 'the wasm backend does not start here'}; the cpu backend, which is far slower, takes its place` };
  }
  await start('cpu');
  return { name: 'cpu', note: null };
}

async function start(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`tfjs cannot start its ${name} backend`);
}

/** What to say when the wasm backend is not installed; null when it is. */
async function wasmIsMissing(load: () => Promise<unknown>): Promise<string | null> {
  try {
    await load();
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND$/.test(String(error.code)))) throw error;
    return 'the wasm backend is not installed (npm install @tensorflow/tfjs-backend-wasm)';
  }
}
