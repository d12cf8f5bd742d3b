import { compileWasm } from '../../codegen/wasm/module.ts';
import type { Graph } from '../../ir/graph.ts';
import type { PassContext } from '../../passes/pass.ts';
import { ALIGNMENT, aligned } from '../compiled/machine.ts';
import { placePrograms } from '../compiled/placePrograms.ts';
import { supportsRelaxedSimd, supportsSimd } from '../compiled/wasmFeatures.ts';
import type { WasmBackend } from './wasmKernel.ts';

/** What is needed of tfjs's wasm backend to work in its memory. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Whether tfjs's own threads share it. Code that is made here runs on the calling one alone. */
  readonly shared: boolean;
  readonly allocate: (bytes: number) => number;
  readonly free: (address: number) => void;
}

/** Code that works in the memory of tfjs's wasm backend. */
export interface HeapProgram {
  /** Takes the addresses of the graph's inputs, then of its outputs, in their order. */
  readonly run: (addresses: readonly number[]) => void;
  /** Names of the inputs that it reads. */
  readonly reads: ReadonlySet<string>;
  /** Bytes that it holds of the heap: constants, tables and temporaries. */
  readonly bytes: number;
  /** Gives them back. */
  readonly free: () => void;
}

/** Stands for the addresses of inputs and outputs, which differ from call to call: no memory is that large. */
const ELSEWHERE = 0x7000_0000;

/** The backend's memory; null where code cannot work in it: no SIMD, or a build of the backend that does not show it. */
export function heapOf(backend: WasmBackend): Heap | null {
  // with threads the memory is made outside of the module
  const { asm, wasmMemory, _malloc: allocate, _free: free } = backend.wasm as unknown as { readonly asm?: { readonly memory?: unknown }; readonly wasmMemory?: unknown; readonly _malloc?: (bytes: number) => number; readonly _free?: (address: number) => void };
  const memory = wasmMemory ?? asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || allocate === undefined || free === undefined || !supportsSimd()) return null;
  return { memory, shared: !(memory.buffer instanceof ArrayBuffer), allocate, free };
}

/**
 * Compiles a static graph of float32 and int32 values.
 *
 * @throws WebAssembly.CompileError, RangeError where the engine refuses to compile at once
 */
export function compileForHeap(graph: Graph, heap: Heap, context: PassContext): HeapProgram {
  const names = [...graph.inputs, ...graph.outputs].map(({ name }) => name);
  const places = new Map(names.map((name, index) => [name, ELSEWHERE + index * ALIGNMENT]));
  const [placed] = placePrograms([{ name: 'call', graph, places }], 0, context);
  const program = { ...placed, parameters: names.map((name) => places.get(name)!), relocatable: true };
  const module = compileWasm([program], { relaxedSimd: supportsRelaxedSimd(), sharedMemory: heap.shared });
  // no function looks at memory before it is called: its pages need not be there yet
  const { call } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), { env: { memory: heap.memory } }).exports as { readonly call: (...addresses: number[]) => void };
  const bytes = module.end + ALIGNMENT;
  const allocated = heap.allocate(bytes);
  const arena = aligned(allocated);
  for (const segment of module.data) new Uint8Array(heap.memory.buffer).set(segment.bytes, arena + segment.offset);
  return {
    run: (addresses) => call(arena, ...addresses),
    reads: new Set(placed.schedule.inputs.map(({ name }) => name)),
    bytes,
    free: () => heap.free(allocated),
  };
}
