import type { ScheduleFunction } from '../support/schedules.ts';
import type { DType } from './types.ts';

/** No attributes. */
export type None = Readonly<Record<never, never>>;

/** Which axes a reduction removes. The symbolic ones serve tensors whose rank binding decides; `specialize` resolves them. */
export type Axes = readonly number[] | 'all' | 'all_but_first';

/** [low, high] a spatial or tensor dimension. */
export type Padding = readonly (readonly [number, number])[];

export interface WindowAttributes {
  readonly window_dimensions: readonly number[];
  readonly window_strides: readonly number[];
  readonly padding: Padding;
}

/** Ops that `each` applies to every tensor of a list. */
export const EACH_OPS = [
  'negate', 'abs', 'sign', 'exponential', 'log', 'log_plus_one', 'sqrt', 'tanh', 'logistic', 'softplus',
  'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum',
  'reduce', 'size', 'broadcast_like', 'stop_gradient', 'singular_start', 'singular_vector', 'spectral_norm',
] as const satisfies readonly (keyof OpAttributes)[];

export type EachOp = (typeof EACH_OPS)[number];

/** One of them with its attributes. */
export type AppliedOp = { readonly [K in EachOp]: { readonly op: K; readonly attributes: OpAttributes[K] } }[EachOp];

/**
 * Every op with its attributes. Names and meanings are StableHLO's (openxla.org/stablehlo/spec), with one relaxation that holds
 * until `specialize`: elementwise ops broadcast their operands as numpy does (CHLO's `broadcast_add` and kin), since ranks are
 * unknown before binding. Ops from `network_call` on are ganloss's own and are removed before kernels are made.
 */
export interface OpAttributes {
  readonly negate: None;
  readonly abs: None;
  readonly sign: None;
  readonly exponential: None;
  readonly exponential_minus_one: None;
  readonly log: None;
  readonly log_plus_one: None;
  readonly sqrt: None;
  readonly rsqrt: None;
  readonly tanh: None;
  readonly logistic: None;
  readonly floor: None;
  readonly is_finite: None;
  readonly not: None;

  readonly add: None;
  readonly subtract: None;
  readonly multiply: None;
  readonly divide: None;
  readonly power: None;
  readonly maximum: None;
  readonly minimum: None;
  readonly and: None;
  readonly or: None;

  readonly compare: { readonly direction: 'EQ' | 'NE' | 'LT' | 'LE' | 'GT' | 'GE' };
  /** (predicate, on_true, on_false) */
  readonly select: None;
  readonly convert: { readonly dtype: DType };

  readonly constant: { readonly dtype: DType; readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly iota: { readonly dtype: DType; readonly shape: readonly number[]; readonly iota_dimension: number };
  readonly reshape: { readonly shape: readonly number[] };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly broadcast_in_dim: { readonly shape: readonly number[]; readonly broadcast_dimensions: readonly number[] };
  readonly slice: { readonly start_indices: readonly number[]; readonly limit_indices: readonly number[]; readonly strides: readonly number[] };
  /** (operand, padding_value); negative low or high crops, interior dilates. */
  readonly pad: { readonly low: readonly number[]; readonly high: readonly number[]; readonly interior: readonly number[] };
  readonly concatenate: { readonly dimension: number };
  readonly reverse: { readonly dimensions: readonly number[] };

  readonly reduce: { readonly kind: 'add' | 'maximum' | 'minimum'; readonly axes: Axes };
  /** (operand); add starts at 0, maximum at −Infinity. */
  readonly reduce_window: WindowAttributes & { readonly kind: 'add' | 'maximum' };

  /** Contracting dimensions are symbolic where ranks are not known yet (and nothing is batched then). */
  readonly dot_general: {
    readonly lhs_batching_dimensions: readonly number[];
    readonly rhs_batching_dimensions: readonly number[];
    readonly lhs_contracting_dimensions: Axes;
    readonly rhs_contracting_dimensions: Axes;
  };
  /** (lhs, rhs). Dimension numbers are written as in StableHLO's text, e.g. input 'b01f', kernel '01io', output 'b01f'. */
  readonly convolution: {
    readonly input: string;
    readonly kernel: string;
    readonly output: string;
    readonly window_strides: readonly number[];
    readonly padding: Padding;
    readonly lhs_dilation: readonly number[];
    readonly rhs_dilation: readonly number[];
    readonly window_reversal: readonly boolean[];
    readonly feature_group_count: number;
    readonly batch_group_count: number;
  };

  /** (operand, start_indices: i32) */
  readonly gather: {
    readonly offset_dims: readonly number[];
    readonly collapsed_slice_dims: readonly number[];
    readonly start_index_map: readonly number[];
    readonly index_vector_dim: number;
    readonly slice_sizes: readonly number[];
  };
  /** (operand, scatter_indices: i32, updates); colliding updates are added. */
  readonly scatter: {
    readonly update_window_dims: readonly number[];
    readonly inserted_window_dims: readonly number[];
    readonly scatter_dims_to_operand_dims: readonly number[];
    readonly index_vector_dim: number;
  };
  /** (operand, source): each source value is added at the first maximum of its window; elsewhere 0. */
  readonly select_and_scatter: WindowAttributes;

  /**
   * (like): uniform on [0, 1), one number for each sample (shape [N, 1, …, 1], N and the rank being like's) or for each element.
   * `draw` names the draw, so that evaluating the equation twice in one step gives the same numbers.
   */
  readonly rng_uniform: { readonly draw: string; readonly each: 'sample' | 'element' };
  /** (like): standard normals of like's shape. */
  readonly rng_normal: { readonly draw: string };

  /**
   * (data, condition?): an opaque network. `outputs: 'single'` is its first output as a tensor, 'all' a value of type `outputs`
   * for get_tuple_element. Different equations with equal operands denote the same value.
   */
  readonly network_call: { readonly network: string; readonly outputs: 'single' | 'all' };
  /** (outputs): one head, by name; null is the first. */
  readonly get_tuple_element: { readonly head: string | null };
  /** (): the trained variables of a network, those of at least that rank, as a list. */
  readonly network_weights: { readonly network: string; readonly least_rank: number };
  /**
   * (x): what a function of the user's makes of it; of x's shape where it `keeps_shape`, of any where it does not. `draw` names its
   * random draws.
   */
  readonly hook_call: { readonly hook: string; readonly keeps_shape: boolean; readonly draw: string };
  /** (x): a list of tensors as it is, a tensor as a list of one. */
  readonly as_list: None;
  /** (operands…), lists among them, of one length: the list of what the op makes of their first tensors, their second ones, and so on; a tensor goes with each. */
  readonly each: { readonly applied: AppliedOp };
  /** (list): the sum of each element, as a vector. */
  readonly sum_of_each: None;
  /** (w): where the search for w's first left singular vector starts, cos 1, cos 2, …; as many numbers as w has rows. W is w as a matrix with w's last axis for its columns. */
  readonly singular_start: None;
  /** (w, u): w's first left singular vector, of length 1, after so many rounds of power iteration from u. Has no gradient. */
  readonly singular_vector: { readonly iterations: number };
  /** (w, u): uᵀWv with v = Wᵀu/|Wᵀu|: W's largest singular value where u is its left singular vector. u and v count as constants. */
  readonly spectral_norm: None;
  /** (distributions, values): the mean log-probability… of each, as `mean_of_each` reads it: a list of tensors. */
  readonly log_prob: None;
  /** (list): the mean of each element, as a vector. */
  readonly mean_of_each: None;
  /** (y, x): the sum of y differentiated by x; x's type. `differentiate` replaces it unless an opaque network lies between. */
  readonly gradient: None;
  readonly stop_gradient: None;
  /** (x): x. No pass merges, folds or simplifies it away, so that a `gradient` by it means this value and no equal one. */
  readonly optimization_barrier: None;
  /**
   * (value, cotangent, x1, g1, x2, g2, …): value, with derivatives of its own. `cotangent` is a barrier of value's shape that stands for
   * the derivative by the result; each g is made of it by equations after it, and is the gradient by its x, of x's type. The VJP by x is a
   * copy of these equations with the cotangent put in, and with the result where they read `value`: so it can be differentiated again. No
   * gradient flows by `value`. `differentiate` leaves `value` in its place.
   */
  readonly custom_vjp: None;
  /** A run-time scalar. */
  readonly param: { readonly name: string };
  /** A run-time scalar that depends on the step alone. `args` are those of the language's function. */
  readonly schedule: { readonly fn: ScheduleFunction; readonly args: readonly number[] };
  /** (x, effects…): x in the steps that `interval` divides, and 0 in the others, where nothing that only x and the effects need is computed. */
  readonly every: { readonly interval: number };
  /** (initial): the named state, or `initial` where it has never been written. Has no gradient. */
  readonly state_read: { readonly key: string };
  /** (value): value, and the state becomes value when the step is committed. */
  readonly state_write: { readonly key: string };
  /** (value): TF-GAN's tensor_pool of `size`, a state of its own. Has no gradient. */
  readonly state_pool: { readonly key: string; readonly size: number };

  /** How many elements lie along the axes, as f32[]. A negative axis counts from the end, for ranks not known yet. Has no gradient. */
  readonly size: { readonly axes: Axes };
  /** (like): how far along the dimension each element stands, from 0; like's shape. A negative dimension counts from the end. Has no gradient. */
  readonly iota_like: { readonly dimension: number };
  /** (x): how many elements are greater than each (of equal ones, how many come before it); x's shape. Has no gradient. */
  readonly descending_rank: None;
  /** (x, value): x with one more entry at the end of its last axis, the scalar value. */
  readonly append: None;
  /**
   * (x, like): x broadcast to like's shape; 'trailing' aligns the last dimensions, as numpy does, 'leading' the first ones
   * (the transposes of reduce 'all' and 'all_but_first').
   */
  readonly broadcast_like: { readonly align: 'trailing' | 'leading' };
  /** (x, like): x summed down to like's shape (trailing alignment): the transpose of broadcast_like. */
  readonly sum_like: None;
  /** (weights, losses): weights broadcast to losses' shape under the rule of TF v1 compute_weighted_loss: rank 0, or equal rank with each dimension 1 or equal; anything else is GL5004. */
  readonly broadcast_weights: None;
  /** (x, y): x/y, and 0 where y is 0; likewise its gradients (tf.math.divide_no_nan). */
  readonly divide_no_nan: None;
  readonly softplus: None;
  /** (labels, logits), elementwise: tf.nn.sigmoid_cross_entropy_with_logits. */
  readonly sigmoid_cross_entropy: None;
  /** (labels, logits) over the last axis: tf.nn.softmax_cross_entropy_with_logits. Gradients flow to both. */
  readonly softmax_cross_entropy: None;
}

export type OpKind = keyof OpAttributes;
