import { compileJs } from '../../codegen/js/compileJs.ts';
import { instantiateJs } from '../../codegen/js/instantiateJs.ts';
import { compileWasm } from '../../codegen/wasm/module.ts';
import type { PlacedProgram } from '../compiled/placePrograms.ts';
import type { Segment, StepPlan } from './stepPlan.ts';

/** Programs as code, not yet in a memory. */
export interface Code {
  readonly code: StepPlan['code'];
  /** First byte behind what the code needs. */
  readonly end: number;
  /** Constants and tables. */
  readonly data: readonly Segment[];
}

export interface CodeOptions {
  readonly target: 'wasm' | 'js';
  /** Whether the code may use relaxed SIMD's multiply-add: it then runs on engines alone that have it. */
  readonly relaxedSimd: boolean;
}

export function assembleCode(programs: readonly PlacedProgram[], { target, relaxedSimd }: CodeOptions): Code {
  if (target === 'js') {
    const { source, end, data } = compileJs(programs);
    return { code: { target, source }, end, data };
  }
  const { bytes, end, data } = compileWasm(programs, { relaxedSimd, sharedMemory: false });
  return { code: { target, bytes }, end, data };
}

export interface Instance {
  readonly memory: ArrayBuffer;
  readonly run: Readonly<Record<string, () => void>>;
}

const PAGE = 65536;

/** The code in a memory of its own, with its data in place. */
export function instantiate({ code, end, data }: Code): Instance {
  if (code.target === 'js') {
    const memory = new ArrayBuffer(Math.ceil(end / PAGE) * PAGE);
    write(memory, data);
    return { memory, run: instantiateJs(code.source, memory) };
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
  write(memory.buffer, data);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code.bytes as BufferSource), { env: { memory } });
  return { memory: memory.buffer, run: exports as Readonly<Record<string, () => void>> };
}

function write(memory: ArrayBuffer, data: readonly Segment[]): void {
  for (const { offset, bytes } of data) new Uint8Array(memory).set(bytes, offset);
}
