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
  forEachWord(key, target.length, (word, index) => {
    target[index] = (word >>> 8) * 2 ** -24;
  });
  return target;
}

/** Fills the array with what `normals` gives, and returns it. */
export function fillNormals(target: Float32Array, key: StreamKey): Float32Array {
  let first = 0;
  // two words make two numbers; an odd length leaves the last of them out
  forEachWord(key, target.length + (target.length % 2), (word, index) => {
    if (index % 2 === 0) {
      first = word;
      return;
    }
    // half a unit keeps the logarithm finite
    const radius = Math.sqrt(-2 * Math.log((first + 0.5) * 2 ** -32));
    const angle = 2 * Math.PI * word * 2 ** -32;
    target[index - 1] = radius * Math.cos(angle);
    if (index < target.length) target[index] = radius * Math.sin(angle);
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

function forEachWord({ seed, name, step }: StreamKey, length: number, visit: (word: number, index: number) => void): void {
  const stream = hash(name);
  const block = new Uint32Array(4);
  for (let counter = 0; counter * 4 < length; counter += 1) {
    philox(block, { counter, step, stream }, seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0);
    for (let lane = 0; lane < 4 && counter * 4 + lane < length; lane += 1) visit(block[lane], counter * 4 + lane);
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

interface PhiloxCounter {
  readonly counter: number;
  readonly step: number;
  readonly stream: number;
}

function philox(out: Uint32Array, { counter, step, stream }: PhiloxCounter, key0: number, key1: number): void {
  let [a, b, c, d] = [counter >>> 0, step >>> 0, stream, 0x6761_6e6c];
  let [k0, k1] = [key0, key1];
  for (let round = 0; round < 10; round += 1) {
    const [high0, low0] = [multiplyHigh(0xd2511f53, a), Math.imul(0xd2511f53, a) >>> 0];
    const [high1, low1] = [multiplyHigh(0xcd9e8d57, c), Math.imul(0xcd9e8d57, c) >>> 0];
    [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** The upper half of the 64-bit product of two 32-bit words. */
function multiplyHigh(x: number, y: number): number {
  const [xl, xh, yl, yh] = [x & 0xffff, x >>> 16, y & 0xffff, y >>> 16];
  const [low, left, right] = [xl * yl, xh * yl, xl * yh];
  const cross = (low >>> 16) + (left & 0xffff) + (right & 0xffff);
  return (xh * yh + (left >>> 16) + (right >>> 16) + (cross >>> 16)) >>> 0;
}
