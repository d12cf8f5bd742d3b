import type { Node } from '../../../schedule/types.ts';
import type { AccessPlan } from './accessPlan.ts';
import { planAccess, segmentsOf } from './accessPlan.ts';
import { OP_COST } from './applyOp.ts';
import type { NodeGraph } from './nodeGraph.ts';

/** Which loops a kernel's code has. */
export interface LoopPlan {
  /** Dimensions, outermost first; those of space before the reduced ones. */
  readonly order: readonly number[];
  /** The dimension whose neighbours share a vector: the last of space or the last reduced one. */
  readonly vector: number | null;
  /** How many vectors one round of the vector loop computes. */
  readonly tile: number;
  /** Plans of loads, by place of the node. */
  readonly accesses: ReadonlyMap<number, AccessPlan>;
  readonly segments: readonly (readonly [number, number])[];
  /** Cycles that it all takes, roughly. */
  readonly cycles: number;
}

/** Cycles of a load or store of a vector, by mode. */
const ACCESS_COST: { readonly [M in AccessPlan['mode']]: number } = { splat: 0.5, vector: 1, gather: 6, lanes: 20 };
/** More parts than this along the vector dimension, and guards are tested lane by lane. */
const MOST_SEGMENTS = 5;

function nodeCost(node: Node, access: AccessPlan | undefined): number {
  if (node.kind === 'load') return ACCESS_COST[access!.mode] + access!.guards.filter(({ mode }) => mode === 'flag').length;
  if (node.kind === 'apply') return node.dtype === 'i32' && (node.op === 'divide' || node.op === 'power') ? 60 : OP_COST[node.op];
  return node.kind === 'index' ? 1 : 0;
}

/** An access all of whose vector guards are tested lane by lane. */
function tested(plan: AccessPlan): AccessPlan {
  if (!plan.guards.some(({ mode }) => mode === 'segment')) return plan;
  return { ...plan, mode: 'lanes', guards: plan.guards.map((guard) => (guard.mode === 'segment' ? { ...guard, mode: 'lane' } : guard)) };
}

/** How often the body of each level runs: once outside of all loops, then inside of the outermost, …; rounds of the vector loop count a vector. */
function runsOf(order: readonly number[], graph: NodeGraph, vector: number | null, vectors: number): number[] {
  const runs = [1];
  for (const d of order) runs.push(runs[runs.length - 1] * (d === vector ? vectors : graph.sizes[d]));
  return runs;
}

interface Work {
  readonly cycles: number;
  /** Roughly how many instructions a vector takes in the innermost loop. */
  readonly size: number;
}

function workOf(graph: NodeGraph, order: readonly number[], vector: number | null, vectors: number, accesses: ReadonlyMap<number, AccessPlan>): Work {
  const runs = runsOf(order, graph, vector, vectors);
  let cycles = 2 * runs.reduce((a, b) => a + b, 0);
  let size = graph.stores.length;
  graph.nodes.forEach(({ node, dimensions, uses }, i) => {
    if (uses === 0) return;
    const cost = nodeCost(node, accesses.get(i));
    // it is computed in the outermost loop that decides it
    const level = Math.max(0, ...[...dimensions].map((d) => order.indexOf(d) + 1));
    cycles += cost * runs[level];
    if (level === order.length) size += Math.max(1, cost);
  });
  const points = runs[graph.spaceRank];
  for (const store of graph.stores) {
    const dense = vector === null || vector >= graph.spaceRank || store.strides[vector] === 1;
    cycles += points * (dense ? 1 : 8);
  }
  cycles += graph.reductions.length * (runs[order.length] + (vector !== null && vector >= graph.spaceRank ? 12 * points : 0));
  return { cycles, size };
}

function tileOf(vectors: number, size: number, reductions: number, segments: number): number {
  const room = Math.max(1, Math.floor(32 / Math.max(4, size)));
  const most = Math.min(reductions > 0 ? Math.max(1, Math.floor(8 / reductions)) : 4, segments > 1 ? 2 : 8, room);
  // equal tiles leave the least over
  return vectors === 0 ? 1 : Math.ceil(vectors / Math.ceil(vectors / Math.max(1, most)));
}

function planFor(graph: NodeGraph, vector: number | null): LoopPlan {
  const loads = graph.nodes.flatMap(({ node, uses }, i) => (node.kind === 'load' && uses > 0 ? [[i, planAccess(node.access, graph, vector)] as const] : []));
  let accesses = new Map(loads);
  const length = vector === null ? 1 : graph.sizes[vector];
  let segments = vector === null ? [[0, 1] as const] : segmentsOf([...accesses.values()], length);
  if (segments.length > MOST_SEGMENTS) {
    accesses = new Map(loads.map(([i, plan]) => [i, tested(plan)]));
    segments = [[0, length]];
  }
  const vectors = segments.reduce((sum, [from, to]) => sum + Math.ceil((to - from) / 4), 0);
  const isSpace = (d: number): boolean => d < graph.spaceRank;
  const dims = graph.sizes.map((_, d) => d).filter((d) => d !== vector);
  const space = dims.filter(isSpace);
  const reduced = dims.filter((d) => !isSpace(d));
  if (vector !== null) (isSpace(vector) ? space : reduced).push(vector);
  const order = [...space, ...reduced];
  const { cycles, size } = workOf(graph, order, vector, vectors, accesses);
  return { order, vector, tile: tileOf(Math.floor(length / 4), size, graph.reductions.length, segments.length), accesses, segments, cycles };
}

/** Chooses the dimension whose neighbours share a vector: the one with which the loops take the fewest cycles. */
export function planLoops(graph: NodeGraph): LoopPlan {
  const candidates = [null, ...graph.sizes.map((_, d) => d).reverse()].map((vector) => planFor(graph, vector));
  return candidates.reduce((best, plan) => (plan.cycles < best.cycles ? plan : best));
}
