import * as tf from '@tensorflow/tfjs';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { Type } from '../../ir/types.ts';
import { sizeOf } from '../../ir/values.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { assembleEvaluate } from '../../step/assembleEvaluate.ts';
import { capture } from '../capture/capture.ts';
import { fail } from '../models/fail.ts';
import { createCell } from './cells.ts';
import { createCodeMachine } from './codeMachine.ts';
import type { Machine } from './machine.ts';
import { downloadFast, upload, type TensorDtype } from './transfer.ts';

export interface CompileFunctionOptions {
  /** Whether a call also gives the derivatives by each argument; false by default. */
  readonly gradients?: boolean;
  /** WebAssembly where the platform has its vector instructions, else JavaScript, unless given. */
  readonly target?: 'wasm' | 'js' | 'auto';
  /** The most threads that share the work; `auto` (default) is as many as there are cores, four at most. */
  readonly threads?: number | 'auto';
}

/** What a compiled function gives: a tensor, or tensors by name. */
export type FunctionValue = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

export interface FunctionResult<V extends FunctionValue> {
  readonly value: V;
  /**
   * The sum of the value (of `loss`, or the first one, where there are several) differentiated by each argument; null for one that it does
   * not depend on. Empty unless asked for.
   */
  readonly gradients: readonly (tf.Tensor | null)[];
}

/** A function of tensors as compiled code. */
export interface CompiledFunction<V extends FunctionValue> {
  /** Tensors of the shapes and types of the examples; the results are the caller's. Variables that the function reads are read anew. */
  readonly call: (...tensors: readonly tf.Tensor[]) => FunctionResult<V>;
  /** Frees its memory. */
  readonly dispose: () => void;
}

const VALUE = 'value';
const ARGUMENT = (index: number): string => `argument.${index}`;
const LOSS_PART = 'f';

/**
 * Compiles a function of tensors, a loss for example, for the shapes of the examples: captured once, differentiated, fused and made into
 * code. A call takes tensors of any backend and returns tensors of the current one.
 *
 * @throws SpecError GL5005 for a function that cannot be captured
 */
export function compileFunction<V extends FunctionValue>(f: (...tensors: tf.Tensor[]) => V, examples: readonly tf.Tensor[], options: CompileFunctionOptions = {}): CompiledFunction<V> {
  const { gradients = false, target = 'auto', threads = 'auto' } = options;
  return compileOn(createCodeMachine({ target, threads }, CONTEXT), f, examples, gradients);
}

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** The same on a given machine. */
export function compileOn<V extends FunctionValue>(machine: Machine, f: (...tensors: tf.Tensor[]) => V, examples: readonly tf.Tensor[], gradients: boolean): CompiledFunction<V> {
  const variables = Object.values(tf.engine().registeredVariables).map((variable) => ({ name: `variable.${variable.name}`, variable }));
  let single = false;
  const captured = capture(
    (tracer) => {
      const result: FunctionValue = f(...examples.map(({ shape, dtype }, index) => tracer.argument(ARGUMENT(index), shape, dtype as TensorDtype)));
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
  const typeOf = typesOf(graph);
  const places = new Map([...graph.inputs.map(({ name, id }) => [name, id] as const), ...graph.outputs.map(({ name, value }) => [name, value] as const)].map(([name, id]) => [name, machine.allocate(4 * sizeOf(dimsOf(typeOf(id))))]));
  const { run, reads } = machine.load([{ name: 'call', graph, places }]).get('call')!;
  const outside = variables
    .filter(({ name }) => reads.has(name))
    .map(({ name, variable }) => createCell(machine, places.get(name)!, { shape: variable.shape, dtype: variable.dtype as TensorDtype, identity: () => variable.dataId, read: () => variable, write: () => undefined, start: () => 0 }));
  const inputs = examples.map(({ shape, dtype }, index) => ({ shape, dtype, place: reads.has(ARGUMENT(index)) ? places.get(ARGUMENT(index))! : null }));
  const outputOf = (name: string) => {
    const type = typeOf(graph.outputs.find((output) => output.name === name)!.value);
    return { place: places.get(name)!, shape: [...dimsOf(type)], dtype: tensorDtype(type) };
  };
  const outputs = names.map((name) => ({ name, ...outputOf(`${LOSS_PART}/${name}`) }));
  const differentiated = new Set(reached.get(LOSS_PART));
  const derivatives = by.map((name) => (differentiated.has(name) ? outputOf(`${LOSS_PART}/gradient.${name}`) : null));
  let live: Machine | null = machine;
  return {
    call(...tensors) {
      if (live === null) throw new Error('the function has been disposed');
      if (tensors.length !== inputs.length) fail('GL5002', `the function takes ${inputs.length} tensors, not ${tensors.length}`);
      for (let index = 0; index < inputs.length; index += 1) {
        const { shape, dtype, place } = inputs[index];
        const tensor = tensors[index];
        if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) fail('GL5002', `argument ${index} of the function is ${tensor.dtype} [${tensor.shape}], but it was compiled for ${dtype} [${shape}]`);
        if (place !== null) upload(live, tensor, place);
      }
      for (const cell of outside) cell.pull();
      run();
      const gradientTensors: (tf.Tensor | null)[] = [];
      for (const at of derivatives) gradientTensors.push(at === null ? null : downloadFast(live, at.place, at.shape, at.dtype));
      if (single) return { value: downloadFast(live, outputs[0].place, outputs[0].shape, outputs[0].dtype) as V, gradients: gradientTensors };
      const values: Record<string, tf.Tensor> = {};
      for (const { name, place, shape, dtype } of outputs) values[name] = downloadFast(live, place, shape, dtype);
      return { value: values as V, gradients: gradientTensors };
    },
    dispose() {
      live?.dispose();
      live = null;
    },
  };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false;
  return true;
}

function typesOf(graph: Graph): (id: ValueId) => Type {
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  return (id) => types.get(id)!;
}

const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

function tensorDtype(type: Type): TensorDtype {
  return type.kind === 'tensor' ? DTYPES[type.dtype] : 'float32';
}
