import type { Faults } from './faults.ts';

/** Where a module counts down its kernels' calls: no program uses the first 64 bytes. */
const COUNTER = 56;

/** `unreachable` once the counter, which it takes one from, is 0: a signed LEB of one byte holds the address. */
const COUNT_DOWN = [
  0x41, 0, // i32.const 0
  0x41, 0, 0x28, 2, COUNTER, 0x41, 1, 0x6b, // i32.load; i32.const 1; i32.sub
  0x36, 2, COUNTER, // i32.store
  0x41, 0, 0x28, 2, COUNTER, 0x45, // i32.load; i32.eqz
  0x04, 0x40, 0x00, 0x0b, // if unreachable end
];

/**
 * Makes WebAssembly trap for real, at any call of an exported function (a program, or a kernel's stage, of which all are exported): every
 * module that is made from now on counts such calls in its memory.
 */
export function trapModules(): Faults & { readonly undo: () => void } {
  const { Module, Instance } = WebAssembly;
  const memories = new Set<WebAssembly.Memory>();
  const counters = (): readonly Int32Array[] => [...memories].map(({ buffer }) => new Int32Array(buffer, COUNTER, 1));
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(counting(new Uint8Array(bytes as ArrayBuffer)));
    }
  };
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      memories.add(imports!.env.memory as WebAssembly.Memory);
    }
  };
  const set = (value: number): void => counters().forEach((counter) => (counter[0] = value));
  return {
    message: 'unreachable',
    arm: (call) => set(call === Infinity ? 0 : call),
    disarm: () => set(0),
    // from 0 it counts into the negative
    count: () => -counters().reduce((sum, [value]) => sum + value, 0),
    undo: () => Object.assign(WebAssembly, { Module, Instance }),
  };
}

/** The module with a countdown before the body of each function that it exports. */
function counting(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const exported = new Set<number>();
  const result: number[] = [...bytes.subarray(0, 8)];
  const reader = readerOf(bytes, 8);
  while (reader.at() < bytes.length) {
    const id = reader.byte();
    const content = reader.take(reader.unsigned());
    if (id === 7) for (const index of exportsOf(content)) exported.add(index);
    const next = id === 10 ? codeOf(content, exported) : [...content];
    result.push(id, ...unsigned(next.length), ...next);
  }
  return Uint8Array.from(result);
}

function exportsOf(content: Uint8Array): readonly number[] {
  const reader = readerOf(content, 0);
  return Array.from({ length: reader.unsigned() }, () => {
    reader.take(reader.unsigned());
    reader.byte();
    return reader.unsigned();
  });
}

/** Functions are numbered as their bodies are: nothing but the memory is imported. */
function codeOf(content: Uint8Array, exported: ReadonlySet<number>): number[] {
  const reader = readerOf(content, 0);
  const count = reader.unsigned();
  const result = unsigned(count);
  for (let index = 0; index < count; index += 1) {
    const body = reader.take(reader.unsigned());
    const locals = readerOf(body, 0);
    for (let groups = locals.unsigned(); groups > 0; groups -= 1) {
      locals.unsigned();
      locals.byte();
    }
    const start = locals.at();
    const next = [...body.subarray(0, start), ...(exported.has(index) ? COUNT_DOWN : []), ...body.subarray(start)];
    result.push(...unsigned(next.length), ...next);
  }
  return result;
}

function readerOf(bytes: Uint8Array, start: number) {
  let at = start;
  const byte = (): number => bytes[at++];
  return {
    at: () => at,
    byte,
    take: (length: number) => bytes.subarray(at, (at += length)),
    unsigned() {
      for (let [value, shift] = [0, 0]; ; shift += 7) {
        const next = byte();
        value |= (next & 127) << shift;
        if (next < 128) return value;
      }
    },
  };
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
