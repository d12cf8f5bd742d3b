import type { ConvolutionShape } from './convolutionShape.ts';

/** From this many floats on a block copy beats a loop. */
const BLOCK = 24;

/**
 * The patches of an image as rows: columns [batch·outHeight·outWidth, filterHeight·filterWidth·inputs],
 * so that a convolution is a matrix product. Taps on the padding are 0.
 *
 * Both arrays lie in `heap`, at offsets counted in floats.
 */
export function imageToColumns(heap: Float32Array, x: number, columns: number, s: ConvolutionShape): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  let target = columns;
  for (let n = 0; n < s.batch; n++) {
    for (let oy = 0; oy < s.outHeight; oy++) {
      const top = oy * s.strideHeight - s.padTop;
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
          if (end - first >= BLOCK) heap.copyWithin(target + first, source + first, source + end);
          else for (let i = first; i < end; i++) heap[target + i] = heap[source + i]!;
          for (let i = end; i < run; i++) heap[target + i] = 0;
        }
      }
    }
  }
}

/** The transpose of `imageToColumns`: adds each row of columns back onto its patch of the image x. Overwrites x. */
export function columnsToImage(heap: Float32Array, columns: number, x: number, s: ConvolutionShape): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  heap.fill(0, x, x + s.batch * s.height * rowSize);
  let source = columns;
  for (let n = 0; n < s.batch; n++) {
    for (let oy = 0; oy < s.outHeight; oy++) {
      const top = oy * s.strideHeight - s.padTop;
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
}
