import type { OpAttributes } from '../ir/ops.ts';
import type { DType } from '../ir/types.ts';
import type { Span } from '../support/source.ts';

/** Place of a buffer in `Schedule.buffers`. */
export type BufferId = number;

/**
 * A piece of memory that holds one tensor, dense and row-major. Every element takes 4 bytes: f32, i32, and i1 as the i32 0 or 1.
 * A scalar has the shape [].
 */
export interface Buffer {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Ops that a kernel applies to one element of each operand. Their meaning is the op's of the same name (`ir/evaluate/elementwise.ts`). */
export const SCALAR_OPS = [
  'negate', 'abs', 'sign', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'floor',
  'is_finite', 'not', 'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum', 'and', 'or', 'compare', 'select', 'convert',
] as const satisfies readonly (keyof OpAttributes)[];

export type ScalarOp = (typeof SCALAR_OPS)[number];

/**
 * One coordinate of an access that may fall outside of its buffer (padding) or between its elements (dilation).
 * position = offset + Σ coefficients[d]·index[d]. The coordinate is position / dilation where that is a whole number of [0, size);
 * everywhere else the access reads `fill`. It adds stride·coordinate to the place.
 */
export interface Guard {
  readonly offset: number;
  /** One for each dimension of the kernel's index space. */
  readonly coefficients: readonly number[];
  readonly dilation: number;
  readonly size: number;
  readonly stride: number;
}

/** A place that depends on a value: adds stride·clamp(value of `node`, 0, limit). */
export interface Indirection {
  /** An i32 node of the same list. */
  readonly node: number;
  readonly stride: number;
  readonly limit: number;
}

/** Where an element of a buffer lies for a point of the index space: offset + Σ strides[d]·index[d] + guards + indirections, in elements. */
export interface Access {
  readonly buffer: BufferId;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly guards: readonly Guard[];
  readonly indirections: readonly Indirection[];
  /** What is read where a guard fails. */
  readonly fill: number;
}

/** A value at one point of the index space. Nodes are in SSA order: arguments are places of earlier nodes in the same list. */
export type Node =
  | { readonly kind: 'load'; readonly dtype: DType; readonly access: Access }
  | { readonly kind: 'constant'; readonly dtype: DType; readonly value: number }
  /** offset + Σ coefficients[d]·index[d], as `dtype` (f32 or i32). */
  | { readonly kind: 'index'; readonly dtype: DType; readonly offset: number; readonly coefficients: readonly number[] }
  | { readonly [K in ScalarOp]: { readonly kind: 'apply'; readonly dtype: DType; readonly op: K; readonly attributes: OpAttributes[K]; readonly args: readonly number[] } }[ScalarOp]
  /** In an epilogue: what the reduction at this place (the contraction, at 0) came to. */
  | { readonly kind: 'accumulator'; readonly dtype: DType; readonly place: number };

/** Writes the value of a node; places are as an access's without guards. */
export interface Store {
  readonly buffer: BufferId;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly node: number;
}

export interface Reduction {
  /** add starts at 0, maximum at −Infinity, minimum at Infinity (i32: the least and greatest). NaN wins over every number. */
  readonly combine: 'add' | 'maximum' | 'minimum';
  /** A place in `nodes`. */
  readonly node: number;
}

/**
 * for each index of `space` (outermost first): if nothing is reduced, computes `nodes` and stores from them. Otherwise runs over
 * `reduced` as well, computes `nodes` at each point of [...space, ...reduced], combines; then computes `epilogue`, whose accesses have
 * the dimensions of `space` alone, and stores from it.
 * No store of one point is read by another point's load, unless it is the very same place at the very same point (in place).
 */
export interface LoopsKernel {
  readonly kind: 'loops';
  readonly space: readonly number[];
  readonly reduced: readonly number[];
  readonly nodes: readonly Node[];
  /** Empty where `reduced` is empty and the other way round. */
  readonly reductions: readonly Reduction[];
  readonly epilogue: readonly Node[];
  readonly stores: readonly Store[];
}

/**
 * A sum of products: convolutions of any rank, their gradients, and matrix products. All strides in elements. For each index of
 * batch, rows, windows (positions of the result) and columns the accumulator is
 *   Σ over contracted and taps of lhs[…]·rhs[…]
 * where a window's position in the input is (o·stride + t·tapStride − low)/dilation, skipped where that is not a whole number of
 * [0, inputSize). The epilogue's index space is [...batch, ...rows, ...windows, ...columns]; node `accumulator` 0 is the sum.
 */
export interface ContractionKernel {
  readonly kind: 'contraction';
  readonly lhs: { readonly buffer: BufferId; readonly offset: number };
  readonly rhs: { readonly buffer: BufferId; readonly offset: number };
  /** Dimensions of both operands and the result (groups of features, too). */
  readonly batch: readonly { readonly size: number; readonly lhs: number; readonly rhs: number }[];
  /** Dimensions of lhs and the result: the images of a batch, the rows of a matrix. */
  readonly rows: readonly { readonly size: number; readonly lhs: number }[];
  readonly windows: readonly {
    readonly size: number;
    readonly inputSize: number;
    readonly taps: number;
    readonly stride: number;
    readonly tapStride: number;
    readonly low: number;
    readonly dilation: number;
    /** From one input position to the next. */
    readonly lhs: number;
    /** From one tap to the next; negative where the window is reversed (`rhs.offset` then points at the last). */
    readonly rhs: number;
  }[];
  readonly contracted: readonly { readonly size: number; readonly lhs: number; readonly rhs: number }[];
  /** Dimensions of rhs and the result: output features, the columns of a matrix. */
  readonly columns: readonly { readonly size: number; readonly rhs: number }[];
  readonly epilogue: readonly Node[];
  readonly stores: readonly Store[];
}

/** result (which holds the operand already) += updates, at places that `indices` say; what falls outside is dropped. StableHLO's scatter. */
export interface ScatterKernel {
  readonly kind: 'scatter';
  readonly result: BufferId;
  readonly indices: BufferId;
  readonly updates: BufferId;
  readonly attributes: OpAttributes['scatter'];
}

/** result = 0, then each element of source is added at the first maximum of its window of operand. StableHLO's select_and_scatter. */
export interface SelectAndScatterKernel {
  readonly kind: 'select_and_scatter';
  readonly result: BufferId;
  readonly operand: BufferId;
  readonly source: BufferId;
  readonly attributes: OpAttributes['select_and_scatter'];
}

export type Kernel = LoopsKernel | ContractionKernel | ScatterKernel | SelectAndScatterKernel;

export interface ScheduledKernel {
  readonly kernel: Kernel;
  /** What it computes, for readers: `dot_general + add + maximum`. */
  readonly name: string;
  readonly origin: readonly Span[];
}

/** Kernels in the order in which they run, on buffers that have no place in memory yet. */
export interface Schedule {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly ScheduledKernel[];
  readonly inputs: readonly { readonly name: string; readonly buffer: BufferId }[];
  readonly outputs: readonly { readonly name: string; readonly buffer: BufferId }[];
  /** Buffers whose content is known at compile time. */
  readonly constants: readonly { readonly buffer: BufferId; readonly data: readonly number[] }[];
}

/** A schedule whose buffers have places: byte offsets into one memory, multiples of 64. */
export interface PlacedSchedule extends Schedule {
  readonly offsets: readonly number[];
  /** First byte after everything that was placed here. */
  readonly end: number;
  /** The most bytes of temporaries that are alive at once, and the bytes that they take in the plan. */
  readonly peak: { readonly live: number; readonly planned: number };
}
