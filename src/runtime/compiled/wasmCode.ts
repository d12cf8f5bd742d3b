import { compileWasm, type WasmOptions } from '../../codegen/wasm/module.ts';
import { printGraph } from '../../ir/print.ts';
import type { PassContext } from '../../passes/pass.ts';
import { flopsOf } from '../../schedule/work.ts';
import { codeKey, type CodeCache } from './codeCache.ts';
import type { Program } from './machine.ts';
import { placePrograms } from './placePrograms.ts';

/** Programs as a module, with what must be known to run it. */
export interface WasmCode {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** First byte after what it needs. */
  readonly end: number;
  readonly data: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly programs: readonly { readonly name: string; readonly reads: readonly string[]; readonly flops: number }[];
}

export interface WasmCodeOptions extends Pick<WasmOptions, 'relaxedSimd' | 'sharedMemory'> {
  /** First byte that the programs may take. */
  readonly base: number;
  /** What makes code: another version of it makes other code. */
  readonly version: string;
}

/** Compiles programs, or finds what was made of the same ones before. */
export function compileWasmCode(programs: readonly Program[], options: WasmCodeOptions, context: PassContext, cache: CodeCache | null): WasmCode {
  if (cache === null) return compileAnew(programs, options, context);
  const key = codeKey(JSON.stringify([options, context.math, programs.map(({ name, graph, places }) => [name, printGraph(graph), [...places]])]));
  const known = cache.get(key);
  const found = known === null ? null : decode(known);
  if (found !== null) return found;
  const made = compileAnew(programs, options, context);
  cache.set(key, encode(made));
  return made;
}

function compileAnew(programs: readonly Program[], { base, relaxedSimd, sharedMemory }: WasmCodeOptions, context: PassContext): WasmCode {
  const placed = placePrograms(programs, base, context);
  const { bytes, end, data } = compileWasm(placed, { relaxedSimd, sharedMemory });
  return {
    bytes,
    end,
    data,
    programs: placed.map(({ name, schedule }) => ({
      name,
      reads: schedule.inputs.map((input) => input.name),
      flops: schedule.kernels.reduce((sum, { kernel }) => sum + flopsOf(kernel), 0),
    })),
  };
}

interface Header {
  readonly end: number;
  readonly data: readonly { readonly offset: number; readonly length: number }[];
  readonly programs: WasmCode['programs'];
}

/** The length of a JSON header, the header, the data, the module. */
function encode({ bytes, end, data, programs }: WasmCode): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ end, data: data.map((part) => ({ offset: part.offset, length: part.bytes.length })), programs } satisfies Header));
  const parts = [new Uint8Array(Uint32Array.of(header.length).buffer), header, ...data.map((part) => part.bytes), bytes];
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Null for bytes that are no code of this form. */
function decode(code: Uint8Array): WasmCode | null {
  try {
    const length = new DataView(code.buffer, code.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(code.subarray(4, 4 + length))) as Header;
    let at = 4 + length;
    const data = header.data.map(({ offset, length: size }) => ({ offset, bytes: code.slice(at, (at += size)) }));
    return { bytes: code.slice(at), end: header.end, data, programs: header.programs };
  } catch {
    return null;
  }
}
