/** Bytes 0 … 255 as numbers -1 … 1, the range of a generator that ends in `tanh`. */
export function signedUnits(bytes: Uint8Array): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);
  const values = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) values[index] = table[bytes[index]!]!;
  return values;
}
