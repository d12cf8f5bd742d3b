import type { Graph } from '../../ir/graph.ts';

/** A graph to be made into code. */
export interface Program {
  readonly name: string;
  /** Static; gradients may be asked for in it. */
  readonly graph: Graph;
  /** Where each input and output lies, in bytes from the start of the memory. An output in the place of an input is its next value. */
  readonly places: ReadonlyMap<string, number>;
}

/** A program that is ready to run. */
export interface Loaded {
  readonly run: () => void;
  /** Inputs that its result depends on; the others need not be filled. */
  readonly reads: ReadonlySet<string>;
}

/** How programs are made into code: WebAssembly, JavaScript, or (the oracle of tests) the reference evaluation. */
export type Target = 'wasm' | 'js' | 'reference';

/** One memory, and programs that work in it. Numbers take 4 bytes: float32, int32, and truth values as int32 0 and 1. */
export interface Machine {
  readonly target: Target;
  /** Reserves bytes, filled with zeros, from a multiple of 64 on. They are never given back. */
  readonly allocate: (bytes: number) => number;
  /** The whole memory. Another array after each `allocate` and `load`, which may let it grow. */
  readonly floats: () => Float32Array;
  readonly integers: () => Int32Array;
  /** Makes programs into code; equal kernels of theirs are shared. */
  readonly load: (programs: readonly Program[]) => ReadonlyMap<string, Loaded>;
  /** Whether a thread died in the midst of its work: it may still write what nobody waits for, so the memory must be left. */
  readonly broken: () => boolean;
  /** Ends the threads that work on its programs. */
  readonly dispose: () => void;
}

export const ALIGNMENT = 64;

/** The next multiple of 64. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
