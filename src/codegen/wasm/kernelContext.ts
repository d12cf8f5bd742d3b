import type { Buffer, BufferId, Kernel } from '../../schedule/types.ts';
import type { FunctionBuilder } from './assembler/functionBuilder.ts';

/** Elementwise functions that WebAssembly has no instruction for. */
export type MathFunction =
  | 'exponential' | 'exponential_minus_one' | 'log' | 'log_plus_one' | 'tanh' | 'logistic'
  /** Takes the base and the exponent. */
  | 'power';

/** A piece of memory whose byte address a kernel's code is given. */
export type Base =
  | { readonly kind: 'buffer'; readonly buffer: BufferId }
  /** A kernel's own area; kernels that run after one another share it. Its content is undefined when the first stage starts. */
  | { readonly kind: 'scratch' }
  /** Constants of the code, as i32: tables of offsets. */
  | { readonly kind: 'table'; readonly data: readonly number[] };

/** What emitted code may call. */
export interface EmitTools {
  /** Applies a function to the vector of 4 × f32 on the stack. */
  readonly math: (fn: FunctionBuilder, name: MathFunction) => void;
}

/**
 * The code of a kernel or of one of its stages. A call computes chunks [begin, end); chunks may run in any order and on different
 * threads, and what they compute must not depend on it: how results are split over chunks is fixed here.
 */
export interface KernelCode {
  readonly chunks: number;
  readonly bases: readonly Base[];
  /** How many bytes of scratch there must be, a multiple of 16. Stages of one kernel find what earlier stages left there. */
  readonly scratchBytes: number;
  /** Emits a function with the parameters begin: i32, end: i32 and the byte address of each base: i32, a multiple of 4, in order. */
  readonly emit: (fn: FunctionBuilder, tools: EmitTools) => void;
}

export interface KernelContext {
  readonly buffers: readonly Buffer[];
  readonly relaxedSimd: boolean;
  /** About how many cycles of work a chunk is made of, where not the usual amount: tests have many small ones. */
  readonly chunkCycles?: number;
}

/**
 * Makes the code of a kernel: its stages, which run one after the other (all chunks of one are done before the next starts).
 * Kernels that differ in their buffers alone share code, so the code may depend on nothing but the arguments: the buffers of
 * `kernel` are numbered by their first appearance, and `context.buffers` are in that order.
 */
export type KernelEmitter<K extends Kernel> = (kernel: K, context: KernelContext) => readonly KernelCode[];

/** The type of a stage's function. */
export function kernelParams(code: KernelCode): { readonly type: string; readonly names: readonly string[] } {
  const names = code.bases.map((base, i) => (base.kind === 'buffer' ? `buffer${base.buffer}` : `${base.kind}${i}`));
  return { type: `${'i32 '.repeat(2 + names.length)}->`, names: ['begin', 'end', ...names] };
}
