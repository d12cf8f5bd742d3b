import type { Schedule } from '../support/schedules.ts';
import type { Source, Span } from '../support/source.ts';
import type { Player, TermModifier } from './ast.ts';

/**
 * The typed objective: what `check` makes of a file, and what `lower` reads.
 * Names are resolved, terms instantiated with their arguments, compile-time values computed, weights collected.
 */
export interface TypedObjective {
  readonly source: Source;
  readonly model: Model;
  readonly reduction: Reduction;
  readonly math: MathMode;
  readonly pool: PoolSetting | null;
  /** The discriminator's variables are kept in [-c, c]. */
  readonly weightClip: number | null;
  readonly params: readonly ParamDeclaration[];
  readonly inputs: readonly InputDeclaration[];
  /** The distinct term instances of the objective, in the order of their first appearance. */
  readonly instances: readonly TermInstance[];
  /** The objective as a sum, a summand for each instance and player that has a part; weights already collected. */
  readonly summands: readonly Summand[];
  /** The objective's expression as the user wrote it (canonically printed). */
  readonly text: string;
}

export const MODELS = ['gan', 'infogan', 'acgan', 'cyclegan', 'stargan'] as const;
export type Model = (typeof MODELS)[number];

export const REDUCTIONS = ['none', 'sum', 'mean', 'sum_over_batch_size', 'sum_over_nonzero_weights', 'sum_by_nonzero_weights'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export type MathMode = 'strict' | 'fast';

/** TF-GAN's `tensor_pool`: how many past fakes are kept, and how probable it is that one of them is shown. */
export interface PoolSetting {
  readonly size: number;
  readonly probability: number;
  readonly span: Span;
}

export interface ParamDeclaration {
  readonly name: string;
  readonly default: number;
  readonly doc: readonly string[];
  readonly span: Span;
}

export interface InputDeclaration {
  readonly name: string;
  readonly doc: readonly string[];
  readonly span: Span;
}

/** What a term's doc comment says, with its tags `@formula`, `@paper` and `@tfgan` taken apart. */
export interface TermDoc {
  readonly summary: string;
  readonly formula: string | null;
  readonly paper: string | null;
  readonly tfgan: string | null;
}

/** A term with all its arguments: equal instances are one instance, their random draws included. */
export interface TermInstance {
  readonly name: string;
  /** The name; with the arguments that differ from their defaults, `gp(target: 2)`, where a term has several instances. Unique in the objective. */
  readonly label: string;
  readonly doc: TermDoc;
  readonly modifier: TermModifier | null;
  /** It is computed in the steps that this divides, the first one included: 1 unless `every` says otherwise. */
  readonly every: number;
  /** Where the root file uses it first. */
  readonly span: Span;
  /** The term's definition; of another source for a built-in or imported term. */
  readonly definition: Span;
  /**
   * Only meaningful in a cyclegan: `direction` terms (those that use real, fake, z or D) apply to each direction,
   * `model` terms (x, y, G, F, Dx, Dy) are added once to both generators' or both discriminators' losses.
   */
  readonly scope: 'direction' | 'model';
  readonly clauses: { readonly [P in Player]: TypedExpr | null };
  /** What the instance's states become, in the order of the text: with the discriminator's updates, or with the generator's where only its part is in the objective. */
  readonly updates: readonly StateUpdate[];
  /** Whether the player's clause depends on the discriminator's first output other than through `grad`. */
  readonly adversarial: { readonly [P in Player]: boolean };
}

export interface StateUpdate {
  readonly state: StateExpr;
  /** A scalar; no gradient flows through it. */
  readonly value: TypedExpr;
}

export interface Summand {
  readonly instance: TermInstance;
  readonly player: Player;
  /** A scalar made of constants, params and schedules. */
  readonly weight: TypedExpr;
  /** The weight's value under the params' defaults, at the first step. */
  readonly defaultWeight: number;
  /** Where the root file adds it (first). */
  readonly span: Span;
}

/** Leaves that the model binds. `reconstructed` is G(fake, label) of a stargan. */
export const MODEL_NAMES = ['real', 'fake', 'z', 'labels', 'codes', 'x', 'y', 'label', 'target', 'reconstructed'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export const NETWORK_NAMES = ['D', 'G', 'F', 'Dx', 'Dy'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

/**
 * - `scalar`: rank 0;
 * - `tensor`: any rank;
 * - `boolean`: a tensor of truth values (a comparison's result);
 * - `list`: a list of tensors (codes, features, weights); arithmetic and functions of one tensor apply to each;
 * - `distributions`: a list of distributions (D.codes(x)).
 * `any` is what the model feeds and the language cannot know: `z` may be a tensor or a list.
 */
export type ExprType = 'scalar' | 'tensor' | 'boolean' | 'list' | 'distributions' | 'any';

interface ExprBase {
  readonly type: ExprType;
  /** Where it is written; for a built-in's body, a span of the prelude. */
  readonly span: Span;
  /** The `let` of a term that it is bound to: generated code calls it so. */
  readonly name?: string;
}

export type UnaryFunction = 'abs' | 'sqrt' | 'exp' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'relu' | 'softplus' | 'square' | 'sign' | 'negate' | 'not' | 'list' | 'ones_like' | 'zeros_like' | 'stop_gradient';
export type BinaryFunction = 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'max' | 'min' | 'and' | 'or' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
export type ReduceFunction = 'mean' | 'sum' | 'sum_per_sample' | 'mean_per_sample' | 'sum_over_samples' | 'mean_over_samples' | 'pixels' | 'mean_of_each' | 'sum_of_each' | 'reduce_max' | 'max_per_sample';
/** Functions of whole tensors that are no reduction. */
export type TensorFunction = 'similarities' | 'l2_normalize' | 'log_sum_exp' | 'identity_like' | 'descending_rank' | 'append';
export type DrawFunction = 'uniform_per_sample' | 'uniform_like' | 'normal_like';

/** A scalar that lives from step to step; its name is unique in its instance. */
export type StateExpr = ExprBase & { readonly kind: 'state'; readonly name: string; readonly initial: number };

/**
 * A tensor expression. It is a DAG: a `let` of a term is one node however often it is used, so that node identity is value
 * identity (`grad(y, x)` finds `x` in `y` by identity; a draw used twice is one draw).
 */
export type TypedExpr =
  | (ExprBase & { readonly kind: 'constant'; readonly value: number })
  | (ExprBase & { readonly kind: 'param'; readonly name: string })
  /** A scalar that depends on the step alone. */
  | (ExprBase & { readonly kind: 'schedule' } & Schedule)
  | (ExprBase & { readonly kind: 'input'; readonly name: string })
  | (ExprBase & { readonly kind: 'model'; readonly name: ModelName })
  /** `head` null is the first output. G and F of a cyclegan take one argument, and so does D (conditioning is the model's concern). */
  | (ExprBase & { readonly kind: 'network'; readonly network: NetworkName; readonly head: string | null; readonly args: readonly TypedExpr[] })
  | (ExprBase & { readonly kind: 'unary'; readonly fn: UnaryFunction; readonly operand: TypedExpr })
  | (ExprBase & { readonly kind: 'binary'; readonly fn: BinaryFunction; readonly left: TypedExpr; readonly right: TypedExpr })
  | (ExprBase & { readonly kind: 'select'; readonly condition: TypedExpr; readonly whenTrue: TypedExpr; readonly whenFalse: TypedExpr })
  | (ExprBase & { readonly kind: 'clip'; readonly operand: TypedExpr; readonly low: TypedExpr; readonly high: TypedExpr })
  | (ExprBase & { readonly kind: 'lerp'; readonly from: TypedExpr; readonly to: TypedExpr; readonly t: TypedExpr })
  | (ExprBase & { readonly kind: 'aggregate'; readonly fn: ReduceFunction; readonly operand: TypedExpr })
  /** Operands in the order of the function's arguments; an optional one may be absent. */
  | (ExprBase & { readonly kind: 'apply'; readonly fn: TensorFunction; readonly args: readonly TypedExpr[] })
  /** TF v1's compute_weighted_loss. */
  | (ExprBase & { readonly kind: 'reduce'; readonly operand: TypedExpr; readonly weights: TypedExpr; readonly reduction: Reduction })
  /** Elementwise over logits, before any reduction. Smoothing is a constant in [0, 1]. */
  | (ExprBase & { readonly kind: 'cross_entropy'; readonly fn: 'sigmoid' | 'softmax'; readonly labels: TypedExpr; readonly logits: TypedExpr; readonly smoothing: number })
  | (ExprBase & { readonly kind: 'log_prob'; readonly distribution: TypedExpr; readonly value: TypedExpr })
  /** The sum of `of`, differentiated by `by`. */
  | (ExprBase & { readonly kind: 'grad'; readonly of: TypedExpr; readonly by: TypedExpr })
  /** One draw; `like` gives the shape (uniform_per_sample: [N, 1, …, 1] of like's rank). `draw` is unique in its instance. */
  | (ExprBase & { readonly kind: 'draw'; readonly distribution: DrawFunction; readonly like: TypedExpr; readonly draw: number })
  /** A user's function of a tensor; its random draws are told from others' by `draw`. */
  | (ExprBase & { readonly kind: 'hook'; readonly hook: string; readonly operand: TypedExpr; readonly keepsShape: boolean; readonly draw: number })
  /** The trained variables of a network, all of them or the kernels (those with two axes or more). */
  | (ExprBase & { readonly kind: 'weights'; readonly network: NetworkName; readonly which: 'all' | 'kernels' })
  /** The largest singular value of a matrix, or of each of a list. Named state: its left singular vector, `iterations` rounds better each step. */
  | (ExprBase & { readonly kind: 'spectral_norm'; readonly operand: TypedExpr; readonly iterations: number; readonly key: string })
  /** Named state: the mean of the values of all steps so far. */
  | (ExprBase & { readonly kind: 'running_mean'; readonly operand: TypedExpr; readonly key: string })
  /** Named state: an exponential moving average, starting at the first value. `key` is unique in its instance. */
  | (ExprBase & { readonly kind: 'ema'; readonly operand: TypedExpr; readonly decay: TypedExpr; readonly key: string })
  /** Named state that an `update` of the same instance sets, read as it was before the step. Both players see it. */
  | StateExpr
  /** TF-GAN's tensor_pool of one tensor, of its own. */
  | (ExprBase & { readonly kind: 'pooled'; readonly operand: TypedExpr; readonly size: number; readonly key: string });
