import type { Access, Guard } from '../../../schedule/types.ts';
import type { NodeGraph } from './nodeGraph.ts';

/** How a guard is decided: once for all of the vector dimension, by the part of it that is running, or lane by lane. */
type GuardMode = 'flag' | 'segment' | 'lane';

export interface PlannedGuard {
  readonly guard: Guard;
  readonly mode: GuardMode;
  /** Where `segment` guards hold: from, to (exclusive) along the vector dimension. */
  readonly range: readonly [number, number];
}

/** An access as it is emitted, for one choice of the vector dimension. */
export interface AccessPlan {
  readonly access: Access;
  /** Offset and strides with the guards that need no division folded in: right wherever the access reads. */
  readonly offset: number;
  readonly strides: readonly number[];
  readonly guards: readonly PlannedGuard[];
  /**
   * `splat`: the same element for all lanes; `vector`: neighbours in memory; `gather`: lane by lane, at constant distances;
   * `lanes`: lane by lane, each with tests and indirections of its own.
   */
  readonly mode: 'splat' | 'vector' | 'gather' | 'lanes';
}

/** Along dimension `d`, where offset + coefficient·index lies within [0, size). */
function rangeAlong(guard: Guard, d: number, length: number): readonly [number, number] {
  const c = guard.coefficients[d];
  const last = guard.size - 1 - guard.offset;
  const [low, high] = c > 0 ? [Math.ceil(-guard.offset / c), Math.floor(last / c) + 1] : [Math.ceil(last / c), Math.floor(-guard.offset / c) + 1];
  const clamp = (x: number): number => Math.min(length, Math.max(0, x));
  return [clamp(low), Math.max(clamp(low), clamp(high))];
}

export function planAccess(access: Access, graph: NodeGraph, vector: number | null): AccessPlan {
  let { offset } = access;
  let strides = access.strides;
  for (const guard of access.guards) {
    if (guard.dilation !== 1) continue;
    offset += guard.stride * guard.offset;
    strides = strides.map((stride, d) => stride + guard.stride * guard.coefficients[d]);
  }
  const guards = access.guards.map((guard): PlannedGuard => {
    if (vector === null || guard.coefficients[vector] === 0) return { guard, mode: 'flag', range: [0, 0] };
    const alone = guard.dilation === 1 && guard.coefficients.every((coefficient, d) => d === vector || coefficient === 0);
    return alone ? { guard, mode: 'segment', range: rangeAlong(guard, vector, graph.sizes[vector]) } : { guard, mode: 'lane', range: [0, 0] };
  });
  const indirect = access.indirections.some(({ node }) => vector !== null && graph.nodes[node].dimensions.has(vector));
  const stride = vector === null ? 0 : strides[vector];
  const tested = guards.some(({ mode }) => mode === 'lane') || indirect;
  const mode = tested ? 'lanes' : stride === 1 ? 'vector' : stride !== 0 ? 'gather' : 'splat';
  return { access, offset, strides, guards, mode };
}

/** The parts of the vector dimension in which the `segment` guards of all accesses hold or fail throughout. */
export function segmentsOf(plans: readonly AccessPlan[], length: number): (readonly [number, number])[] {
  const bounds = new Set([0, length]);
  for (const plan of plans) for (const { mode, range } of plan.guards) if (mode === 'segment') range.forEach((bound) => bounds.add(bound));
  const sorted = [...bounds].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => [sorted[i], end] as const);
}
