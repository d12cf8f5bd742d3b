import type { Graph } from '../ir/graph.ts';
import type { Span } from '../support/source.ts';

/** What a pass removed, merged, fused or left alone, and why: `explain` shows it. */
export interface Remark {
  /** The pass's name. */
  readonly pass: string;
  /** The rule inside the pass, e.g. `multiply by one`. */
  readonly rule: string;
  /** What it was about, as an expression: `D(real, z)`. */
  readonly what: string;
  /** One sentence. */
  readonly why: string;
  readonly origin: readonly Span[];
}

export interface PassContext {
  /** `strict` keeps every NaN, infinity and signed zero of the program as written; `fast` may assume finite values. */
  readonly math: 'strict' | 'fast';
  readonly remark: (remark: Remark) => void;
}

/**
 * A pure function from graph to graph that keeps the outputs' names and values, and every equation's origin. Where it has nothing to
 * change it gives back its argument itself: so the pipeline knows when it is done.
 */
export interface Pass {
  readonly name: string;
  readonly run: (graph: Graph, context: PassContext) => Graph;
}
