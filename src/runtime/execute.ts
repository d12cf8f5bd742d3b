import type * as tf from '@tensorflow/tfjs';
import { invariant } from '../support/invariant.ts';
import { SpecError } from '../support/diagnostic.ts';
import type { Span } from '../support/source.ts';
import { isOneOfEach, type Block, type Expression, type LossFunction } from '../codegen/tfjs/program.ts';
import { CALLS } from './calls.ts';
import type { Hooks } from './functions/hooks.ts';
import { each } from './functions/lists.ts';
import { gradient } from './functions/losses.ts';
import { every, type Step } from './functions/steps.ts';
import type { BoundNetwork } from './networks.ts';
import type { RandomSource } from './random.ts';
import type { StateAccess } from './state.ts';

/** What a loss function is called with: the three arguments of its printed form. */
export interface LossArguments {
  readonly networks: Readonly<Record<string, BoundNetwork>>;
  /** Tensors, or what the model feeds as it is: a list, a number. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly context: {
    readonly random: RandomSource;
    readonly params: Readonly<Record<string, number | tf.Tensor>>;
    readonly state: StateAccess;
    readonly step: Step;
    readonly hooks?: Hooks;
    readonly at?: Placement;
  };
}

/** Runs `body`, which computes something that comes from `origin`: how a capture learns where its equations come from. */
export type Placement = <T>(origin: readonly Span[], body: () => T) => T;

/** Called with each value that a step of the program makes, where in the specification it comes from, and what it is made of. */
export type Observer = (value: unknown, origin: readonly Span[], what: string, operands: readonly unknown[]) => void;

type Locals = ReadonlyMap<string, unknown>;

/**
 * Runs a loss function step by step and returns its outputs by name (`loss`, `loss.x2y`, `term.gp`, …).
 * Differentiable by tfjs's tape. The caller owns the tensors: run it inside tf.tidy.
 */
export function execute(fn: LossFunction, args: LossArguments, observe?: Observer): Readonly<Record<string, tf.Tensor>> {
  const locals = new Map<string, unknown>(fn.inputs.map((name) => [name, args.inputs[name]]));
  const run = { args, observe, at: args.context.at ?? nowhere };
  for (const { name, value } of fn.statements) locals.set(name, evaluate(value, locals, run));
  return Object.fromEntries(fn.outputs.map(({ name, value }) => [name, evaluate(value, locals, run) as tf.Tensor]));
}

interface Run {
  readonly args: LossArguments;
  readonly observe: Observer | undefined;
  readonly at: Placement;
}

const nowhere: Placement = (_origin, body) => body();

function evaluate(expression: Expression, locals: Locals, run: Run): unknown {
  switch (expression.kind) {
    case 'local':
      invariant(locals.has(expression.name), `no local '${expression.name}'`);
      return locals.get(expression.name);
    case 'literal':
      return expression.value;
    case 'context':
      return run.args.context[expression.name];
    case 'param':
      return run.args.context.params[expression.name];
    case 'call': {
      const call = CALLS[expression.callee] as (...args: readonly unknown[]) => unknown;
      const operands = expression.args.map((arg) => evaluate(arg, locals, run));
      const value = refuse(expression.callee, expression.origin, () => run.at(expression.origin, () => call(...operands)));
      run.observe?.(value, expression.origin, expression.callee, operands);
      return value;
    }
    case 'networkItself':
      return run.args.networks[expression.network];
    case 'each': {
      const call = CALLS[expression.callee] as (...args: readonly unknown[]) => unknown;
      const values = expression.args.filter(isOneOfEach).map((arg) => evaluate(arg, locals, run));
      const value = refuse(expression.callee, expression.origin, () =>
        run.at(expression.origin, () =>
          each((...items) => {
            let next = 0;
            return call(...expression.args.map((arg) => (isOneOfEach(arg) ? items[next++] : evaluate(arg, locals, run))));
          }, ...values),
        ),
      );
      run.observe?.(value, expression.origin, expression.callee, values);
      return value;
    }
    case 'network': {
      const network = run.args.networks[expression.network];
      const [data, condition] = expression.args.map((arg) => evaluate(arg, locals, run));
      const value = run.at(expression.origin, () => (expression.outputs === 'single' ? network(data as tf.Tensor, condition) : network.outputs(data as tf.Tensor, condition)));
      run.observe?.(value, expression.origin, expression.network, [data]);
      return value;
    }
    case 'head': {
      const outputs = evaluate(expression.object, locals, run) as ReturnType<BoundNetwork['outputs']>;
      const value = located(expression.origin, () => outputs.head(expression.head));
      run.observe?.(value, expression.origin, expression.head ?? 'output', []);
      return value;
    }
    case 'every': {
      const value = run.at(expression.origin, () => every(run.args.context.step, expression.interval, () => evaluateBlock(expression.body, locals, run) as tf.Tensor));
      run.observe?.(value, expression.origin, 'every', []);
      return value;
    }
    case 'gradient': {
      const at = evaluate(expression.at, locals, run) as tf.Tensor;
      const value = run.at(expression.origin, () => gradient((x) => evaluateBlock(expression.body, new Map([...locals, [expression.variable, x]]), run) as tf.Tensor, at));
      run.observe?.(value, expression.origin, 'gradient', [at]);
      return value;
    }
    default:
      return expression satisfies never;
  }
}

/** What a network lacks is shown where the specification asks for it. */
function located<T>(origin: readonly Span[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(error.message, error.diagnostics.map((diagnostic) => ({ ...diagnostic, span: diagnostic.span ?? origin[0] ?? null })));
  }
}

/** What an op refuses at run time (shapes that do not go together, above all) is reported where the specification asks for it. */
function refuse<T>(what: string, origin: readonly Span[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SpecError || !(error instanceof Error)) throw error;
    const message = `${what} cannot be computed: ${error.message}`;
    throw new SpecError(message, [{ code: 'GL5002', severity: 'error', message, span: origin[0] ?? null, hint: 'the shapes of what the networks return do not go together here' }]);
  }
}

function evaluateBlock(block: Block, outer: Locals, run: Run): unknown {
  const locals = new Map(outer);
  for (const { name, value } of block.statements) locals.set(name, evaluate(value, locals, run));
  return evaluate(block.result, locals, run);
}
