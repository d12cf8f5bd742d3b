import type { ConvolutionShape } from './convolutionShape.ts';

/**
 * The patches of x as rows: columns [batch·outHeight·outWidth, filterHeight·filterWidth·inputs],
 * so that a convolution is a matrix product. Taps on the padding are 0.
 */
export function imageToColumns(x: Float32Array, columns: Float32Array, s: ConvolutionShape): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  let target = 0;
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
            columns.fill(0, target, target + run);
            continue;
          }
          const source = (n * s.height + y) * rowSize + left * s.inputs;
          for (let i = 0; i < first; i++) columns[target + i] = 0;
          for (let i = first; i < end; i++) columns[target + i] = x[source + i]!;
          for (let i = end; i < run; i++) columns[target + i] = 0;
        }
      }
    }
  }
}

/** The transpose of `imageToColumns`: adds each row back onto its patch. Overwrites x. */
export function columnsToImage(columns: Float32Array, x: Float32Array, s: ConvolutionShape): void {
  const run = s.filterWidth * s.inputs;
  const rowSize = s.width * s.inputs;
  x.fill(0);
  let source = 0;
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
          const target = (n * s.height + y) * rowSize + left * s.inputs;
          for (let i = first; i < end; i++) x[target + i]! += columns[source + i]!;
        }
      }
    }
  }
}
