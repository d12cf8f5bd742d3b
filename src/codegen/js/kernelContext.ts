import type { Buffer, BufferId, Kernel } from '../../schedule/types.ts';
import type { Text } from './text.ts';

/** What the text of a kernel may refer to. Kernels of equal text are one function; where their buffers lie is a parameter. */
export interface KernelContext {
  readonly text: Text;
  readonly bufferOf: (id: BufferId) => Buffer;
  /** The parameter that holds the place of the buffer's first element. */
  readonly base: (id: BufferId) => string;
  /** The view of the memory through which a buffer's elements are read and written. */
  readonly view: (id: BufferId) => 'f' | 'i';
  /** A name that the kernel has not used. */
  readonly fresh: (stem: string) => string;
  /** An array of the module that holds these numbers. */
  readonly table: (numbers: readonly number[]) => string;
  /** A Float64Array of the module with room for so many numbers. What it holds does not outlast the kernel. */
  readonly scratch: (size: number) => string;
  /** Uses a function of the module's preamble. */
  readonly helper: (name: Helper) => string;
}

/** What an element's arithmetic needs beyond JavaScript's operators. */
export const HELPERS = {
  fround: 'const fround = Math.fround;',
  imul: 'const imul = Math.imul;',
  abs: 'const abs = Math.abs;',
  sign: 'const sign = Math.sign;',
  exp: 'const exp = Math.exp;',
  expm1: 'const expm1 = Math.expm1;',
  log: 'const log = Math.log;',
  log1p: 'const log1p = Math.log1p;',
  sqrt: 'const sqrt = Math.sqrt;',
  tanh: 'const tanh = Math.tanh;',
  floor: 'const floor = Math.floor;',
  ceil: 'const ceil = Math.ceil;',
  max: 'const max = Math.max;',
  min: 'const min = Math.min;',
  clamp: 'const clamp = (x, limit) => (x < 0 ? 0 : x > limit ? limit : x);',
  // 1/(1 + e^-x) without overflow on the way
  logistic: 'const logistic = (x) => { if (x >= 0) return 1 / (1 + Math.exp(-x)); const e = Math.exp(x); return e / (1 + e); };',
  // IEEE 754: 1 to any power is 1, and so is -1 to an infinite one
  power: 'const power = (x, y) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : Math.pow(x, y));',
  integerPower:
    'const integerPower = (x, y) => { if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0; let p = 1; for (let s = x, n = y; n > 0; n >>>= 1, s = Math.imul(s, s)) if (n & 1) p = Math.imul(p, s); return p; };',
  // rounds towards zero; by zero it is -1, as in XLA
  integerDivide: 'const integerDivide = (x, y) => (y === 0 ? -1 : (x / y) | 0);',
  toInteger: 'const toInteger = (x) => (x !== x ? 0 : x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0);',
} as const satisfies Record<string, string>;

export type Helper = keyof typeof HELPERS;

/** Writes the body of a function that runs the kernel. */
export type EmitKernel<K extends Kernel> = (kernel: K, context: KernelContext) => void;
