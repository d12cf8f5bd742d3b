/** A NumPy file of uint8 images [count, size, size]: blobs that move, so that there is something to learn. */
export function npyFile(count: number, size: number): Uint8Array {
  const dictionary = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${size}, ${size}), }`;
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11 + 0)}\n`;
  const start = new Uint8Array([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  const pixels = Uint8Array.from({ length: count * size * size }, (_, index) => {
    const [image, y, x] = [Math.floor(index / size / size), Math.floor(index / size) % size, index % size];
    return Math.hypot(x - 2 - (image % 4), y - 3 - (image % 3)) < 2 ? 255 : 0;
  });
  return new Uint8Array([...start, ...new TextEncoder().encode(header), ...pixels]);
}
