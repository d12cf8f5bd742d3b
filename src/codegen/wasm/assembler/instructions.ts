import type { FunctionType } from './valueTypes.ts';
import { functionType } from './valueTypes.ts';

/** An instruction under its name in the text format: what it takes from the operand stack and leaves there, and its code. */
export interface InstructionRow {
  readonly type: FunctionType;
  /** The bytes in front of the immediates. */
  readonly code: readonly number[];
}

/** An instruction that reads or writes memory; its address comes first on the stack. */
export interface MemoryRow extends InstructionRow {
  /** Logarithm of the bytes it touches: the natural alignment. */
  readonly align: number;
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

const plain = (type: string, ...code: number[]): InstructionRow => ({ type: functionType(type), code });
const simd = (type: string, code: number): InstructionRow => ({ type: functionType(type), code: [0xfd, ...leb(code)] });
const memory = (type: string, align: number, ...code: number[]): MemoryRow => ({ type: functionType(type), code, align });
const simdMemory = (type: string, align: number, code: number): MemoryRow => memory(type, align, 0xfd, ...leb(code));

const II = 'i32 i32 -> i32';
const FF = 'f32 f32 -> f32';
const DD = 'f64 f64 -> f64';
const V = 'v128 -> v128';
const VV = 'v128 v128 -> v128';
const VVV = 'v128 v128 v128 -> v128';
const VI = 'v128 i32 -> v128';

/** Instructions without immediates. */
export const PLAIN = {
  unreachable: plain('->', 0x00),
  nop: plain('->', 0x01),

  'i32.eqz': plain('i32 -> i32', 0x45), 'i32.eq': plain(II, 0x46), 'i32.ne': plain(II, 0x47), 'i32.lt_s': plain(II, 0x48), 'i32.lt_u': plain(II, 0x49),
  'i32.gt_s': plain(II, 0x4a), 'i32.gt_u': plain(II, 0x4b), 'i32.le_s': plain(II, 0x4c), 'i32.le_u': plain(II, 0x4d), 'i32.ge_s': plain(II, 0x4e), 'i32.ge_u': plain(II, 0x4f),
  'i32.clz': plain('i32 -> i32', 0x67), 'i32.ctz': plain('i32 -> i32', 0x68), 'i32.popcnt': plain('i32 -> i32', 0x69),
  'i32.add': plain(II, 0x6a), 'i32.sub': plain(II, 0x6b), 'i32.mul': plain(II, 0x6c), 'i32.div_s': plain(II, 0x6d), 'i32.div_u': plain(II, 0x6e), 'i32.rem_s': plain(II, 0x6f), 'i32.rem_u': plain(II, 0x70),
  'i32.and': plain(II, 0x71), 'i32.or': plain(II, 0x72), 'i32.xor': plain(II, 0x73), 'i32.shl': plain(II, 0x74), 'i32.shr_s': plain(II, 0x75), 'i32.shr_u': plain(II, 0x76),
  'i64.eqz': plain('i64 -> i32', 0x50), 'i64.add': plain('i64 i64 -> i64', 0x7c), 'i64.sub': plain('i64 i64 -> i64', 0x7d), 'i64.mul': plain('i64 i64 -> i64', 0x7e),

  'f32.eq': plain('f32 f32 -> i32', 0x5b), 'f32.ne': plain('f32 f32 -> i32', 0x5c), 'f32.lt': plain('f32 f32 -> i32', 0x5d), 'f32.gt': plain('f32 f32 -> i32', 0x5e), 'f32.le': plain('f32 f32 -> i32', 0x5f), 'f32.ge': plain('f32 f32 -> i32', 0x60),
  'f64.eq': plain('f64 f64 -> i32', 0x61), 'f64.ne': plain('f64 f64 -> i32', 0x62), 'f64.lt': plain('f64 f64 -> i32', 0x63), 'f64.gt': plain('f64 f64 -> i32', 0x64), 'f64.le': plain('f64 f64 -> i32', 0x65), 'f64.ge': plain('f64 f64 -> i32', 0x66),
  'f32.abs': plain('f32 -> f32', 0x8b), 'f32.neg': plain('f32 -> f32', 0x8c), 'f32.ceil': plain('f32 -> f32', 0x8d), 'f32.floor': plain('f32 -> f32', 0x8e), 'f32.trunc': plain('f32 -> f32', 0x8f), 'f32.nearest': plain('f32 -> f32', 0x90), 'f32.sqrt': plain('f32 -> f32', 0x91),
  'f32.add': plain(FF, 0x92), 'f32.sub': plain(FF, 0x93), 'f32.mul': plain(FF, 0x94), 'f32.div': plain(FF, 0x95), 'f32.min': plain(FF, 0x96), 'f32.max': plain(FF, 0x97), 'f32.copysign': plain(FF, 0x98),
  'f64.abs': plain('f64 -> f64', 0x99), 'f64.neg': plain('f64 -> f64', 0x9a), 'f64.ceil': plain('f64 -> f64', 0x9b), 'f64.floor': plain('f64 -> f64', 0x9c), 'f64.trunc': plain('f64 -> f64', 0x9d), 'f64.nearest': plain('f64 -> f64', 0x9e), 'f64.sqrt': plain('f64 -> f64', 0x9f),
  'f64.add': plain(DD, 0xa0), 'f64.sub': plain(DD, 0xa1), 'f64.mul': plain(DD, 0xa2), 'f64.div': plain(DD, 0xa3), 'f64.min': plain(DD, 0xa4), 'f64.max': plain(DD, 0xa5), 'f64.copysign': plain(DD, 0xa6),
  'f32.convert_i32_s': plain('i32 -> f32', 0xb2), 'f32.convert_i32_u': plain('i32 -> f32', 0xb3), 'f32.demote_f64': plain('f64 -> f32', 0xb6),
  'f64.convert_i32_s': plain('i32 -> f64', 0xb7), 'f64.convert_i32_u': plain('i32 -> f64', 0xb8), 'f64.promote_f32': plain('f32 -> f64', 0xbb),
  'i32.reinterpret_f32': plain('f32 -> i32', 0xbc), 'i64.reinterpret_f64': plain('f64 -> i64', 0xbd), 'f32.reinterpret_i32': plain('i32 -> f32', 0xbe), 'f64.reinterpret_i64': plain('i64 -> f64', 0xbf),
  'i32.trunc_sat_f32_s': plain('f32 -> i32', 0xfc, 0), 'i32.trunc_sat_f64_s': plain('f64 -> i32', 0xfc, 2),

  'memory.copy': plain('i32 i32 i32 ->', 0xfc, 0x0a, 0, 0),
  'memory.fill': plain('i32 i32 i32 ->', 0xfc, 0x0b, 0),
  'atomic.fence': plain('->', 0xfe, 0x03, 0),

  'i8x16.swizzle': simd(VV, 14),
  'i8x16.splat': simd('i32 -> v128', 15), 'i32x4.splat': simd('i32 -> v128', 17), 'i64x2.splat': simd('i64 -> v128', 18), 'f32x4.splat': simd('f32 -> v128', 19), 'f64x2.splat': simd('f64 -> v128', 20),
  'i32x4.eq': simd(VV, 55), 'i32x4.ne': simd(VV, 56), 'i32x4.lt_s': simd(VV, 57), 'i32x4.lt_u': simd(VV, 58), 'i32x4.gt_s': simd(VV, 59), 'i32x4.gt_u': simd(VV, 60), 'i32x4.le_s': simd(VV, 61), 'i32x4.le_u': simd(VV, 62), 'i32x4.ge_s': simd(VV, 63), 'i32x4.ge_u': simd(VV, 64),
  'f32x4.eq': simd(VV, 65), 'f32x4.ne': simd(VV, 66), 'f32x4.lt': simd(VV, 67), 'f32x4.gt': simd(VV, 68), 'f32x4.le': simd(VV, 69), 'f32x4.ge': simd(VV, 70),
  'f64x2.eq': simd(VV, 71), 'f64x2.ne': simd(VV, 72), 'f64x2.lt': simd(VV, 73), 'f64x2.gt': simd(VV, 74), 'f64x2.le': simd(VV, 75), 'f64x2.ge': simd(VV, 76),
  'v128.not': simd(V, 77), 'v128.and': simd(VV, 78), 'v128.andnot': simd(VV, 79), 'v128.or': simd(VV, 80), 'v128.xor': simd(VV, 81), 'v128.bitselect': simd(VVV, 82), 'v128.any_true': simd('v128 -> i32', 83),
  'f32x4.demote_f64x2_zero': simd(V, 94), 'f64x2.promote_low_f32x4': simd(V, 95),
  'f32x4.ceil': simd(V, 103), 'f32x4.floor': simd(V, 104), 'f32x4.trunc': simd(V, 105), 'f32x4.nearest': simd(V, 106),
  'f64x2.ceil': simd(V, 116), 'f64x2.floor': simd(V, 117), 'f64x2.trunc': simd(V, 122), 'f64x2.nearest': simd(V, 148),
  'i32x4.abs': simd(V, 160), 'i32x4.neg': simd(V, 161), 'i32x4.all_true': simd('v128 -> i32', 163), 'i32x4.bitmask': simd('v128 -> i32', 164),
  'i32x4.shl': simd(VI, 171), 'i32x4.shr_s': simd(VI, 172), 'i32x4.shr_u': simd(VI, 173),
  'i32x4.add': simd(VV, 174), 'i32x4.sub': simd(VV, 177), 'i32x4.mul': simd(VV, 181), 'i32x4.min_s': simd(VV, 182), 'i32x4.min_u': simd(VV, 183), 'i32x4.max_s': simd(VV, 184), 'i32x4.max_u': simd(VV, 185),
  'i64x2.extend_low_i32x4_s': simd(V, 199), 'i64x2.extend_high_i32x4_s': simd(V, 200), 'i64x2.extend_low_i32x4_u': simd(V, 201), 'i64x2.extend_high_i32x4_u': simd(V, 202),
  'i64x2.shl': simd(VI, 203), 'i64x2.shr_s': simd(VI, 204), 'i64x2.shr_u': simd(VI, 205), 'i64x2.add': simd(VV, 206), 'i64x2.sub': simd(VV, 209), 'i64x2.mul': simd(VV, 213),
  'f32x4.abs': simd(V, 224), 'f32x4.neg': simd(V, 225), 'f32x4.sqrt': simd(V, 227), 'f32x4.add': simd(VV, 228), 'f32x4.sub': simd(VV, 229), 'f32x4.mul': simd(VV, 230), 'f32x4.div': simd(VV, 231),
  'f32x4.min': simd(VV, 232), 'f32x4.max': simd(VV, 233), 'f32x4.pmin': simd(VV, 234), 'f32x4.pmax': simd(VV, 235),
  'f64x2.abs': simd(V, 236), 'f64x2.neg': simd(V, 237), 'f64x2.sqrt': simd(V, 239), 'f64x2.add': simd(VV, 240), 'f64x2.sub': simd(VV, 241), 'f64x2.mul': simd(VV, 242), 'f64x2.div': simd(VV, 243),
  'f64x2.min': simd(VV, 244), 'f64x2.max': simd(VV, 245), 'f64x2.pmin': simd(VV, 246), 'f64x2.pmax': simd(VV, 247),
  'i32x4.trunc_sat_f32x4_s': simd(V, 248), 'f32x4.convert_i32x4_s': simd(V, 250), 'f32x4.convert_i32x4_u': simd(V, 251), 'i32x4.trunc_sat_f64x2_s_zero': simd(V, 252), 'f64x2.convert_low_i32x4_s': simd(V, 254),

  // relaxed SIMD: validates only where the engine has the proposal
  'f32x4.relaxed_madd': simd(VVV, 0x105), 'f32x4.relaxed_nmadd': simd(VVV, 0x106), 'f64x2.relaxed_madd': simd(VVV, 0x107), 'f64x2.relaxed_nmadd': simd(VVV, 0x108),
} satisfies Record<string, InstructionRow>;

/** Instructions whose one immediate is a constant offset added to the address (and an alignment hint). */
export const MEMORY = {
  'i32.load': memory('i32 -> i32', 2, 0x28), 'i64.load': memory('i32 -> i64', 3, 0x29), 'f32.load': memory('i32 -> f32', 2, 0x2a), 'f64.load': memory('i32 -> f64', 3, 0x2b),
  'i32.store': memory('i32 i32 ->', 2, 0x36), 'i64.store': memory('i32 i64 ->', 3, 0x37), 'f32.store': memory('i32 f32 ->', 2, 0x38), 'f64.store': memory('i32 f64 ->', 3, 0x39),
  'v128.load': simdMemory('i32 -> v128', 4, 0), 'v128.load32_splat': simdMemory('i32 -> v128', 2, 9), 'v128.load64_splat': simdMemory('i32 -> v128', 3, 10), 'v128.store': simdMemory('i32 v128 ->', 4, 11),
  'v128.load32_zero': simdMemory('i32 -> v128', 2, 92), 'v128.load64_zero': simdMemory('i32 -> v128', 3, 93),

  'atomic.notify': memory('i32 i32 -> i32', 2, 0xfe, 0x00), 'atomic.wait32': memory('i32 i32 i64 -> i32', 2, 0xfe, 0x01),
  'i32.atomic.load': memory('i32 -> i32', 2, 0xfe, 0x10), 'i32.atomic.store': memory('i32 i32 ->', 2, 0xfe, 0x17),
  'i32.atomic.rmw.add': memory('i32 i32 -> i32', 2, 0xfe, 0x1e), 'i32.atomic.rmw.sub': memory('i32 i32 -> i32', 2, 0xfe, 0x25), 'i32.atomic.rmw.xchg': memory('i32 i32 -> i32', 2, 0xfe, 0x41), 'i32.atomic.rmw.cmpxchg': memory('i32 i32 i32 -> i32', 2, 0xfe, 0x48),
} satisfies Record<string, MemoryRow>;

/** Instructions that load or store one lane. */
export const LANE_MEMORY = {
  'v128.load32_lane': simdMemory('i32 v128 -> v128', 2, 86), 'v128.load64_lane': simdMemory('i32 v128 -> v128', 3, 87),
  'v128.store32_lane': simdMemory('i32 v128 ->', 2, 90), 'v128.store64_lane': simdMemory('i32 v128 ->', 3, 91),
} satisfies Record<string, MemoryRow>;

/** Instructions whose immediate is a lane. */
export const LANE = {
  'i32x4.extract_lane': simd('v128 -> i32', 27), 'i32x4.replace_lane': simd('v128 i32 -> v128', 28),
  'i64x2.extract_lane': simd('v128 -> i64', 29), 'i64x2.replace_lane': simd('v128 i64 -> v128', 30),
  'f32x4.extract_lane': simd('v128 -> f32', 31), 'f32x4.replace_lane': simd('v128 f32 -> v128', 32),
  'f64x2.extract_lane': simd('v128 -> f64', 33), 'f64x2.replace_lane': simd('v128 f64 -> v128', 34),
} satisfies Record<string, InstructionRow>;

/** `f32x4.demote_f64x2_zero` → `f32x4DemoteF64x2Zero`: the name of the builder's method. */
export type MethodName<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${MethodName<Head>}${Capitalize<MethodName<Tail>>}`
  : Name extends `${infer Head}_${infer Tail}`
    ? `${Head}${Capitalize<MethodName<Tail>>}`
    : Name;

export function methodName(name: string): string {
  return name.replace(/[._](.)/g, (_, letter: string) => letter.toUpperCase());
}
