import * as tf from '@tensorflow/tfjs';

/**
 * Random numbers as a function of (seed, stream, draw): evaluating a draw twice in one step gives the same numbers, and a step
 * repeated with its seed is the same step.
 */
export interface RandomSource {
  /** Uniform on [0, 1), float32 of `shape`. */
  readonly uniform: (draw: string, shape: readonly number[]) => tf.Tensor;
  /** Standard normals, float32 of `shape`. */
  readonly normal: (draw: string, shape: readonly number[]) => tf.Tensor;
  /** Uniform on [0, 1), where no tensor is wanted. */
  readonly numbers: (draw: string, length: number) => Float32Array;
}

/** A source of the counter-based generator Philox 4×32-10 (Salmon et al., 2011), keyed by the seed, the step and the draw's name. */
export function createRandom(seed: number, stream: string, step = 0): RandomSource {
  const numbers = (draw: string, length: number) => uniforms(seed, `${stream}/${draw}`, length, step);
  return {
    uniform: (draw, shape) => tf.tensor(numbers(draw, count(shape)), [...shape], 'float32'),
    normal: (draw, shape) => tf.tensor(normals(seed, `${stream}/${draw}`, count(shape), step), [...shape], 'float32'),
    numbers,
  };
}

/** A seed where none was given: another at each call. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** `length` numbers of [0, 1) with 24 random bits each. */
export function uniforms(seed: number, name: string, length: number, step = 0): Float32Array {
  return fillUniforms(new Float32Array(length), { seed, name, step });
}

/** `length` standard normals, by Box and Muller. */
export function normals(seed: number, name: string, length: number, step = 0): Float32Array {
  return fillNormals(new Float32Array(length), { seed, name, step });
}

/** Fills the array with what `uniforms` gives, and returns it. */
export function fillUniforms(target: Float32Array, key: StreamKey): Float32Array {
  forEachBlock(key, target.length, (block, start) => {
    for (let lane = 0; lane < 4; lane += 1) target[start + lane] = (block[lane] >>> 8) * 2 ** -24;
  });
  return target;
}

/** Fills the array with what `normals` gives, and returns it. */
export function fillNormals(target: Float32Array, key: StreamKey): Float32Array {
  forEachBlock(key, target.length, (block, start) => {
    for (let lane = 0; lane < 4; lane += 2) {
      // half a unit keeps the logarithm finite
      const radius = Math.sqrt(-2 * Math.log((block[lane] + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * block[lane + 1] * 2 ** -32;
      target[start + lane] = radius * Math.cos(angle);
      target[start + lane + 1] = radius * Math.sin(angle);
    }
  });
  return target;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** What numbers are a function of. */
export interface StreamKey {
  readonly seed: number;
  readonly name: string;
  readonly step: number;
}

/**
 * Calls `visit` with each block of four random words, and where its numbers start, until there are `length` numbers. What a typed array is
 * given beyond its end it forgets.
 */
function forEachBlock({ seed, name, step }: StreamKey, length: number, visit: (block: Uint32Array, start: number) => void): void {
  const stream = hash(name);
  const block = new Uint32Array(4);
  const [key0, key1] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  for (let start = 0, counter = 0; start < length; start += 4, counter += 1) {
    philox(block, counter, step, stream, key0, key1);
    visit(block, start);
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Integers all along, so that engines compute it in registers. */
function philox(out: Uint32Array, counter: number, step: number, stream: number, key0: number, key1: number): void {
  let [a, b, c, d] = [counter | 0, step | 0, stream | 0, 0x6761_6e6c];
  let [k0, k1] = [key0 | 0, key1 | 0];
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(0xd2511f53, a);
    const low0 = Math.imul(0xd2511f53, a);
    const high1 = multiplyHigh(0xcd9e8d57, c);
    const low1 = Math.imul(0xcd9e8d57, c);
    a = high1 ^ b ^ k0;
    b = low1;
    c = high0 ^ d ^ k1;
    d = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** The upper half of the 64-bit product of two 32-bit words. */
function multiplyHigh(x: number, y: number): number {
  const [xl, xh, yl, yh] = [x & 0xffff, x >>> 16, y & 0xffff, y >>> 16];
  const left = Math.imul(xh, yl);
  const right = Math.imul(xl, yh);
  const cross = (Math.imul(xl, yl) >>> 16) + (left & 0xffff) + (right & 0xffff);
  return (Math.imul(xh, yh) + (left >>> 16) + (right >>> 16) + (cross >>> 16)) | 0;
}
