import type { Guard } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { Local } from '../assembler/instruction.ts';
import type { AccessPlan, PlannedGuard } from './accessPlan.ts';
import type { LoopState, Piece } from './loopState.ts';
import type { Place } from './nest.ts';

/** offset + Σ coefficients·index as an i32; `ahead` is added to the index of the vector dimension. */
export function pushPosition(state: LoopState, offset: number, coefficients: readonly number[], ahead: number): void {
  const { fn, nest, plan } = state;
  const constant = offset + (plan.vector === null ? 0 : coefficients[plan.vector] * ahead);
  fn.i32Const(constant);
  coefficients.forEach((coefficient, d) => {
    if (coefficient === 0) return;
    fn.get(nest.index(d));
    fn.i32Const(coefficient);
    fn.i32Mul();
    fn.i32Add();
  });
}

const guardKey = (guard: Guard): string => `guard ${guard.offset} ${guard.coefficients.join(',')} ${guard.dilation} ${guard.size}`;

/** Leaves 1 where a guard holds, else 0; where it divides, `quotient` is given the coordinate. */
function pushTest(state: LoopState, guard: Guard, ahead: number, quotient: Local | null): void {
  const { fn } = state;
  pushPosition(state, guard.offset, guard.coefficients, ahead);
  if (quotient !== null) {
    const position = fn.local('i32', 'position');
    fn.tee(position);
    fn.i32Const(guard.dilation);
    fn.i32DivS();
    fn.tee(quotient);
    fn.i32Const(guard.size);
    fn.i32LtU();
    fn.get(position);
    fn.i32Const(guard.dilation);
    fn.i32RemS();
    fn.i32Eqz();
    fn.i32And();
    fn.release(position);
    return;
  }
  fn.i32Const(guard.size);
  fn.i32LtU();
}

/** Whether a guard that is the same for all lanes holds, computed once for the loop body at hand. */
export function flagOf(state: LoopState, guard: Guard): { readonly flag: Local; readonly quotient: Local | undefined } {
  const { fn, scope } = state;
  const key = guardKey(guard);
  const known = scope.find(key);
  if (known !== undefined) return { flag: known, quotient: scope.find(`${key} quotient`) };
  if (guard.dilation === 1) {
    pushTest(state, guard, 0, null);
    return { flag: scope.keep(key, 'i32'), quotient: undefined };
  }
  fn.i32Const(0);
  const quotient = scope.keep(`${key} quotient`, 'i32');
  pushTest(state, guard, 0, quotient);
  return { flag: scope.keep(key, 'i32'), quotient };
}

function pushClamped(state: LoopState, limit: number): void {
  const { fn } = state;
  const value = fn.local('i32', 'place');
  fn.set(value);
  fn.get(value);
  fn.i32Const(0);
  fn.get(value);
  fn.i32Const(0);
  fn.i32GtS();
  fn.select();
  fn.tee(value);
  fn.i32Const(limit);
  fn.get(value);
  fn.i32Const(limit);
  fn.i32LtS();
  fn.select();
  fn.release(value);
}

/** Bytes that indirections and divisions add to the pointer of an access, the same for all lanes; undefined where there are none. */
export function extraOf(state: LoopState, node: number): Local | undefined {
  const { fn, scope, plan } = state;
  const { access, guards } = plan.accesses.get(node)!;
  const divided = guards.filter(({ guard }) => guard.dilation !== 1);
  if (divided.length === 0 && access.indirections.length === 0) return undefined;
  const key = `extra ${node}`;
  const known = scope.find(key);
  if (known !== undefined) return known;
  fn.i32Const(0);
  for (const { guard } of divided) {
    fn.get(flagOf(state, guard).quotient!);
    fn.i32Const(guard.stride * 4);
    fn.i32Mul();
    fn.i32Add();
  }
  for (const indirection of access.indirections) {
    state.pushValue(indirection.node, 0);
    fn.i32x4ExtractLane(0);
    pushClamped(state, indirection.limit);
    fn.i32Const(indirection.stride * 4);
    fn.i32Mul();
    fn.i32Add();
  }
  return scope.keep(key, 'i32');
}

const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0];

/** What an access reads outside, as bits. */
function fillBits(state: LoopState, node: number): number {
  const { dtype } = state.graph.nodes[node].node;
  const { fill } = state.plan.accesses.get(node)!.access;
  return dtype === 'f32' ? bitsOf(fill) : fill;
}

/** Loads a piece whose lanes have constant distances. */
function pushDirect(state: LoopState, node: number, place: Place, mode: AccessPlan['mode'], stride: number, piece: Piece): void {
  const { fn, nest } = state;
  const extra = extraOf(state, node);
  const address = (lane: number): number => {
    const offset = nest.address(place, (piece.offset + lane) * stride);
    if (extra !== undefined) {
      fn.get(extra);
      fn.i32Add();
    }
    return offset;
  };
  if (mode === 'splat') return fn.v128Load32Splat(address(0));
  if (mode === 'vector' && piece.lanes === 4) return fn.v128Load(address(0), 2);
  const result = fn.local('v128', 'lanes');
  const pairs = mode === 'vector' && piece.lanes >= 2;
  if (pairs) fn.v128Load64Zero(address(0), 2);
  else fn.v128Load32Zero(address(0));
  for (let lane = pairs ? 2 : 1; lane < piece.lanes; lane++) {
    fn.set(result);
    const offset = address(lane);
    fn.get(result);
    fn.v128LoadLane(32, offset, lane);
  }
  fn.release(result);
}

/** Loads a piece lane by lane, with tests and indirections for each. */
function pushLanes(state: LoopState, node: number, place: Place, planned: AccessPlan, conditions: readonly PlannedGuard[], piece: Piece, pieceIndex: number): void {
  const { fn, nest, plan } = state;
  const stride = plan.vector === null ? 0 : planned.strides[plan.vector];
  const sources = planned.access.indirections.map((indirection) => {
    const local = fn.local('v128', 'places');
    state.pushValue(indirection.node, pieceIndex);
    fn.set(local);
    return local;
  });
  const quotients = conditions.map(({ guard, mode }) => (mode === 'lane' && guard.dilation !== 1 ? fn.local('i32', 'quotient') : null));
  const result = fn.local('v128', 'lanes');
  const pushLane = (lane: number): void => {
    const offset = nest.address(place, (piece.offset + lane) * stride);
    conditions.forEach(({ guard, mode }, k) => {
      if (guard.dilation === 1) return;
      fn.get(mode === 'lane' ? quotients[k]! : flagOf(state, guard).quotient!);
      fn.i32Const(guard.stride * 4);
      fn.i32Mul();
      fn.i32Add();
    });
    planned.access.indirections.forEach((indirection, k) => {
      fn.get(sources[k]);
      fn.i32x4ExtractLane(lane);
      pushClamped(state, indirection.limit);
      fn.i32Const(indirection.stride * 4);
      fn.i32Mul();
      fn.i32Add();
    });
    fn.i32Load(offset);
  };
  for (const { guard, mode } of conditions) if (mode === 'flag') flagOf(state, guard);
  fn.i32x4Const(0);
  fn.set(result);
  for (let lane = 0; lane < piece.lanes; lane++) {
    fn.get(result);
    conditions.forEach(({ guard, mode }, k) => {
      if (mode === 'flag') fn.get(flagOf(state, guard).flag);
      else pushTest(state, guard, piece.offset + lane, quotients[k]);
      if (k > 0) fn.i32And();
    });
    if (conditions.length === 0) pushLane(lane);
    else fn.if(() => pushLane(lane), () => fn.i32Const(fillBits(state, node)), 'i32');
    fn.i32x4ReplaceLane(lane);
    fn.set(result);
  }
  fn.get(result);
  fn.release(result, ...sources, ...quotients.filter((local) => local !== null));
}

/** Leaves what a load node reads for a piece on the stack. */
export function pushLoad(state: LoopState, node: number, pieceIndex: number): void {
  const { fn, plan } = state;
  const planned = plan.accesses.get(node);
  const place = state.places.get(node);
  invariant(planned !== undefined && place !== undefined, `load ${node} has no plan`);
  const piece = state.pieces()[pieceIndex];
  const outside = planned.guards.some(({ mode, range }) => mode === 'segment' && (state.segment()[0] < range[0] || state.segment()[1] > range[1]));
  const conditions = planned.guards.filter(({ mode }) => mode !== 'segment');
  if (outside) fn.i32x4Const(fillBits(state, node));
  else if (planned.mode === 'lanes') pushLanes(state, node, place, planned, conditions, piece, pieceIndex);
  else {
    const stride = plan.vector === null ? 0 : planned.strides[plan.vector];
    if (conditions.length === 0) pushDirect(state, node, place, planned.mode, stride, piece);
    else {
      extraOf(state, node);
      conditions.forEach(({ guard }, k) => {
        fn.get(flagOf(state, guard).flag);
        if (k > 0) fn.i32And();
      });
      fn.if(() => pushDirect(state, node, place, planned.mode, stride, piece), () => fn.i32x4Const(fillBits(state, node)), 'v128');
    }
  }
  if (state.graph.nodes[node].node.dtype === 'i1') {
    fn.i32x4Const(0);
    fn.i32x4Ne();
  }
}
