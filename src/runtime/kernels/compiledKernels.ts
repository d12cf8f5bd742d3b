import type * as tf from '@tensorflow/tfjs';
import { exactJson } from '../../codegen/wasm/kernelKey.ts';
import type { PassContext } from '../../passes/pass.ts';
import { shapeOf } from '../../passes/shapes.ts';
import type { KernelRule } from '../capture/kernels/rule.ts';
import { compileForHeap, heapOf, type HeapProgram } from './heapProgram.ts';
import { graphOfKernel } from './graphOfKernel.ts';
import type { WasmBackend } from './wasmKernel.ts';

type Infos = Readonly<Record<string, tf.TensorInfo>>;

/** Kernels as code of their own, compiled once for each name, shapes and attributes. */
export interface CompiledKernels {
  /**
   * Runs a kernel by what it means as equations: its first result. Null where that cannot be compiled. Which of the two depends on
   * the engine and the call alone, never on what ran before, so that a step has the same bits whenever it is taken.
   */
  readonly run: (kernelName: string, rule: KernelRule, backend: WasmBackend, inputs: Infos, attributes: Readonly<Record<string, unknown>>) => tf.TensorInfo | null;
  /** Forgets all code and gives its memory back. */
  readonly dispose: () => void;
}

interface Code {
  readonly program: HeapProgram;
  /** Names of the inputs in the order of their addresses. */
  readonly inputs: readonly string[];
  readonly shape: readonly number[];
}

const CONTEXT: PassContext = { math: 'strict', remark: () => undefined };

/** Code of a few hundred layers. It is small; what it holds of the heap is bounded by `MOST_BYTES`. */
const MOST_KERNELS = 1024;
const MOST_BYTES = 128 * 2 ** 20;

function compile(kernelName: string, rule: KernelRule, backend: WasmBackend, inputs: Infos, attributes: Readonly<Record<string, unknown>>): Code | null {
  const heap = heapOf(backend);
  const graph = heap === null ? null : graphOfKernel(kernelName, rule, inputs, attributes);
  if (heap === null || graph === null) return null;
  const [output] = graph.outputs;
  const { type } = [...graph.inputs, ...graph.equations].find(({ id }) => id === output.value)!;
  try {
    return { program: compileForHeap(graph, heap, CONTEXT), inputs: graph.inputs.map(({ name }) => name), shape: shapeOf(type) };
  } catch (error) {
    // a page that forbids code made at run time, an engine that compiles large modules in the background only, a memory of another kind
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError || error instanceof RangeError) return null;
    throw error;
  }
}

function keyOf(kernelName: string, inputs: Infos, attributes: Readonly<Record<string, unknown>>): string {
  let key = `${kernelName} ${exactJson(attributes)}`;
  for (const name in inputs) key += ` ${name}:${inputs[name].dtype}${inputs[name].shape.join()}`;
  return key;
}

/** @param most how much is kept; what was not asked for the longest goes first */
export function createCompiledKernels(most: { readonly kernels: number; readonly bytes: number } = { kernels: MOST_KERNELS, bytes: MOST_BYTES }): CompiledKernels {
  const codes = new Map<string, Code | null>();
  let owner: WasmBackend | null = null;
  let bytes = 0;
  const forget = (key: string): void => {
    const code = codes.get(key);
    codes.delete(key);
    bytes -= code?.program.bytes ?? 0;
    code?.program.free();
  };
  const dispose = (): void => [...codes.keys()].forEach(forget);
  const codeOf = (...call: Parameters<CompiledKernels['run']>): Code | null => {
    const [kernelName, , backend, inputs, attributes] = call;
    // a backend that was made anew has a memory of its own
    if (owner !== backend) dispose();
    owner = backend;
    const key = keyOf(kernelName, inputs, attributes);
    let code = codes.get(key);
    if (code === undefined) {
      code = compile(...call);
      bytes += code?.program.bytes ?? 0;
    }
    codes.delete(key);
    codes.set(key, code);
    for (const oldest of codes.keys()) {
      if (oldest === key || (codes.size <= most.kernels && bytes <= most.bytes)) break;
      forget(oldest);
    }
    return code;
  };
  return {
    run(...call) {
      const [, , backend, inputs] = call;
      const code = codeOf(...call);
      if (code === null) return null;
      // allocated first: the memory may grow by it, which changes no address
      const out = backend.makeOutput([...code.shape], 'float32');
      const addressOf = ({ dataId }: tf.TensorInfo): number => backend.dataIdMap.get(dataId).memoryOffset;
      code.program.run([...code.inputs.map((name) => addressOf(inputs[name])), addressOf(out)]);
      return out;
    },
    dispose,
  };
}
