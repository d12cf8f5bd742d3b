import * as tf from '@tensorflow/tfjs';
import type { PassContext } from '../../passes/pass.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { compileForHeap, heapOf } from '../kernels/heapProgram.ts';
import type { WasmBackend } from '../kernels/wasmKernel.ts';
import { ARGUMENT, checkCount, LOSS_PART, refuseArgument, sameShape, tensorDtype, typesOf, type AssembledFunction } from './assembleFunction.ts';
import type { CompiledFunction, FunctionValue } from './compiledFunction.ts';
import { backendOf } from './transfer.ts';

/**
 * The function as code that works in the memory of tfjs's wasm backend: it reads arguments and writes results where tfjs keeps them.
 * Null where that is not possible: another backend, no SIMD, or truth values, which tfjs keeps in bytes.
 */
export function compileInHeap<V extends FunctionValue>({ graph, reached, variables, names, single, by }: AssembledFunction, examples: readonly tf.Tensor[], context: PassContext): CompiledFunction<V> | null {
  const backend = tf.backend() as unknown as WasmBackend;
  const heap = tf.getBackend() === 'wasm' ? heapOf(backend) : null;
  const typeOf = typesOf(graph);
  const values = [...graph.inputs.map(({ name, id }) => ({ name, id })), ...graph.outputs.map(({ name, value }) => ({ name, id: value }))];
  if (heap === null || values.some(({ id }) => tensorDtype(typeOf(id)) === 'bool')) return null;
  const program = compileForHeap(graph, heap, context);
  const read = new Map(variables.filter(({ name }) => program.reads.has(name)).map(({ name, variable }) => [name, variable]));
  const inputs = graph.inputs.map(({ name }) => ({ variable: read.get(name) ?? null, argument: examples.findIndex((_, index) => ARGUMENT(index) === name) }));
  const outputs = graph.outputs.map(({ name, value }) => ({ name, shape: [...dimsOf(typeOf(value))], dtype: tensorDtype(typeOf(value)) }));
  const indexOf = (name: string): number => outputs.findIndex((output) => output.name === `${LOSS_PART}/${name}`);
  const valueAt = names.map(indexOf);
  const differentiated = new Set(reached.get(LOSS_PART));
  const derivativeAt = by.map((name) => (differentiated.has(name) ? indexOf(`gradient.${name}`) : -1));
  const wanted = new Set([...valueAt, ...derivativeAt]);
  const addresses = new Array<number>(values.length).fill(0);
  let disposed = false;
  return {
    call(...tensors) {
      if (disposed) throw new Error('the function has been disposed');
      checkCount(tensors, examples.length);
      examples.forEach((example, index) => {
        if (tensors[index].dtype !== example.dtype || !sameShape(tensors[index].shape, example.shape)) refuseArgument(index, tensors[index], example);
      });
      const moved: tf.Tensor[] = [];
      const addressOf = (tensor: tf.Tensor): number => {
        if (backendOf(tensor.dataId) !== backend) moved.push((tensor = copied(tensor)));
        return backend.dataIdMap.get(tensor.dataId).memoryOffset;
      };
      // allocations first: they may let the memory grow, which changes no address
      const infos = outputs.map(({ shape, dtype }) => backend.makeOutput(shape, dtype));
      inputs.forEach(({ variable, argument }, index) => {
        const tensor = variable ?? tensors[argument];
        if (tensor !== undefined) addresses[index] = addressOf(tensor);
      });
      infos.forEach(({ dataId }, index) => (addresses[inputs.length + index] = backend.dataIdMap.get(dataId).memoryOffset));
      program.run(addresses);
      for (const tensor of moved) tensor.dispose();
      const made = infos.map((info, index) => {
        if (wanted.has(index)) return tf.engine().makeTensorFromTensorInfo(info);
        backend.disposeData(info.dataId);
        return null;
      });
      const gradients = derivativeAt.map((index) => (index < 0 ? null : made[index]));
      if (single) return { value: made[valueAt[0]] as V, gradients };
      return { value: Object.fromEntries(names.map((name, index) => [name, made[valueAt[index]]])) as V, gradients };
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      program.free();
    },
  };

  function copied(tensor: tf.Tensor): tf.Tensor {
    return tf.engine().makeTensor(tensor.dataSync(), tensor.shape, tensor.dtype, backend as never);
  }
}
