import * as tf from '@tensorflow/tfjs';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { Type } from '../../ir/types.ts';
import { assembleEvaluate } from '../../step/assembleEvaluate.ts';
import { capture } from '../capture/capture.ts';
import { fail } from '../models/fail.ts';
import type { TensorDtype } from './transfer.ts';

/** A function as a graph, with its gradients. */
export interface AssembledFunction {
  readonly graph: Graph;
  /** For `LOSS_PART`: the arguments that its loss depends on. */
  readonly reached: ReadonlyMap<string, readonly string[]>;
  /** Variables that may be read, by the name of their input. */
  readonly variables: readonly { readonly name: string; readonly variable: tf.Variable }[];
  /** Names of the values, without the part's. */
  readonly names: readonly string[];
  /** Whether the function gives one tensor. */
  readonly single: boolean;
  /** The arguments that gradients were asked for. */
  readonly by: readonly string[];
}

const VALUE = 'value';
export const ARGUMENT = (index: number): string => `argument.${index}`;
export const LOSS_PART = 'f';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** @throws SpecError GL5005 for a function that cannot be captured */
export function assembleFunction(f: (...tensors: tf.Tensor[]) => tf.Tensor | Readonly<Record<string, tf.Tensor>>, examples: readonly tf.Tensor[], gradients: boolean): AssembledFunction {
  const variables = Object.values(tf.engine().registeredVariables).map((variable) => ({ name: `variable.${variable.name}`, variable }));
  let single = false;
  const captured = capture(
    (tracer) => {
      const result = f(...examples.map(({ shape, dtype }, index) => tracer.argument(ARGUMENT(index), shape, dtype as TensorDtype)));
      single = result instanceof tf.Tensor;
      return result instanceof tf.Tensor ? { [VALUE]: result } : result;
    },
    { variables },
  );
  if (captured.draws.length > 0) fail('GL5005', 'the function draws random numbers: give them as an argument');
  if (captured.updates.length > 0) fail('GL5005', `the function assigns ${captured.updates[0]}`);
  const names = captured.graph.outputs.map(({ name }) => name);
  const loss = single ? VALUE : names.includes('loss') ? 'loss' : names[0];
  const by = gradients ? examples.map((_, index) => ARGUMENT(index)) : [];
  const { graph, reached } = assembleEvaluate('call', [{ name: LOSS_PART, graph: captured.graph, loss, by }], CONTEXT);
  return { graph, reached, variables, names, single, by };
}

export function checkCount(tensors: readonly tf.Tensor[], wanted: number): void {
  if (tensors.length !== wanted) fail('GL5002', `the function takes ${wanted} tensors, not ${tensors.length}`);
}

export function refuseArgument(index: number, tensor: tf.Tensor, wanted: { readonly shape: readonly number[]; readonly dtype: string }): never {
  return fail('GL5002', `argument ${index} of the function is ${tensor.dtype} [${tensor.shape}], but it was compiled for ${wanted.dtype} [${wanted.shape}]`);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false;
  return true;
}

export function typesOf(graph: Graph): (id: ValueId) => Type {
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  return (id) => types.get(id)!;
}

const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

export function tensorDtype(type: Type): TensorDtype {
  return type.kind === 'tensor' ? DTYPES[type.dtype] : 'float32';
}
