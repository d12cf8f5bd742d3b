import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { EmitTools } from '../kernelContext.ts';
import type { LoopPlan } from './loopPlan.ts';
import type { Nest, Place } from './nest.ts';
import type { NodeGraph } from './nodeGraph.ts';
import type { Scope } from './scope.ts';

/** Neighbours along the vector dimension that one vector holds; `offset` counts from the loop's index. */
export interface Piece {
  readonly offset: number;
  readonly lanes: number;
}

/** What is known at the place of the code that is being emitted. */
export interface LoopState {
  readonly fn: FunctionBuilder;
  readonly tools: EmitTools;
  readonly graph: NodeGraph;
  readonly plan: LoopPlan;
  readonly nest: Nest;
  readonly scope: Scope;
  /** Places of loads, by node. */
  readonly places: ReadonlyMap<number, Place>;
  /** What one round computes; a single lane outside of the vector loop. */
  readonly pieces: () => readonly Piece[];
  /** The part of the vector dimension that is running. */
  readonly segment: () => readonly [number, number];
  /** Leaves a node's value for a piece on the stack. */
  readonly pushValue: (node: number, piece: number) => void;
  /** The result of a reduction for a piece. */
  readonly result: (reduction: number, piece: number) => Local;
}

/** 0 outside of all loops, 1 inside of the outermost, …: the innermost loop that moves one of the dimensions. */
export function levelOf(plan: LoopPlan, dimensions: Iterable<number>): number {
  let level = 0;
  for (const d of dimensions) level = Math.max(level, plan.order.indexOf(d) + 1);
  return level;
}
