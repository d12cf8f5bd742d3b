import { sizeOf } from '../../../ir/values.ts';
import type { PlacedSchedule, Schedule } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { WasmModule, WasmOptions } from '../module.ts';
import { compileWasm } from '../module.ts';

/** Every buffer at a place of its own, with a gap behind it. */
export function placedApart(schedule: Schedule): PlacedSchedule {
  let end = 128;
  const offsets = schedule.buffers.map(({ shape }) => {
    const offset = end;
    end += Math.ceil((4 * sizeOf(shape)) / 64) * 64 + 64;
    return offset;
  });
  return { ...schedule, offsets, end, peak: { live: end, planned: end } };
}

const SENTINEL = 0x5a;

/** A module that is ready to run. */
export interface Runner {
  readonly module: WasmModule;
  readonly exports: Readonly<Record<string, (...args: number[]) => void>>;
  readonly memory: WebAssembly.Memory;
  /** A buffer's content in memory. */
  readonly view: (buffer: number) => Float32Array | Int32Array;
}

export function runnerOf(schedule: PlacedSchedule, options: Partial<WasmOptions> = {}): Runner {
  const module = compileWasm([{ name: schedule.name, schedule }], { relaxedSimd: false, sharedMemory: false, ...options });
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(module.end / 65536)) });
  const bytes = new Uint8Array(memory.buffer);
  for (const segment of module.data) bytes.set(segment.bytes, segment.offset);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), { env: { memory } });
  return {
    module,
    memory,
    exports: instance.exports as Runner['exports'],
    view: (buffer) => new (schedule.buffers[buffer].dtype === 'f32' ? Float32Array : Int32Array)(memory.buffer, schedule.offsets[buffer], sizeOf(schedule.buffers[buffer].shape)),
  };
}

/** Runs a schedule on its inputs and gives its outputs; nothing outside of its buffers may change. `chunkwise`: chunks one by one, the last first. */
export function runWasm(schedule: PlacedSchedule, inputs: ReadonlyMap<string, ArrayLike<number>>, options: Partial<WasmOptions> & { readonly chunkwise?: boolean } = {}): Map<string, number[]> {
  const runner = runnerOf(schedule, options);
  // what a temporary held before must not matter
  const lasting = new Set([...schedule.outputs, ...schedule.constants].map(({ buffer }) => buffer));
  // what no kernel touches has no place of its own
  const placed = [...schedule.buffers.keys()].filter((buffer) => runner.view(buffer).byteOffset + runner.view(buffer).byteLength <= schedule.end);
  for (const buffer of placed) if (schedule.buffers[buffer].dtype === 'f32' && !lasting.has(buffer)) runner.view(buffer).fill(NaN);
  for (const { name, buffer } of schedule.inputs) runner.view(buffer).set(inputs.get(name)!);
  const owned = new Uint8Array(schedule.end);
  for (const buffer of placed) {
    const { byteOffset, byteLength } = runner.view(buffer);
    owned.fill(1, byteOffset, byteOffset + byteLength);
  }
  const bytes = new Uint8Array(runner.memory.buffer);
  for (let i = 0; i < owned.length; i++) if (owned[i] === 0) bytes[i] = SENTINEL;
  if (options.chunkwise === true) {
    for (const { function: name, chunks, bases } of runner.module.calls.get(schedule.name)!) {
      for (let chunk = chunks - 1; chunk >= 0; chunk--) runner.exports[name](chunk, chunk + 1, ...bases);
    }
  } else runner.exports[schedule.name]();
  for (let i = 0; i < owned.length; i++) invariant(owned[i] === 1 || bytes[i] === SENTINEL, `byte ${i}, outside of all buffers, was overwritten`);
  return new Map(schedule.outputs.map(({ name, buffer }) => [name, Array.from(runner.view(buffer))]));
}
