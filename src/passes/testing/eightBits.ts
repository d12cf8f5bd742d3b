/**
 * A float format of 8 bits: a sign, 4 bits of exponent (bias 7), 3 of mantissa; with subnormals, infinities, −0, and NaN, as IEEE 754
 * has them. Small enough to try all values of one operand, all pairs of two.
 */
export const CODES = 256;

/** NaNs are one value here: their bits are no part of a program's meaning. */
export const NAN_CODE = 0x7f;

function valueOfCode(code: number): number {
  const sign = code & 0x80 ? -1 : 1;
  const exponent = (code >> 3) & 15;
  const mantissa = code & 7;
  if (exponent === 15) return mantissa === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -9 : sign * (8 + mantissa) * 2 ** (exponent - 10);
}

/** The number that each code stands for. */
export const CODE_VALUES: readonly number[] = Array.from({ length: CODES }, (_, code) => valueOfCode(code));

/** The codes of all values: 242 numbers, and NaN once. */
export const ALL_CODES: readonly number[] = Array.from({ length: CODES }, (_, code) => code).filter((code) => !Number.isNaN(CODE_VALUES[code]) || code === NAN_CODE);

/** The code of the nearest value; of two as near the one with an even mantissa. What is 248 or more is infinite. */
export function codeOf(value: number): number {
  if (Number.isNaN(value)) return NAN_CODE;
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  const size = Math.abs(value);
  if (size >= 248) return sign | 0x78;
  // the spacing of values: 2^-9 up to 2^-5, then doubling with each binade
  const step = size < 2 ** -6 ? 2 ** -9 : 2 ** (Math.floor(Math.log2(size)) - 3);
  const steps = size / step;
  const floor = Math.floor(steps);
  const up = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 === 1);
  const nearest = (floor + Number(up)) * step;
  return sign | codeOfExact(nearest);
}

const EXACT: ReadonlyMap<number, number> = new Map(Array.from({ length: 0x79 }, (_, code) => [CODE_VALUES[code], code]));

function codeOfExact(value: number): number {
  const code = EXACT.get(value);
  if (code === undefined) throw new Error(`${value} is no value of 8 bits`);
  return code;
}
