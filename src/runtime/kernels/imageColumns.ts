import type { ConvolutionShape } from './convolutionShape.ts';

/** From this many floats on a block copy beats a loop. */
export const BLOCK_COPY = 24;

/** Size of the parts in which columns are made: 256 KiB, half of a common second-level cache. */
const PART_FLOATS = 65536;

/**
 * The patches of an image as rows: columns [batch·outHeight·outWidth, filterHeight·filterWidth·inputs],
 * so that a convolution is a matrix product. Taps on the padding are 0.
 *
 * Only the output lines [from, to) of the batch·outHeight ones. Both arrays lie in `heap`, at offsets
 * counted in floats.
 */
export function imageToColumns(heap: Float32Array, x: number, columns: number, s: ConvolutionShape, from: number, to: number): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  let target = columns;
  for (let line = from; line < to; line++) {
    const n = Math.floor(line / s.outHeight);
    const top = (line % s.outHeight) * s.strideHeight - s.padTop;
    for (let ox = 0; ox < s.outWidth; ox++) {
      const left = ox * s.strideWidth - s.padLeft;
      const first = Math.max(0, -left) * s.inputs;
      const end = Math.max(first, Math.min(s.filterWidth, s.width - left) * s.inputs);
      for (let ky = 0; ky < s.filterHeight; ky++, target += run) {
        const y = top + ky;
        if (y < 0 || y >= s.height) {
          heap.fill(0, target, target + run);
          continue;
        }
        const source = x + (n * s.height + y) * rowSize + left * s.inputs;
        for (let i = 0; i < first; i++) heap[target + i] = 0;
        if (end - first >= BLOCK_COPY) heap.copyWithin(target + first, source + first, source + end);
        else for (let i = first; i < end; i++) heap[target + i] = heap[source + i]!;
        for (let i = end; i < run; i++) heap[target + i] = 0;
      }
    }
  }
}

/** The transpose of `imageToColumns`: adds each row of columns onto its patch of the image x. */
export function addColumnsToImage(heap: Float32Array, columns: number, x: number, s: ConvolutionShape, from: number, to: number): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  let source = columns;
  for (let line = from; line < to; line++) {
    const n = Math.floor(line / s.outHeight);
    const top = (line % s.outHeight) * s.strideHeight - s.padTop;
    for (let ox = 0; ox < s.outWidth; ox++) {
      const left = ox * s.strideWidth - s.padLeft;
      const first = Math.max(0, -left) * s.inputs;
      const end = Math.min(s.filterWidth, s.width - left) * s.inputs;
      for (let ky = 0; ky < s.filterHeight; ky++, source += run) {
        const y = top + ky;
        if (y < 0 || y >= s.height) continue;
        const target = x + (n * s.height + y) * rowSize + left * s.inputs;
        for (let i = first; i < end; i++) heap[target + i]! += heap[source + i]!;
      }
    }
  }
}

/** Parts of the batch·outHeight output lines, of equal size, whose columns stay in the processor's cache. */
export function lineParts(s: ConvolutionShape): readonly (readonly [from: number, to: number])[] {
  const lines = s.batch * s.outHeight;
  const perLine = s.outWidth * s.filterHeight * s.filterWidth * s.inputs;
  const count = Math.ceil(lines / Math.max(1, Math.floor(PART_FLOATS / perLine)));
  const size = Math.ceil(lines / count);
  return Array.from({ length: Math.ceil(lines / size) }, (_, part) => [part * size, Math.min(lines, (part + 1) * size)] as const);
}
