import type { CodeCache } from './codeCache.ts';
import type { PassContext } from '../../passes/pass.ts';
import { createJsMachine } from './jsMachine.ts';
import type { Machine } from './machine.ts';
import { supportsSimd } from './wasmFeatures.ts';
import { createWasmMachine } from './wasmMachine.ts';

export interface CodeOptions {
  /** `auto` is WebAssembly where the platform has its vector instructions, else JavaScript. */
  readonly target: 'wasm' | 'js' | 'auto';
  /** The most threads that work together; `auto` is as many as there are cores, four at most. WebAssembly only. */
  readonly threads: number | 'auto';
  /** Where WebAssembly is kept and looked for. */
  readonly cache?: CodeCache | null;
}

/** Programs in one memory, as code of the target. */
export function createCodeMachine({ target, threads, cache = null }: CodeOptions, context: PassContext): Machine {
  const resolved = target === 'auto' ? (supportsSimd() ? 'wasm' : 'js') : target;
  return resolved === 'wasm' ? createWasmMachine(context, threads, cache) : createJsMachine(context);
}
