import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';

/** Emits code that leaves one vector on the stack. */
export type Expression = () => void;

type Unary = (a: Expression) => Expression;
type Binary = (a: Expression, b: Expression) => Expression;

/** Vector arithmetic written as formulas. f32 unless the name says otherwise. */
export interface Expressions {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly abs: Unary;
  readonly floor: Unary;
  readonly nearest: Unary;
  /** b where b < a, else a: a NaN in a stays. */
  readonly pmin: Binary;
  /** b where a < b, else a: a NaN in a stays. */
  readonly pmax: Binary;
  readonly lt: Binary;
  readonly gt: Binary;
  readonly eq: Binary;
  readonly ne: Binary;
  readonly and: Binary;
  readonly andnot: Binary;
  readonly or: Binary;
  readonly xor: Binary;
  readonly not: Unary;
  /** a where the mask is set, else b. */
  readonly select: (mask: Expression, a: Expression, b: Expression) => Expression;
  readonly f32: (value: number) => Expression;
  readonly i32: (value: number) => Expression;
  readonly addI32: Binary;
  readonly subI32: Binary;
  readonly shl: (a: Expression, bits: number) => Expression;
  readonly shrS: (a: Expression, bits: number) => Expression;
  readonly toI32: Unary;
  readonly toF32: Unary;
  /** c[0] + x·(c[1] + x·(…)). */
  readonly polynomial: (x: Expression, coefficients: readonly number[]) => Expression;
  readonly f64: {
    readonly add: Binary;
    readonly sub: Binary;
    readonly mul: Binary;
    readonly div: Binary;
    readonly constant: (value: number) => Expression;
    readonly polynomial: (x: Expression, coefficients: readonly number[]) => Expression;
  };
  /** Computes now and keeps the value in a local. */
  readonly keep: (a: Expression) => Expression;
  readonly releaseAll: () => void;
}

function horner(x: Expression, coefficients: readonly Expression[], add: Binary, mul: Binary): Expression {
  return coefficients.slice(0, -1).reduceRight((sum, coefficient) => add(mul(sum, x), coefficient), coefficients[coefficients.length - 1]);
}

export function expressions(fn: FunctionBuilder): Expressions {
  const kept: Local[] = [];
  const unary = (instruction: () => void): Unary => (a) => () => {
    a();
    instruction();
  };
  const binary = (instruction: () => void): Binary => (a, b) => () => {
    a();
    b();
    instruction();
  };
  const shift = (instruction: () => void) => (a: Expression, bits: number): Expression => () => {
    a();
    fn.i32Const(bits);
    instruction();
  };
  const add = binary(fn.f32x4Add);
  const mul = binary(fn.f32x4Mul);
  const f32 = (value: number): Expression => () => fn.f32x4Const(value);
  const f64 = { add: binary(fn.f64x2Add), mul: binary(fn.f64x2Mul), constant: (value: number): Expression => () => fn.f64x2Const(value) };
  return {
    add,
    sub: binary(fn.f32x4Sub),
    mul,
    div: binary(fn.f32x4Div),
    abs: unary(fn.f32x4Abs),
    floor: unary(fn.f32x4Floor),
    nearest: unary(fn.f32x4Nearest),
    pmin: binary(fn.f32x4Pmin),
    pmax: binary(fn.f32x4Pmax),
    lt: binary(fn.f32x4Lt),
    gt: binary(fn.f32x4Gt),
    eq: binary(fn.f32x4Eq),
    ne: binary(fn.f32x4Ne),
    and: binary(fn.v128And),
    andnot: binary(fn.v128Andnot),
    or: binary(fn.v128Or),
    xor: binary(fn.v128Xor),
    not: unary(fn.v128Not),
    select: (mask, a, b) => () => {
      a();
      b();
      mask();
      fn.v128Bitselect();
    },
    f32,
    i32: (value) => () => fn.i32x4Const(value),
    addI32: binary(fn.i32x4Add),
    subI32: binary(fn.i32x4Sub),
    shl: shift(fn.i32x4Shl),
    shrS: shift(fn.i32x4ShrS),
    toI32: unary(fn.i32x4TruncSatF32x4S),
    toF32: unary(fn.f32x4ConvertI32x4S),
    polynomial: (x, coefficients) => horner(x, coefficients.map(f32), add, mul),
    f64: {
      ...f64,
      sub: binary(fn.f64x2Sub),
      div: binary(fn.f64x2Div),
      polynomial: (x, coefficients) => horner(x, coefficients.map(f64.constant), f64.add, f64.mul),
    },
    keep: (a) => {
      a();
      const local = fn.local('v128', 'm');
      fn.set(local);
      kept.push(local);
      return () => fn.get(local);
    },
    releaseAll: () => fn.release(...kept.splice(0)),
  };
}
