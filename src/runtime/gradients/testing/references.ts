import type { Field } from './field.ts';
import { forEachPixel, indexOf, map, zeros } from './field.ts';

/** Layers written out in float64, forward only, straight from their definitions. */

export interface Window {
  readonly stride: number;
  readonly pad: 'same' | 'valid';
}

/** TensorFlow's output size and leading padding of one axis. */
function axis(size: number, kernel: number, { stride, pad }: Window): { out: number; before: number } {
  if (pad === 'valid') return { out: Math.ceil((size - kernel + 1) / stride), before: 0 };
  const out = Math.ceil(size / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2) };
}

/** a [m, k] · b [k, n]. */
export function matMul(a: Field, b: Field): Field {
  const [m, k] = a.shape as readonly [number, number];
  const n = b.shape[1]!;
  const y = zeros([m, n]);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) y.data[i * n + j]! += a.data[i * k + l]! * b.data[l * n + j]!;
  }
  return y;
}

/** x + b along the last axis. */
export function addBias(x: Field, b: Field): Field {
  return map(x, (value, index) => value + b.data[index % b.data.length]!);
}

export function conv2d(x: Field, w: Field, window: Window): Field {
  const [rows, columns, inputs, outputs] = w.shape as readonly [number, number, number, number];
  const vertical = axis(x.shape[1]!, rows, window);
  const horizontal = axis(x.shape[2]!, columns, window);
  const y = zeros([x.shape[0]!, vertical.out, horizontal.out, outputs]);
  forEachPixel(y.shape, (n, oy, ox, o) => {
    let sum = 0;
    for (let ky = 0; ky < rows; ky++) {
      for (let kx = 0; kx < columns; kx++) {
        const at = indexOf(x.shape, n, oy * window.stride + ky - vertical.before, ox * window.stride + kx - horizontal.before, 0);
        if (at < 0) continue;
        for (let i = 0; i < inputs; i++) sum += x.data[at + i]! * w.data[((ky * columns + kx) * inputs + i) * outputs + o]!;
      }
    }
    y.data[indexOf(y.shape, n, oy, ox, o)] = sum;
  });
  return y;
}

/** The transpose of `conv2d` from an image of `outShape`; w [rows, columns, outputs, inputs]. */
export function conv2dTranspose(y: Field, w: Field, outShape: readonly number[], window: Window): Field {
  const [rows, columns, outputs, inputs] = w.shape as readonly [number, number, number, number];
  const vertical = axis(outShape[1]!, rows, window);
  const horizontal = axis(outShape[2]!, columns, window);
  const x = zeros(outShape);
  forEachPixel(y.shape, (n, oy, ox, i) => {
    for (let ky = 0; ky < rows; ky++) {
      for (let kx = 0; kx < columns; kx++) {
        const at = indexOf(outShape, n, oy * window.stride + ky - vertical.before, ox * window.stride + kx - horizontal.before, 0);
        if (at < 0) continue;
        const value = y.data[indexOf(y.shape, n, oy, ox, i)]!;
        for (let o = 0; o < outputs; o++) x.data[at + o]! += value * w.data[((ky * columns + kx) * outputs + o) * inputs + i]!;
      }
    }
  });
  return x;
}

/** w [rows, columns, inputs, multiplier]; output channel i·multiplier + m. */
export function depthwiseConv2d(x: Field, w: Field, window: Window): Field {
  const [rows, columns, inputs, multiplier] = w.shape as readonly [number, number, number, number];
  const vertical = axis(x.shape[1]!, rows, window);
  const horizontal = axis(x.shape[2]!, columns, window);
  const y = zeros([x.shape[0]!, vertical.out, horizontal.out, inputs * multiplier]);
  forEachPixel(y.shape, (n, oy, ox, o) => {
    let sum = 0;
    for (let ky = 0; ky < rows; ky++) {
      for (let kx = 0; kx < columns; kx++) {
        const channel = Math.floor(o / multiplier);
        const at = indexOf(x.shape, n, oy * window.stride + ky - vertical.before, ox * window.stride + kx - horizontal.before, channel);
        if (at >= 0) sum += x.data[at]! * w.data[((ky * columns + kx) * inputs + channel) * multiplier + (o % multiplier)]!;
      }
    }
    y.data[indexOf(y.shape, n, oy, ox, o)] = sum;
  });
  return y;
}

/** Maximum or average over windows; padding does not count. */
export function pool(x: Field, size: number, window: Window, kind: 'max' | 'average'): Field {
  const vertical = axis(x.shape[1]!, size, window);
  const horizontal = axis(x.shape[2]!, size, window);
  const y = zeros([x.shape[0]!, vertical.out, horizontal.out, x.shape[3]!]);
  forEachPixel(y.shape, (n, oy, ox, c) => {
    const values: number[] = [];
    for (let ky = 0; ky < size; ky++) {
      for (let kx = 0; kx < size; kx++) {
        const at = indexOf(x.shape, n, oy * window.stride + ky - vertical.before, ox * window.stride + kx - horizontal.before, c);
        if (at >= 0) values.push(x.data[at]!);
      }
    }
    const sum = values.reduce((total, value) => total + value, 0);
    y.data[indexOf(y.shape, n, oy, ox, c)] = kind === 'max' ? Math.max(...values) : sum / values.length;
  });
  return y;
}

/** (x − mean)·scale/√(variance + ε) + offset along the last axis. */
export function batchNorm(x: Field, mean: Field, variance: Field, offset: Field, scale: Field, epsilon: number): Field {
  const channels = mean.data.length;
  return map(x, (value, index) => {
    const c = index % channels;
    return ((value - mean.data[c]!) * scale.data[c]!) / Math.sqrt(variance.data[c]! + epsilon) + offset.data[c]!;
  });
}

/** Mean and variance of each channel (`last`: of each row of the last axis). */
export function moments(x: Field, over: 'channel' | 'row'): { mean: Field; variance: Field } {
  const channels = x.shape.at(-1)!;
  const groups = over === 'channel' ? channels : x.data.length / channels;
  const groupOf = (index: number): number => (over === 'channel' ? index % channels : Math.floor(index / channels));
  const count = x.data.length / groups;
  const mean = zeros([groups]);
  const variance = zeros([groups]);
  x.data.forEach((value, index) => { mean.data[groupOf(index)]! += value / count; });
  x.data.forEach((value, index) => { variance.data[groupOf(index)]! += (value - mean.data[groupOf(index)]!) ** 2 / count; });
  return { mean, variance };
}

export function layerNorm(x: Field, offset: Field, scale: Field, epsilon: number): Field {
  const channels = x.shape.at(-1)!;
  const { mean, variance } = moments(x, 'row');
  return map(x, (value, index) => {
    const row = Math.floor(index / channels);
    const c = index % channels;
    return ((value - mean.data[row]!) * scale.data[c]!) / Math.sqrt(variance.data[row]! + epsilon) + offset.data[c]!;
  });
}

export function softmax(x: Field, logarithm = false): Field {
  const classes = x.shape.at(-1)!;
  const y = zeros(x.shape);
  for (let row = 0; row < x.data.length; row += classes) {
    const values = x.data.subarray(row, row + classes);
    const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
    values.forEach((value, c) => { y.data[row + c] = logarithm ? value - Math.log(total) : Math.exp(value) / total; });
  }
  return y;
}

/** Resizing without flags, or with the corners aligned. */
export function resize(x: Field, height: number, width: number, kind: 'nearest' | 'bilinear', alignCorners = false): Field {
  const [batch, fromHeight, fromWidth, channels] = x.shape as readonly [number, number, number, number];
  const scale = (from: number, to: number): number => (alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
  const y = zeros([batch, height, width, channels]);
  const read = (n: number, row: number, column: number, c: number): number =>
    x.data[indexOf(x.shape, n, Math.min(row, fromHeight - 1), Math.min(column, fromWidth - 1), c)]!;
  forEachPixel(y.shape, (n, oy, ox, c) => {
    const row = oy * scale(fromHeight, height);
    const column = ox * scale(fromWidth, width);
    const [top, left] = [Math.floor(row), Math.floor(column)];
    const [below, right] = [row - top, column - left];
    const round = alignCorners ? Math.round : Math.floor;
    y.data[indexOf(y.shape, n, oy, ox, c)] = kind === 'nearest'
      ? read(n, round(row), round(column), c)
      : (1 - below) * ((1 - right) * read(n, top, left, c) + right * read(n, top, left + 1, c))
        + below * ((1 - right) * read(n, top + 1, left, c) + right * read(n, top + 1, left + 1, c));
  });
  return y;
}
