import type * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../../ir/graph.ts';
import { invariant } from '../../../support/invariant.ts';
import type { GraphWriter } from '../graphWriter.ts';

/** One call of a tfjs kernel while it is traced. */
export interface KernelCall {
  readonly kernelName: string;
  readonly write: GraphWriter;
  /** An input that is always there. */
  readonly input: (name: string) => ValueId;
  /** An input that may be missing: a bias, prelu's weights. */
  readonly optional: (name: string) => ValueId | null;
  /** A value as a tensor that has a shape and nothing else, for tfjs's own functions of shapes. */
  readonly shaped: (x: ValueId) => tf.Tensor;
  /** All inputs, of kernels that take a list. */
  readonly list: readonly ValueId[];
  /** Attributes as tfjs gives them; it types them no further. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Raises GL5005. */
  readonly refuse: (reason: string) => never;
}

/** How one kernel becomes equations; its result, or its results in order. */
export type KernelRule = (call: KernelCall) => ValueId | readonly ValueId[];

/** A kernel that cannot become equations. */
export function refused(reason: string): KernelRule {
  return ({ refuse, kernelName }) => refuse(`the kernel '${kernelName}' ${reason}`);
}

/** An attribute that must be a number. */
export function numberOf({ attributes, kernelName }: KernelCall, name: string): number {
  const value = attributes[name];
  invariant(typeof value === 'number', `${kernelName}: ${name} is ${String(value)}, not a number`);
  return value;
}

/** An attribute that must be a list of numbers. */
export function numbersOf({ attributes, kernelName }: KernelCall, name: string): readonly number[] {
  const value = attributes[name];
  const list = typeof value === 'number' ? [value] : ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
  invariant(Array.isArray(list) && list.every((item) => typeof item === 'number'), `${kernelName}: ${name} is ${String(value)}, not a list of numbers`);
  return list;
}
