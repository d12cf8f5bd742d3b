import type { Span } from '../../support/source.ts';
import type { Callee } from './callees.ts';

/**
 * A tfjs program: what `emit('tfjs')` prints and what the runtime runs, statement by statement.
 * There is no second implementation: printing and running read this one structure.
 */
export interface Program {
  readonly header: readonly string[];
  readonly functions: readonly LossFunction[];
}

export interface LossFunction {
  /** `generatorLoss`, `discriminatorLoss` */
  readonly name: string;
  /** Lines of its doc comment. */
  readonly doc: readonly string[];
  /** Names that it takes of each argument, in order. */
  readonly networks: readonly string[];
  readonly inputs: readonly string[];
  readonly context: readonly ContextName[];
  readonly statements: readonly Statement[];
  /** `loss`, `loss.x2y`, `term.gp`, … */
  readonly outputs: readonly { readonly name: string; readonly value: Expression }[];
}

export type ContextName = 'random' | 'params' | 'state' | 'step' | 'hooks';

export interface Statement {
  readonly name: string;
  readonly value: Expression;
  /** Where in the specification it comes from, when that differs from the statement before. */
  readonly comment: string | null;
}

export interface Block {
  readonly statements: readonly Statement[];
  readonly result: Expression;
}

export type Expression =
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: number | string | readonly number[] }
  | { readonly kind: 'context'; readonly name: ContextName }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Callee; readonly args: readonly Expression[]; readonly origin: readonly Span[] }
  /** The callee applied to the lists' first tensors, their second ones and so on; other arguments go with each. */
  | { readonly kind: 'each'; readonly callee: Callee; readonly args: readonly Expression[]; readonly origin: readonly Span[] }
  | { readonly kind: 'networkItself'; readonly network: string }
  | { readonly kind: 'network'; readonly network: string; readonly outputs: 'single' | 'all'; readonly args: readonly Expression[]; readonly origin: readonly Span[] }
  | { readonly kind: 'head'; readonly object: Expression; readonly head: string | null; readonly origin: readonly Span[] }
  /** The body's result in the steps that `interval` divides, 0 in the others. */
  | { readonly kind: 'every'; readonly interval: number; readonly body: Block; readonly origin: readonly Span[] }
  /** d(sum of the body's result)/d(variable), taken at `at`. */
  | { readonly kind: 'gradient'; readonly variable: string; readonly body: Block; readonly at: Expression; readonly origin: readonly Span[] };

/** Whether an argument of an `each` is a value that is taken apart or goes with each tensor; the others belong to the callee. */
export function isOneOfEach(arg: Expression): boolean {
  return arg.kind !== 'literal' || typeof arg.value === 'number';
}
