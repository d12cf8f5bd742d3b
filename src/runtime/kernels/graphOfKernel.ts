import type * as tf from '@tensorflow/tfjs';
import { createBuilder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { tensorType } from '../../ir/types.ts';
import { createGraphWriter } from '../capture/graphWriter.ts';
import type { KernelRule } from '../capture/kernels/rule.ts';
import { dtypeOf } from '../capture/kernels/structural.ts';
import { invariant } from '../../support/invariant.ts';

/**
 * One call of a kernel as a graph: its inputs by their names, its first result as the output `result`. Null for types that the heap of tfjs does not
 * keep in four bytes each, and results of other types than float32.
 */
export function graphOfKernel(kernelName: string, rule: KernelRule, inputs: Readonly<Record<string, tf.TensorInfo>>, attributes: Readonly<Record<string, unknown>>): Graph | null {
  const builder = createBuilder(kernelName);
  const write = createGraphWriter(builder);
  const values = new Map<string, ValueId>();
  for (const [name, { shape, dtype }] of Object.entries(inputs)) {
    const type = dtypeOf(dtype);
    if (type === null || type === 'i1') return null;
    values.set(name, builder.input(name, tensorType(shape, { dtype: type })));
  }
  const refuse = (reason: string): never => {
    throw new Error(`${kernelName}: ${reason}`);
  };
  const made = rule({
    kernelName, write, attributes, refuse,
    input: (name) => values.get(name) ?? refuse(`the input '${name}' is missing`),
    optional: (name) => values.get(name) ?? null,
    shaped: (value) => ({ shape: [...write.shape(value)], rank: write.shape(value).length }) as unknown as tf.Tensor,
    list: [...values.values()],
  });
  const value = typeof made === 'number' ? made : made[0];
  invariant(value !== undefined, `${kernelName} has no result`);
  return write.dtype(value) === 'f32' ? builder.finish([{ name: 'result', value }]) : null;
}
