import type { DType } from '../../../ir/types.ts';
import type { Node } from '../../../schedule/types.ts';
import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { applyOp } from './applyOp.ts';
import { extraOf, flagOf, pushLoad, pushPosition } from './loads.ts';
import type { LoopState } from './loopState.ts';
import { levelOf } from './loopState.ts';
import { argumentsOf } from './nodeGraph.ts';

export function pushConstant(fn: FunctionBuilder, dtype: DType, value: number): void {
  if (dtype === 'f32') fn.f32x4Const(value);
  else fn.i32x4Const(dtype === 'i1' ? -Number(value !== 0) : value);
}

function pushIndex(state: LoopState, node: Extract<Node, { kind: 'index' }>, pieceIndex: number): void {
  const { fn, plan } = state;
  invariant(node.dtype !== 'i1', 'an index as i1');
  const step = plan.vector === null ? 0 : node.coefficients[plan.vector];
  pushPosition(state, node.offset, node.coefficients, state.pieces()[pieceIndex].offset);
  fn.i32x4Splat();
  if (step !== 0) {
    fn.i32x4Const(0, step, 2 * step, 3 * step);
    fn.i32x4Add();
  }
  if (node.dtype === 'f32') fn.f32x4ConvertI32x4S();
}

/** Leaves a node's value on the stack; what is used again is kept for the body at hand. */
export function pushValue(state: LoopState, place: number, piece: number): void {
  const { fn, graph, plan, scope } = state;
  const { node, dimensions, uses } = graph.nodes[place];
  if (node.kind === 'constant') return pushConstant(fn, node.dtype, node.value);
  if (node.kind === 'accumulator') return fn.get(state.result(node.place, piece));
  const key = plan.vector !== null && dimensions.has(plan.vector) ? `${place}:${piece}` : String(place);
  const known = scope.find(key);
  if (known !== undefined) return fn.get(known);
  if (node.kind === 'load') pushLoad(state, place, piece);
  else if (node.kind === 'index') pushIndex(state, node, piece);
  else {
    applyOp(node, {
      fn,
      tools: state.tools,
      push: (k) => pushValue(state, node.args[k], piece),
      dtype: (k) => graph.nodes[node.args[k]].node.dtype,
      constant: (k) => {
        const operand = graph.nodes[node.args[k]].node;
        return operand.kind === 'constant' ? operand.value : undefined;
      },
    });
  }
  if (uses > 1) fn.get(scope.keep(key, 'v128'));
}

/** The level at which values of the loops (or of the epilogue) are taken in the end. */
function finalLevel(state: LoopState, epilogue: boolean): number {
  return epilogue || state.graph.reductions.length === 0 ? state.graph.spaceRank : state.plan.order.length;
}

/** The innermost level at which a node's value is taken. */
export function consumptionLevels(state: Pick<LoopState, 'graph' | 'plan'>): number[] {
  const { graph, plan } = state;
  const levels = graph.nodes.map(() => 0);
  const take = (node: number, level: number): void => void (levels[node] = Math.max(levels[node], level));
  for (const node of graph.reductions) take(node, plan.order.length);
  for (const { node } of graph.stores) take(node, graph.spaceRank);
  graph.nodes.forEach(({ node, dimensions, uses, epilogue }) => {
    if (uses === 0) return;
    const own = node.kind === 'accumulator' || epilogue ? Math.max(levelOf(plan, dimensions), 0) : levelOf(plan, dimensions);
    for (const arg of argumentsOf(node)) take(arg, own);
  });
  return levels;
}

/** Computes what deeper loops need and this one decides: tests of guards, places of indirections, values. */
export function hoist(state: LoopState, level: number, consumedAt: readonly number[]): void {
  const { fn, graph, plan, scope } = state;
  graph.nodes.forEach(({ node, dimensions, uses, epilogue }, i) => {
    if (uses === 0 || level > finalLevel(state, epilogue)) return;
    const own = levelOf(plan, dimensions);
    if (node.kind === 'load') {
      const { access, guards, mode } = plan.accesses.get(i)!;
      const flags = guards.filter((guard) => guard.mode === 'flag');
      for (const { guard } of flags) {
        const moving = guard.coefficients.flatMap((coefficient, d) => (coefficient === 0 ? [] : [d]));
        if (levelOf(plan, moving) === level) flagOf(state, guard);
      }
      const deciding = [
        ...access.indirections.flatMap((indirection) => [...graph.nodes[indirection.node].dimensions]),
        ...flags.flatMap(({ guard }) => (guard.dilation === 1 ? [] : guard.coefficients.flatMap((coefficient, d) => (coefficient === 0 ? [] : [d])))),
      ];
      if (mode !== 'lanes' && levelOf(plan, deciding) === level && own > level) extraOf(state, i);
    }
    if (own !== level || consumedAt[i] <= level || node.kind === 'constant' || node.kind === 'accumulator') return;
    const pieces = plan.vector !== null && dimensions.has(plan.vector) ? state.pieces().length : 1;
    for (let piece = 0; piece < pieces; piece++) {
      const key = plan.vector !== null && dimensions.has(plan.vector) ? `${i}:${piece}` : String(i);
      if (scope.find(key) !== undefined) continue;
      pushValue(state, i, piece);
      // what is used more than once is kept by then
      if (scope.find(key) === undefined) scope.keep(key, 'v128');
      else fn.drop();
    }
  });
}
