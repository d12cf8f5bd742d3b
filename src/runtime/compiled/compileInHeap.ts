import * as tf from '@tensorflow/tfjs';
import { compileWasm } from '../../codegen/wasm/module.ts';
import type { PassContext } from '../../passes/pass.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import type { WasmBackend } from '../kernels/wasmKernel.ts';
import { ARGUMENT, checkCount, LOSS_PART, refuseArgument, sameShape, tensorDtype, typesOf, type AssembledFunction } from './assembleFunction.ts';
import type { CompiledFunction, FunctionValue } from './compiledFunction.ts';
import { ALIGNMENT, aligned } from './machine.ts';
import { placePrograms } from './placePrograms.ts';
import { backendOf } from './transfer.ts';
import { supportsRelaxedSimd, supportsSimd } from './wasmFeatures.ts';

/** What is needed of tfjs's wasm backend to work in its memory. */
interface Heap {
  readonly memory: WebAssembly.Memory;
  readonly allocate: (bytes: number) => number;
  readonly free: (address: number) => void;
}

/** Stands for the addresses of arguments and results, which differ from call to call: no memory is that large. */
const ELSEWHERE = 0x7000_0000;

/**
 * The function as code that works in the memory of tfjs's wasm backend: it reads arguments and writes results where tfjs keeps them.
 * Null where that is not possible: another backend, shared memory, or truth values, which tfjs keeps in bytes.
 */
export function compileInHeap<V extends FunctionValue>({ graph, reached, variables, names, single, by }: AssembledFunction, examples: readonly tf.Tensor[], context: PassContext): CompiledFunction<V> | null {
  const backend = tf.backend() as unknown as WasmBackend;
  const heap = tf.getBackend() === 'wasm' && supportsSimd() ? heapOf(backend) : null;
  const typeOf = typesOf(graph);
  const values = [...graph.inputs.map(({ name, id }) => ({ name, id })), ...graph.outputs.map(({ name, value }) => ({ name, id: value }))];
  if (heap === null || values.some(({ id }) => tensorDtype(typeOf(id)) === 'bool')) return null;
  const places = new Map(values.map(({ name }, index) => [name, ELSEWHERE + index * ALIGNMENT]));
  const compileAt = (base: number) => {
    const [placed] = placePrograms([{ name: 'call', graph, places }], base, context);
    const module = compileWasm([{ ...placed, parameters: [...places.values()] }], { relaxedSimd: supportsRelaxedSimd(), sharedMemory: false });
    return { module, reads: new Set(placed.schedule.inputs.map(({ name }) => name)) };
  };
  // how much it needs is known when it was compiled; where that lies, only then
  const arena = heap.allocate(compileAt(ALIGNMENT).module.end + ALIGNMENT);
  const { module, reads } = compileAt(aligned(arena));
  for (const { offset, bytes } of module.data) new Uint8Array(heap.memory.buffer).set(bytes, offset);
  const { call: run } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), { env: { memory: heap.memory } }).exports as { readonly call: (...addresses: number[]) => void };

  const read = new Map(variables.filter(({ name }) => reads.has(name)).map(({ name, variable }) => [name, variable]));
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
      run(...addresses);
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
      heap.free(arena);
    },
  };

  function copied(tensor: tf.Tensor): tf.Tensor {
    return tf.engine().makeTensor(tensor.dataSync(), tensor.shape, tensor.dtype, backend as never);
  }
}

function heapOf(backend: WasmBackend): Heap | null {
  const { asm, _malloc: allocate, _free: free } = backend.wasm as unknown as { readonly asm?: { readonly memory?: unknown }; readonly _malloc?: (bytes: number) => number; readonly _free?: (address: number) => void };
  const memory = asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || allocate === undefined || free === undefined) return null;
  return memory.buffer instanceof ArrayBuffer ? { memory, allocate, free } : null;
}
