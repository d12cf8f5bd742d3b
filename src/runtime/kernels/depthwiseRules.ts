import type { ValueId } from '../../ir/graph.ts';
import { range } from '../../passes/shapes.ts';
import type { GraphWriter } from '../capture/graphWriter.ts';
import { convolutionKernels } from '../capture/kernels/convolutions.ts';
import { numbersOf, type KernelRule } from '../capture/kernels/rule.ts';
import { convolutionShape } from './convolutionShape.ts';

/** Of more taps each would be too much code: a convolution by groups then, which is slower. */
const MOST_TAPS = 64;

/**
 * dw of a depthwise convolution, tap by tap: x where the tap lies, times dy, summed over all pixels. Each is a pass along memory, which the sum over
 * pixels of one channel after the other is not.
 */
export const depthwiseByFilter: KernelRule = (call) => {
  const { write } = call;
  const filter = numbersOf(call, 'filterShape');
  if (filter[0] * filter[1] > MOST_TAPS) return convolutionKernels.DepthwiseConv2dNativeBackpropFilter(call);
  const [x, dy] = [call.input('x'), call.input('dy')];
  const s = convolutionShape(write.shape(x), filter, call.attributes, true);
  const [rows, columns, channels, multiplier] = filter;
  const after = (size: number, out: number, stride: number, taps: number, before: number): number => (out - 1) * stride + taps - size - before;
  const padded = write.pad(x, [0, s.padTop, s.padLeft, 0], [0, after(s.height, s.outHeight, s.strideHeight, rows, s.padTop), after(s.width, s.outWidth, s.strideWidth, columns, s.padLeft), 0]);
  const given = write.reshape(dy, [s.batch, s.outHeight, s.outWidth, channels, multiplier]);
  const taps = range(rows).flatMap((ky) => range(columns).map((kx) => {
    const seen = write.slice(padded, [0, ky, kx, 0], [s.batch, s.outHeight, s.outWidth, channels], [1, s.strideHeight, s.strideWidth, 1]);
    const product = write.binary('multiply', write.reshape(seen, [s.batch, s.outHeight, s.outWidth, channels, 1]), given);
    return write.reshape(write.reduce('add', product, [0, 1, 2], false), [1, channels, multiplier]);
  }));
  return write.reshape(write.concatenate(taps, 0), filter);
};

/** Along one axis of dx the pixels q, q + stride, …: which taps reach them, and of which place of dy the first tap takes the first pixel's share. */
function phaseOf(q: number, stride: number, taps: number, before: number): { readonly taps: readonly number[]; readonly base: number } {
  const first = (q + before) % stride;
  return { taps: range(taps).filter((tap) => tap % stride === first), base: (q + before - first) / stride };
}

/** The sum of what the taps of one phase give to its pixels, [n, pixels, pixels, channels]. */
function phase(write: GraphWriter, dy: ValueId, filter: ValueId, [rows, columns]: readonly [ReturnType<typeof phaseOf>, ReturnType<typeof phaseOf>], pixels: readonly [number, number]): ValueId {
  const [batch, height, width, channels, multiplier] = write.shape(dy);
  const low = [rows, columns].map(({ taps, base }) => Math.max(0, taps.length - 1 - base));
  const high = [rows, columns].map(({ base }, axis) => Math.max(0, base + pixels[axis] - [height, width][axis]));
  const padded = write.pad(dy, [0, low[0], low[1], 0, 0], [0, high[0], high[1], 0, 0]);
  const terms = rows.taps.flatMap((ky, a) => columns.taps.map((kx, b) => {
    const given = write.slice(padded, [0, low[0] + rows.base - a, low[1] + columns.base - b, 0, 0], [batch, ...pixels, channels, multiplier]);
    const weight = write.reshape(write.slice(filter, [ky, kx, 0, 0], [1, 1, channels, multiplier]), [1, 1, 1, channels, multiplier]);
    return write.binary('multiply', given, weight);
  }));
  if (terms.length === 0) return write.filled(0, [batch, ...pixels, channels]);
  const sum = terms.reduce((total, term) => write.binary('add', total, term));
  return multiplier === 1 ? write.reshape(sum, [batch, ...pixels, channels]) : write.reduce('add', sum, [4], false);
}

/**
 * dx of a depthwise convolution, phase by phase: the pixels that are equal modulo the stride see the same taps, so that each phase is a dense sum, and the
 * phases are put side by side.
 */
export const depthwiseByInput: KernelRule = (call) => {
  const { write } = call;
  const shape = numbersOf(call, 'inputShape');
  const [dy, filter] = [call.input('dy'), call.input('filter')];
  const [rows, columns, channels, multiplier] = write.shape(filter);
  if (rows * columns > MOST_TAPS) return convolutionKernels.DepthwiseConv2dNativeBackpropInput(call);
  const s = convolutionShape(shape, write.shape(filter), call.attributes, true);
  const given = write.reshape(dy, [s.batch, s.outHeight, s.outWidth, channels, multiplier]);
  const pixels = [Math.ceil(s.height / s.strideHeight), Math.ceil(s.width / s.strideWidth)] as const;
  const lines = range(s.strideHeight).map((y) => {
    const parts = range(s.strideWidth).map((x) => {
      const part = phase(write, given, filter, [phaseOf(y, s.strideHeight, rows, s.padTop), phaseOf(x, s.strideWidth, columns, s.padLeft)], pixels);
      return write.reshape(part, [s.batch, pixels[0], 1, pixels[1], 1, channels]);
    });
    return write.concatenate(parts, 4);
  });
  const whole = write.reshape(write.concatenate(lines, 2), [s.batch, pixels[0] * s.strideHeight, pixels[1] * s.strideWidth, channels]);
  return write.slice(whole, [0, 0, 0, 0], shape);
};
