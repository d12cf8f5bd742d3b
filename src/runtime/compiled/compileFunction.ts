import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../ir/values.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { ARGUMENT, assembleFunction, checkCount, LOSS_PART, refuseArgument, sameShape, tensorDtype, typesOf, type AssembledFunction } from './assembleFunction.ts';
import { createCell } from './cells.ts';
import { createCodeMachine } from './codeMachine.ts';
import type { CompiledFunction, FunctionValue } from './compiledFunction.ts';
import { compileInHeap } from './compileInHeap.ts';
import type { Machine } from './machine.ts';
import { downloadFast, upload, type TensorDtype } from './transfer.ts';

export type { CompiledFunction, FunctionResult, FunctionValue } from './compiledFunction.ts';

export interface CompileFunctionOptions {
  /** Whether a call also gives the derivatives by each argument; false by default. */
  readonly gradients?: boolean;
  /** WebAssembly where the platform has its vector instructions, else JavaScript, unless given. */
  readonly target?: 'wasm' | 'js' | 'auto';
  /** The most threads that share the work; `auto` (default) is as many as there are cores, four at most. */
  readonly threads?: number | 'auto';
}

/**
 * Compiles a function of tensors, a loss for example, for the shapes of the examples: captured once, differentiated, fused and made into
 * code. A call takes tensors of any backend and returns tensors of the current one.
 *
 * @throws SpecError GL5005 for a function that cannot be captured
 */
export function compileFunction<V extends FunctionValue>(f: (...tensors: tf.Tensor[]) => V, examples: readonly tf.Tensor[], options: CompileFunctionOptions = {}): CompiledFunction<V> {
  const { gradients = false, target = 'auto', threads = 'auto' } = options;
  const assembled = assembleFunction(f, examples, gradients);
  const inHeap = target === 'js' ? null : compileInHeap<V>(assembled, examples, CONTEXT);
  return inHeap ?? onMachine(createCodeMachine({ target, threads }, CONTEXT), assembled, examples);
}

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** The same on a given machine. */
export function compileOn<V extends FunctionValue>(machine: Machine, f: (...tensors: tf.Tensor[]) => V, examples: readonly tf.Tensor[], gradients: boolean): CompiledFunction<V> {
  return onMachine(machine, assembleFunction(f, examples, gradients), examples);
}

function onMachine<V extends FunctionValue>(machine: Machine, { graph, reached, variables, names, single, by }: AssembledFunction, examples: readonly tf.Tensor[]): CompiledFunction<V> {
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
      checkCount(tensors, inputs.length);
      for (let index = 0; index < inputs.length; index += 1) {
        const { shape, dtype, place } = inputs[index];
        const tensor = tensors[index];
        if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) refuseArgument(index, tensor, { shape, dtype });
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
