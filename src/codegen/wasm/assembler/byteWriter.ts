/** Collects bytes in WebAssembly's binary format (webassembly.github.io/spec, chapter 5). */
export interface ByteWriter {
  readonly byte: (value: number) => void;
  readonly bytes: (values: ArrayLike<number>) => void;
  /** Unsigned LEB128. */
  readonly unsigned: (value: number) => void;
  /** Signed LEB128 of an i32. */
  readonly signed: (value: number) => void;
  readonly f32: (value: number) => void;
  readonly f64: (value: number) => void;
  /** UTF-8 with its length in front. */
  readonly name: (text: string) => void;
  readonly length: () => number;
  /** A copy of what was written so far. */
  readonly result: () => Uint8Array;
}

export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(256);
  let length = 0;
  const scratch = new DataView(new ArrayBuffer(8));

  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const grown = new Uint8Array(Math.max(buffer.length * 2, length + count));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  }
  function byte(value: number): void {
    reserve(1);
    buffer[length++] = value;
  }
  function bytes(values: ArrayLike<number>): void {
    reserve(values.length);
    buffer.set(values, length);
    length += values.length;
  }
  function unsigned(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      byte((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    byte(rest);
  }
  function signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      const done = rest === 0 ? (low & 0x40) === 0 : rest === -1 && (low & 0x40) !== 0;
      if (done) return byte(low);
      byte(low | 0x80);
    }
  }
  function scratchBytes(count: number): void {
    bytes(new Uint8Array(scratch.buffer, 0, count));
  }
  return {
    byte,
    bytes,
    unsigned,
    signed,
    f32: (value) => {
      scratch.setFloat32(0, value, true);
      scratchBytes(4);
    },
    f64: (value) => {
      scratch.setFloat64(0, value, true);
      scratchBytes(8);
    },
    name: (text) => {
      const encoded = new TextEncoder().encode(text);
      unsigned(encoded.length);
      bytes(encoded);
    },
    length: () => length,
    result: () => buffer.slice(0, length),
  };
}
