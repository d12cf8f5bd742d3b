import { aligned, type Machine } from './machine.ts';

/** An ArrayBuffer that grows by being replaced. */
export interface GrowingMemory extends Pick<Machine, 'allocate' | 'floats' | 'integers'> {
  readonly buffer: () => ArrayBuffer;
  /** First byte that nothing takes. */
  readonly end: () => number;
  /** Makes room up to a byte. */
  readonly reserve: (end: number) => void;
}

const PAGE = 65_536;

/** @param onReplaced called whenever the buffer is another one */
export function createGrowingMemory(onReplaced: () => void = () => undefined): GrowingMemory {
  let memory = new ArrayBuffer(PAGE);
  let views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
  // address 0 stays free
  let end = 64;
  const reserve = (to: number): void => {
    const wanted = aligned(Math.max(end, to));
    if (wanted > memory.byteLength) {
      const larger = new ArrayBuffer(aligned(2 * wanted));
      new Uint8Array(larger).set(new Uint8Array(memory));
      memory = larger;
      views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
      onReplaced();
    }
    end = wanted;
  };
  return {
    buffer: () => memory,
    end: () => end,
    reserve,
    allocate(bytes) {
      const at = end;
      reserve(end + bytes);
      return at;
    },
    floats: () => views.floats,
    integers: () => views.integers,
  };
}
