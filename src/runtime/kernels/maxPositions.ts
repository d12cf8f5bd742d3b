import type { PoolShape } from './poolShape.ts';

/** Taps of one window along one axis that lie inside the image. */
function span(out: number, axis: 0 | 1 | 2, s: PoolShape): readonly [first: number, end: number] {
  const start = out * s.stride[axis] - s.before[axis];
  return [Math.max(0, start), Math.min(s.size[axis], start + s.window[axis])];
}

/**
 * For each element of the pooled result the index in `x` of its maximum, the first one where several
 * are equal.
 */
export function maxPositions(x: Float32Array, positions: Int32Array, s: PoolShape): void {
  const [, height, width] = s.size;
  const channels = s.channels;
  const best = new Float32Array(channels);
  let out = 0;
  for (let n = 0; n < s.batch; n++) {
    for (let od = 0; od < s.outSize[0]; od++) {
      const [front, back] = span(od, 0, s);
      for (let oy = 0; oy < s.outSize[1]; oy++) {
        const [top, bottom] = span(oy, 1, s);
        for (let ox = 0; ox < s.outSize[2]; ox++, out += channels) {
          const [left, right] = span(ox, 2, s);
          const first = (((n * s.size[0] + front) * height + top) * width + left) * channels;
          for (let c = 0; c < channels; c++) {
            best[c] = x[first + c]!;
            positions[out + c] = first + c;
          }
          for (let z = front; z < back; z++) {
            for (let y = top; y < bottom; y++) {
              for (let column = left; column < right; column++) {
                const at = (((n * s.size[0] + z) * height + y) * width + column) * channels;
                for (let c = 0; c < channels; c++) {
                  // not "greater than": a NaN loses its place to what follows, as in a captured step
                  if (!(best[c]! >= x[at + c]!)) {
                    best[c] = x[at + c]!;
                    positions[out + c] = at + c;
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
