import type { LoopsKernel } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { EmitTools } from '../kernelContext.ts';
import { accumulators, BLOCK } from './accumulators.ts';
import type { LoopPlan } from './loopPlan.ts';
import type { LoopState, Piece } from './loopState.ts';
import type { Bound, Place } from './nest.ts';
import { nest } from './nest.ts';
import type { NodeGraph } from './nodeGraph.ts';
import { scope } from './scope.ts';
import { consumptionLevels, hoist, pushValue } from './values.ts';

/** How the outermost loop is cut into chunks of so many indices; undefined where there is one chunk. */
export interface Chunking {
  readonly chunks: number;
  readonly size: number;
}

/** Everything that the code of a loops kernel follows from. */
export interface LoopsCode {
  readonly kernel: LoopsKernel;
  readonly graph: NodeGraph;
  readonly plan: LoopPlan;
  readonly chunking: Chunking | undefined;
}

/** Rounds of the vector loop over a part: whole tiles, and the pieces of what is left. */
export function tilesOf(length: number, tile: number): { readonly whole: number; readonly rest: readonly Piece[] } {
  const whole = Math.floor(length / (4 * tile));
  const rest: Piece[] = [];
  for (let offset = 0, left = length - whole * 4 * tile; left > 0; offset += 4, left -= 4) rest.push({ offset, lanes: Math.min(4, left) });
  return { whole, rest };
}

/** Behind which loop partial sums are moved to f64, and how often. */
function flushPoint({ plan, graph }: LoopsCode): { readonly level: number; readonly rounds: number } | undefined {
  let product = 1;
  for (let level = plan.order.length - 1; level >= graph.spaceRank; level--) {
    const d = plan.order[level];
    const rounds = d === plan.vector ? plan.segments.reduce((sum, [from, to]) => sum + Math.ceil((to - from) / (4 * plan.tile)), 0) : graph.sizes[d];
    if (product * rounds > BLOCK) return { level, rounds: Math.max(1, Math.floor(BLOCK / product)) };
    product *= rounds;
  }
  return undefined;
}

/** Emits the body of a loops kernel: parameters are begin and end of the chunks, and the address of each buffer (`bases`). */
export function emitLoops(code: LoopsCode, fn: FunctionBuilder, tools: EmitTools, bases: ReadonlyMap<number, Local>): void {
  const { kernel, graph, plan, chunking } = code;
  if (kernel.space.includes(0)) return;
  const [begin, end] = fn.params;
  const loops = nest(fn);
  const kept = scope(fn);
  const reduces = graph.reductions.length > 0;
  const across = plan.vector !== null && plan.vector >= graph.spaceRank;
  const flushAt = flushPoint(code);
  const empty = kernel.reduced.includes(0);
  let pieces: readonly Piece[] = [{ offset: 0, lanes: 1 }];
  let segment: readonly [number, number] = [0, 1];
  let results: readonly (readonly Local[])[] = [];

  const places = new Map<number, Place>();
  for (const [i, { access, offset, strides, guards }] of plan.accesses) places.set(i, loops.place(bases.get(access.buffer)!, offset, strides, guards.length > 0));
  const targets = graph.stores.map((store) => loops.place(bases.get(store.buffer)!, store.offset, graph.sizes.map((_, d) => store.strides[d] ?? 0), false));
  const state: LoopState = {
    fn, tools, graph, plan, nest: loops, scope: kept, places,
    pieces: () => pieces,
    segment: () => segment,
    pushValue: (node, piece) => pushValue(state, node, piece),
    result: (reduction, piece) => results[reduction][piece],
  };
  const consumedAt = consumptionLevels(state);

  function storePiece(k: number, pieceIndex: number, push: () => void): void {
    const { node, strides } = graph.stores[k];
    const piece = pieces[pieceIndex];
    const stride = plan.vector === null ? 0 : (strides[plan.vector] ?? 0);
    const pushStored = (): void => {
      push();
      if (graph.nodes[node].node.dtype !== 'i1') return;
      fn.i32x4Const(1);
      fn.v128And();
    };
    const address = (lane: number): number => loops.address(targets[k], (piece.offset + lane) * stride);
    if (piece.lanes === 4 && stride === 1) {
      const offset = address(0);
      pushStored();
      return fn.v128Store(offset, 2);
    }
    if (piece.lanes === 1) {
      const offset = address(0);
      pushStored();
      return fn.v128StoreLane(32, offset, 0);
    }
    const value = fn.local('v128', 'stored');
    pushStored();
    fn.set(value);
    for (let lane = 0; lane < piece.lanes; ) {
      const pair = stride === 1 && lane + 2 <= piece.lanes;
      const offset = address(lane);
      fn.get(value);
      fn.v128StoreLane(pair ? 64 : 32, offset, pair ? lane / 2 : lane);
      lane += pair ? 2 : 1;
    }
    fn.release(value);
  }

  function storeAll(): void {
    pieces.forEach((_, piece) => {
      if (graph.stores.length === 1) return storePiece(0, piece, () => state.pushValue(graph.stores[0].node, piece));
      // all is read before the first is written
      const values = graph.stores.map(({ node }) => {
        state.pushValue(node, piece);
        const value = fn.local('v128', 'value');
        fn.set(value);
        return value;
      });
      values.forEach((value, k) => storePiece(k, piece, () => fn.get(value)));
      fn.release(...values);
    });
  }

  let current: ReturnType<typeof accumulators> | undefined;
  function reduce(level: number): void {
    const types = kernel.reductions.map(({ combine, node }) => ({ combine, dtype: graph.nodes[node].node.dtype }));
    const running = accumulators(fn, types, across ? plan.tile : pieces.length, across, flushAt !== undefined);
    current = running;
    running.begin();
    if (!empty) runLoop(level);
    results = running.finish();
    current = undefined;
    storeAll();
    running.release();
  }

  function inside(level: number): void {
    kept.inside(() => {
      if (!empty) hoist(state, level, consumedAt);
      if (reduces && level === graph.spaceRank) reduce(level);
      else if (level < plan.order.length) runLoop(level);
      else if (reduces) {
        graph.reductions.forEach((node, r) => pieces.forEach((piece, i) => current!.accumulate(r, i, piece, () => state.pushValue(node, i))));
      } else storeAll();
    });
  }

  const blockAt = (level: number) => (reduces && flushAt?.level === level ? { rounds: flushAt.rounds, after: () => current!.flush() } : undefined);

  function scalarLoop(level: number, from: Bound, to: Bound): void {
    const d = plan.order[level];
    loops.open(d, from, () => {
      if (from === 0 && to === 1) inside(level + 1);
      else loops.repeat(d, to, 1, () => inside(level + 1), blockAt(level));
    });
  }

  const withPieces = (list: readonly Piece[], body: () => void): void => {
    const before = pieces;
    pieces = list;
    body();
    pieces = before;
  };
  const tilePieces = Array.from({ length: plan.tile }, (_, i): Piece => ({ offset: i * 4, lanes: 4 }));

  function vectorLoop(level: number): void {
    const d = plan.order[level];
    const step = plan.tile * 4;
    for (const part of plan.segments) {
      segment = part;
      const [from, to] = part;
      const { whole, rest } = tilesOf(to - from, plan.tile);
      loops.open(d, from, () => {
        const wholeEnd = from + whole * step;
        withPieces(tilePieces, () => {
          if (whole > 1) loops.repeat(d, wholeEnd, step, () => inside(level + 1), blockAt(level));
          else if (whole === 1) {
            inside(level + 1);
            if (rest.length > 0) loops.advance(d, step);
          }
        });
        if (rest.length > 0) withPieces(rest, () => inside(level + 1));
      });
    }
  }

  /** The vector loop as the outermost one, from chunk to chunk; the last chunk computes what is left. */
  function chunkedVectorLoop({ chunks, size }: Chunking): void {
    const d = plan.order[0];
    invariant(plan.segments.length === 1, 'chunks of a vector loop in several parts');
    const { whole, rest } = tilesOf(graph.sizes[d], plan.tile);
    const wholeEnd = whole * plan.tile * 4;
    segment = plan.segments[0];
    const bounds = chunkBounds(size, wholeEnd);
    loops.open(d, bounds.from, () => {
      withPieces(tilePieces, () => {
        fn.get(bounds.from);
        fn.get(bounds.to);
        fn.i32LtS();
        fn.if(() => loops.repeat(d, bounds.to, plan.tile * 4, () => inside(1), blockAt(0)));
      });
      if (rest.length === 0) return;
      fn.get(end);
      fn.i32Const(chunks);
      fn.i32Eq();
      fn.if(() => withPieces(rest, () => inside(1)));
    });
  }

  /** begin·size and min(end·size, length). */
  function chunkBounds(size: number, length: number): { readonly from: Local; readonly to: Local } {
    const [from, to] = [fn.local('i32', 'from'), fn.local('i32', 'to')];
    fn.get(begin);
    fn.i32Const(size);
    fn.i32Mul();
    fn.set(from);
    fn.get(end);
    fn.i32Const(size);
    fn.i32Mul();
    fn.tee(to);
    fn.i32Const(length);
    fn.get(to);
    fn.i32Const(length);
    fn.i32LtS();
    fn.select();
    fn.set(to);
    return { from, to };
  }

  function runLoop(level: number): void {
    const d = plan.order[level];
    if (level === 0 && chunking !== undefined) {
      if (d === plan.vector) return chunkedVectorLoop(chunking);
      const { from, to } = chunkBounds(chunking.size, graph.sizes[d]);
      return scalarLoop(level, from, to);
    }
    if (d === plan.vector) vectorLoop(level);
    else scalarLoop(level, 0, graph.sizes[d]);
  }

  // a kernel in one chunk does everything when it is called
  fn.get(begin);
  fn.get(end);
  fn.i32LtS();
  fn.if(() => {
    loops.start();
    inside(0);
  });
}
