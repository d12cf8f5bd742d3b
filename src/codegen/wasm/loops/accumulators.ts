import type { DType } from '../../../ir/types.ts';
import type { Reduction } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { Piece } from './loopState.ts';

/** Partial sums of at most so many vectors are taken in f32; they are added up in f64. */
export const BLOCK = 64;

type Combine = Reduction['combine'];

const INITIAL: { readonly [C in Combine]: { readonly f32: number; readonly i32: number } } = {
  add: { f32: 0, i32: 0 },
  maximum: { f32: -Infinity, i32: -(2 ** 31) },
  minimum: { f32: Infinity, i32: 2 ** 31 - 1 },
};

function pushInitial(fn: FunctionBuilder, combine: Combine, dtype: DType): void {
  invariant(dtype !== 'i1', 'a reduction of i1');
  if (dtype === 'f32') fn.f32x4Const(INITIAL[combine].f32);
  else fn.i32x4Const(INITIAL[combine].i32);
}

function emitCombine(fn: FunctionBuilder, combine: Combine, dtype: DType): void {
  const float = dtype === 'f32';
  ({
    add: float ? fn.f32x4Add : fn.i32x4Add,
    maximum: float ? fn.f32x4Max : fn.i32x4MaxS,
    minimum: float ? fn.f32x4Min : fn.i32x4MinS,
  })[combine]();
}

/** Adds the lanes of a vector to two sums in f64 (the same one twice, if need be). */
function addPromoted(fn: FunctionBuilder, vector: Local, low: Local, high: Local): void {
  fn.get(low);
  fn.get(vector);
  fn.f64x2PromoteLowF32x4();
  fn.f64x2Add();
  fn.set(low);
  fn.get(high);
  fn.get(vector);
  fn.get(vector);
  fn.i32x4Shuffle(2, 3, 2, 3);
  fn.f64x2PromoteLowF32x4();
  fn.f64x2Add();
  fn.set(high);
}

/** The running results of one reduction. */
interface Running {
  readonly combine: Combine;
  readonly dtype: DType;
  /** One for each vector of a round. */
  readonly slots: readonly Local[];
  /** Sums in f64: a pair for each slot, or (across lanes) one for all; empty where f32 is enough. */
  readonly sums: readonly (readonly [Local, Local])[];
}

export interface Accumulators {
  readonly begin: () => void;
  /** Takes the value on the stack into the reduction. */
  readonly accumulate: (reduction: number, slot: number, piece: Piece, push: () => void) => void;
  /** Moves partial sums to f64. */
  readonly flush: () => void;
  /** What each came to, by reduction and piece; all lanes are equal where the reduction goes across lanes. */
  readonly finish: () => readonly (readonly Local[])[];
  readonly release: () => void;
}

/** `across`: lanes are elements of one reduction; else each lane is a reduction of its own. `long`: there will be a flush before the end. */
export function accumulators(
  fn: FunctionBuilder,
  reductions: readonly { readonly combine: Combine; readonly dtype: DType }[],
  slots: number,
  across: boolean,
  long: boolean,
): Accumulators {
  const all = reductions.map(({ combine, dtype }): Running => {
    const locals = Array.from({ length: slots }, () => fn.local('v128', 'sum'));
    const inDouble = combine === 'add' && dtype === 'f32' && (long || across);
    const sum = (): Local => fn.local('v128', 'total');
    const sums: (readonly [Local, Local])[] = [];
    if (inDouble) {
      const shared = across ? sum() : null;
      for (let i = 0; i < slots; i++) sums.push(shared === null ? [sum(), sum()] : [shared, shared]);
    }
    return { combine, dtype, slots: locals, sums };
  });
  const double = (running: Running): readonly Local[] => [...new Set(running.sums.flat())];

  function flush(): void {
    for (const { slots: locals, sums } of all) {
      sums.forEach(([low, high], i) => {
        addPromoted(fn, locals[i], low, high);
        fn.f32x4Const(0);
        fn.set(locals[i]);
      });
    }
  }
  function finishAcross({ combine, dtype, slots: locals, sums }: Running): Local {
    const result = locals[0];
    if (sums.length > 0) {
      const total = sums[0][0];
      fn.get(total);
      fn.f64x2ExtractLane(0);
      fn.get(total);
      fn.f64x2ExtractLane(1);
      fn.f64Add();
      fn.f32DemoteF64();
      fn.f32x4Splat();
      fn.set(result);
      return result;
    }
    for (const local of locals.slice(1)) {
      fn.get(result);
      fn.get(local);
      emitCombine(fn, combine, dtype);
      fn.set(result);
    }
    for (const [a, b, c, d] of [[2, 3, 0, 1], [1, 0, 3, 2]]) {
      fn.get(result);
      fn.get(result);
      fn.get(result);
      fn.i32x4Shuffle(a, b, c, d);
      emitCombine(fn, combine, dtype);
      fn.set(result);
    }
    return result;
  }
  function finishApart({ slots: locals, sums }: Running): readonly Local[] {
    sums.forEach(([low, high], i) => {
      fn.get(low);
      fn.f32x4DemoteF64x2Zero();
      fn.get(high);
      fn.f32x4DemoteF64x2Zero();
      fn.i32x4Shuffle(0, 1, 4, 5);
      fn.set(locals[i]);
    });
    return locals;
  }

  return {
    begin: () => {
      for (const running of all) {
        for (const local of running.slots) {
          pushInitial(fn, running.combine, running.dtype);
          fn.set(local);
        }
        for (const local of double(running)) {
          fn.f64x2Const(0);
          fn.set(local);
        }
      }
    },
    accumulate: (reduction, slot, piece, push) => {
      const { combine, dtype, slots: locals } = all[reduction];
      fn.get(locals[slot]);
      push();
      if (across && piece.lanes < 4) {
        // lanes beyond the end must not count
        pushInitial(fn, combine, dtype);
        const lane = (i: number): number => (i < piece.lanes ? -1 : 0);
        fn.i32x4Const(lane(0), lane(1), lane(2), lane(3));
        fn.v128Bitselect();
      }
      emitCombine(fn, combine, dtype);
      fn.set(locals[slot]);
    },
    flush,
    finish: () => {
      flush();
      return all.map((running) => (across ? [finishAcross(running)] : finishApart(running)));
    },
    release: () => {
      for (const running of all) fn.release(...running.slots, ...double(running));
    },
  };
}
