import type { Node, ScalarOp } from '../../../schedule/types.ts';
import type { OpAttributes } from '../../../ir/ops.ts';
import type { DType } from '../../../ir/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { EmitTools, MathFunction } from '../kernelContext.ts';

export type ApplyNode = Extract<Node, { kind: 'apply' }>;

/**
 * What an op is emitted with. Values are vectors of 4 elements: f32, i32, and i1 as masks of all bits. `push(k)` leaves operand k on
 * the stack; it may be called again, but computes again unless `cheap(k)`.
 */
export interface Operands {
  readonly fn: FunctionBuilder;
  readonly tools: EmitTools;
  readonly push: (k: number) => void;
  /** The type of an operand. */
  readonly dtype: (k: number) => DType;
  /** Its value where it is a constant. */
  readonly constant: (k: number) => number | undefined;
  readonly result: DType;
}

type Rule<K extends ScalarOp> = (o: Operands, attributes: OpAttributes[K]) => void;

/** Calls `use` with a way to push operand k any number of times. */
function twice({ fn, push }: Operands, k: number, use: (x: () => void) => void): void {
  const local = fn.local('v128', 'x');
  push(k);
  fn.set(local);
  use(() => fn.get(local));
  fn.release(local);
}

type Method = 'f32x4Neg' | 'f32x4Abs' | 'f32x4Sqrt' | 'f32x4Floor' | 'f32x4Add' | 'f32x4Sub' | 'f32x4Mul' | 'f32x4Div' | 'f32x4Max' | 'f32x4Min' |
  'i32x4Neg' | 'i32x4Abs' | 'i32x4Add' | 'i32x4Sub' | 'i32x4Mul' | 'i32x4MaxS' | 'i32x4MinS' | 'v128Not' | 'v128And' | 'v128Or';

/** One instruction, by the type of the first operand. */
function plain<K extends ScalarOp>(operands: number, methods: Readonly<Partial<Record<DType, Method>>>): Rule<K> {
  return (o) => {
    const method = methods[o.dtype(0)];
    invariant(method !== undefined, `an op without meaning for ${o.dtype(0)}`);
    for (let k = 0; k < operands; k++) o.push(k);
    o.fn[method]();
  };
}

const math = <K extends ScalarOp>(name: MathFunction): Rule<K> => (o) => {
  o.push(0);
  o.tools.math(o.fn, name);
};

/** Lane by lane, with i32 arithmetic: `lane` takes two i32 locals and leaves an i32. */
function integerLanes(o: Operands, lane: (a: () => void, b: () => void) => void): void {
  const { fn } = o;
  const [a, b] = [fn.local('i32', 'a'), fn.local('i32', 'b')];
  twice(o, 0, (x) => twice(o, 1, (y) => {
    const result = fn.local('v128', 'r');
    fn.i32x4Const(0);
    for (let i = 0; i < 4; i++) {
      x();
      fn.i32x4ExtractLane(i);
      fn.set(a);
      y();
      fn.i32x4ExtractLane(i);
      fn.set(b);
      lane(() => fn.get(a), () => fn.get(b));
      fn.i32x4ReplaceLane(i);
    }
    fn.set(result);
    fn.get(result);
    fn.release(result);
  }));
  fn.release(a, b);
}

/** Rounds towards zero; −1 where the divisor is 0; the least number divided by −1 wraps. */
function divideIntegers(o: Operands): void {
  const { fn } = o;
  integerLanes(o, (a, b) => {
    b();
    fn.i32Const(1);
    fn.i32Add();
    fn.i32Const(1);
    fn.i32GtU();
    fn.if(() => {
      a();
      b();
      fn.i32DivS();
    }, () => {
      // b is 0 or −1
      fn.i32Const(0);
      a();
      fn.i32Sub();
      fn.i32Const(-1);
      b();
      fn.select();
    }, 'i32');
  });
}

/** By repeated multiplication, wrapping. Negative exponents round towards zero: only 1 and −1 leave something. */
function integerPower(o: Operands): void {
  const { fn } = o;
  const [square, rest, result] = [fn.local('i32', 'square'), fn.local('i32', 'rest'), fn.local('i32', 'result')];
  const multiply = (x: typeof square, y: typeof square): void => {
    fn.get(x);
    fn.get(y);
    fn.i32Mul();
    fn.set(x);
  };
  integerLanes(o, (a, b) => {
    // 1/a towards zero is a for ±1 and 0 for others (and for 0, as the reference has it)
    a();
    fn.i32Const(0);
    a();
    fn.i32Const(1);
    fn.i32Add();
    fn.i32Const(2);
    fn.i32LeU();
    fn.select();
    a();
    b();
    fn.i32Const(0);
    fn.i32LtS();
    fn.select();
    fn.set(square);
    b();
    fn.i32Const(31);
    fn.i32ShrS();
    b();
    fn.i32Xor();
    b();
    fn.i32Const(31);
    fn.i32ShrU();
    fn.i32Add();
    fn.set(rest);
    fn.i32Const(1);
    fn.set(result);
    fn.block((done) => {
      fn.loop((again) => {
        fn.get(rest);
        fn.i32Eqz();
        fn.brIf(done);
        fn.get(rest);
        fn.i32Const(1);
        fn.i32And();
        fn.if(() => multiply(result, square));
        multiply(square, square);
        fn.get(rest);
        fn.i32Const(1);
        fn.i32ShrU();
        fn.set(rest);
        fn.br(again);
      });
    });
    fn.get(result);
  });
  fn.release(square, rest, result);
}

/** The quick instructions differ from IEEE's maximum only for NaN in the first operand, two zeros, and so not with most constants. */
function extremum<K extends 'maximum' | 'minimum'>(which: 'Max' | 'Min'): Rule<K> {
  const plainRule = plain<'maximum' | 'minimum'>(2, { f32: `f32x4${which}`, i32: `i32x4${which}S`, i1: which === 'Max' ? 'v128Or' : 'v128And' });
  return (o) => {
    const { fn } = o;
    const k = o.constant(1) !== undefined ? 1 : 0;
    const c = o.constant(k);
    const quick = o.dtype(0) === 'f32' && c !== undefined && !Number.isNaN(c) && (which === 'Max' || !Object.is(c, -0));
    if (!quick) return plainRule(o, {});
    o.push(1 - k);
    o.push(k);
    fn[`f32x4P${which === 'Max' ? 'max' : 'min'}`]();
    // max(−0, 0) is 0
    if (which === 'Max' && Object.is(c, 0)) {
      fn.f32x4Const(0);
      fn.f32x4Add();
    }
  };
}

const COMPARE = {
  f32: { EQ: 'f32x4Eq', NE: 'f32x4Ne', LT: 'f32x4Lt', LE: 'f32x4Le', GT: 'f32x4Gt', GE: 'f32x4Ge' },
  i32: { EQ: 'i32x4Eq', NE: 'i32x4Ne', LT: 'i32x4LtS', LE: 'i32x4LeS', GT: 'i32x4GtS', GE: 'i32x4GeS' },
  // a set mask is the greatest unsigned number
  i1: { EQ: 'i32x4Eq', NE: 'i32x4Ne', LT: 'i32x4LtU', LE: 'i32x4LeU', GT: 'i32x4GtU', GE: 'i32x4GeU' },
} as const;

/** Conversions from one type (on the stack) to another. */
const CONVERT: { readonly [From in DType]: { readonly [To in DType]: (fn: FunctionBuilder) => void } } = {
  f32: {
    f32: () => undefined,
    i32: (fn) => fn.i32x4TruncSatF32x4S(),
    i1: (fn) => {
      fn.f32x4Const(0);
      fn.f32x4Ne();
    },
  },
  i32: {
    f32: (fn) => fn.f32x4ConvertI32x4S(),
    i32: () => undefined,
    i1: (fn) => {
      fn.i32x4Const(0);
      fn.i32x4Ne();
    },
  },
  i1: {
    f32: (fn) => {
      fn.f32x4Const(1);
      fn.v128And();
    },
    i32: (fn) => {
      fn.i32x4Const(1);
      fn.v128And();
    },
    i1: () => undefined,
  },
};

const SIGN_BIT = -0x80000000;

const RULES: { readonly [K in ScalarOp]: Rule<K> } = {
  negate: plain(1, { f32: 'f32x4Neg', i32: 'i32x4Neg' }),
  abs: plain(1, { f32: 'f32x4Abs', i32: 'i32x4Abs' }),
  sign: (o) => {
    const { fn } = o;
    twice(o, 0, (x) => {
      if (o.dtype(0) === 'i32') {
        x();
        fn.i32x4Const(0);
        fn.i32x4LtS();
        x();
        fn.i32x4Const(0);
        fn.i32x4GtS();
        fn.i32x4Sub();
        return;
      }
      // ±1 where |x| > 0; zeros and NaN are their own sign
      x();
      fn.i32x4Const(SIGN_BIT);
      fn.v128And();
      fn.f32x4Const(1);
      fn.v128Or();
      x();
      x();
      fn.f32x4Abs();
      fn.f32x4Const(0);
      fn.f32x4Gt();
      fn.v128Bitselect();
    });
  },
  exponential: math('exponential'),
  exponential_minus_one: math('exponential_minus_one'),
  log: math('log'),
  log_plus_one: math('log_plus_one'),
  sqrt: plain(1, { f32: 'f32x4Sqrt' }),
  rsqrt: (o) => {
    o.fn.f32x4Const(1);
    o.push(0);
    o.fn.f32x4Sqrt();
    o.fn.f32x4Div();
  },
  tanh: math('tanh'),
  logistic: math('logistic'),
  floor: (o) => {
    o.push(0);
    if (o.dtype(0) === 'f32') o.fn.f32x4Floor();
  },
  is_finite: (o) => {
    o.push(0);
    o.fn.f32x4Abs();
    o.fn.f32x4Const(Infinity);
    o.fn.f32x4Lt();
  },
  not: (o) => {
    invariant(o.dtype(0) === 'i1', `not of ${o.dtype(0)}`);
    o.push(0);
    o.fn.v128Not();
  },
  add: plain(2, { f32: 'f32x4Add', i32: 'i32x4Add' }),
  subtract: plain(2, { f32: 'f32x4Sub', i32: 'i32x4Sub' }),
  multiply: plain(2, { f32: 'f32x4Mul', i32: 'i32x4Mul' }),
  divide: (o) => (o.dtype(0) === 'i32' ? divideIntegers(o) : plain<'divide'>(2, { f32: 'f32x4Div' })(o, {})),
  power: (o) => {
    if (o.dtype(0) === 'i32') return integerPower(o);
    if (o.constant(1) === 2) {
      return twice(o, 0, (x) => {
        x();
        x();
        o.fn.f32x4Mul();
      });
    }
    o.push(0);
    o.push(1);
    o.tools.math(o.fn, 'power');
  },
  maximum: extremum('Max'),
  minimum: extremum('Min'),
  and: plain(2, { i1: 'v128And', i32: 'v128And' }),
  or: plain(2, { i1: 'v128Or', i32: 'v128Or' }),
  compare: (o, { direction }) => {
    o.push(0);
    o.push(1);
    o.fn[COMPARE[o.dtype(0)][direction]]();
  },
  select: (o) => {
    o.push(1);
    o.push(2);
    o.push(0);
    o.fn.v128Bitselect();
  },
  convert: (o) => {
    o.push(0);
    CONVERT[o.dtype(0)][o.result](o.fn);
  },
};

/** Emits an op; its result is left on the stack. */
export function applyOp(node: ApplyNode, operands: Omit<Operands, 'result'>): void {
  const rule = RULES[node.op] as Rule<ScalarOp>;
  rule({ ...operands, result: node.dtype }, node.attributes);
}

/** How many cycles an op takes for a vector, roughly: for choosing loops and chunks. */
export const OP_COST: { readonly [K in ScalarOp]: number } = {
  negate: 0.5, abs: 0.5, sign: 2, exponential: 18, exponential_minus_one: 20, log: 24, log_plus_one: 30, sqrt: 4, rsqrt: 8, tanh: 26, logistic: 26,
  floor: 1, is_finite: 1, not: 0.5, add: 0.5, subtract: 0.5, multiply: 0.5, divide: 4, power: 80, maximum: 3, minimum: 3, and: 0.5, or: 0.5,
  compare: 0.5, select: 1, convert: 1,
};
