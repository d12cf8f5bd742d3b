import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compileJs } from '../../../src/codegen/js/compileJs.ts';
import { instantiateJs } from '../../../src/codegen/js/instantiateJs.ts';
import { interpretRounded } from '../../../src/codegen/js/testing/interpretRounded.ts';
import { runWasm } from '../../../src/codegen/wasm/testing/runWasm.ts';
import { evaluateAll } from '../../../src/ir/evaluate.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { evaluateRounded, looser, meetsNonFinite, type Reference } from '../../../src/ir/testing/reference.ts';
import type { Value } from '../../../src/ir/values.ts';
import { sizeOf } from '../../../src/ir/values.ts';
import { verify } from '../../../src/ir/verify.ts';
import { differentiate } from '../../../src/passes/differentiate.ts';
import { eliminateDeadCode } from '../../../src/passes/eliminateDeadCode.ts';
import { eliminateDeadTerms } from '../../../src/passes/eliminateDeadTerms.ts';
import { foldConstants } from '../../../src/passes/foldConstants.ts';
import { mergeCommon } from '../../../src/passes/mergeCommon.ts';
import { optimizeStatic } from '../../../src/passes/optimizeStatic.ts';
import type { Pass, PassContext } from '../../../src/passes/pass.ts';
import { releaseMarks } from '../../../src/passes/releaseMarks.ts';
import { simplify } from '../../../src/passes/simplify.ts';
import { TF_DTYPES } from '../../../src/runtime/graph/row.ts';
import { runGraph } from '../../../src/runtime/graph/runGraph.ts';
import { planMemory } from '../../../src/schedule/planMemory.ts';
import { schedule, type ScheduleOptions } from '../../../src/schedule/schedule.ts';
import { interpretSchedule } from '../../../src/schedule/testing/interpretKernel.ts';
import type { PlacedSchedule, Schedule } from '../../../src/schedule/types.ts';
import { numbersOf, type FuzzCase } from './fuzzCase.ts';

export type Target = 'tape' | 'passes' | 'schedule' | 'js' | 'wasm' | 'tfjs';

type Outputs = ReadonlyMap<string, ArrayLike<number>>;

/** One way from a graph to the values of its outputs. */
export interface Way {
  readonly name: string;
  readonly target: Target;
  /** What the values are compared with: those of the graph before or after `specialize`. */
  readonly expected: (given: FuzzCase) => Reference;
  /** Null where the way is not open to the case. */
  readonly run: (given: FuzzCase) => Promise<Outputs | null>;
}

const context = (math: PassContext['math']): PassContext => ({ math, remark: () => undefined });

function evaluated(graph: Graph, inputs: ReadonlyMap<string, Value>): Outputs {
  verify(graph);
  return new Map([...evaluateRounded(graph, inputs)].map(([name, { data }]) => [name, data]));
}

const PASSES: readonly Pass[] = [differentiate, eliminateDeadTerms, simplify, foldConstants, mergeCommon, eliminateDeadCode, releaseMarks];

/** Each pass by itself, on graphs before and after `specialize`. */
const ALONE: readonly Way[] = PASSES.flatMap((pass): readonly Way[] => [
  { name: `${pass.name} alone`, target: 'passes', expected: ({ openReference }) => openReference, run: async ({ open, inputs }) => evaluated(pass.run(open, context('strict')), inputs) },
  { name: `${pass.name} alone, static`, target: 'passes', expected: ({ reference }) => reference, run: async ({ graph, inputs }) => evaluated(pass.run(graph, context('strict')), inputs) },
]);

/** Whether every value on the way is finite, so that `math fast` promises something. */
function isFinite({ graph, inputs }: FuzzCase): boolean {
  return [...evaluateAll(graph, inputs).values()].every((value) => value.kind === 'array' && value.data.every((x) => Math.abs(x) < 1e15));
}

const PIPELINE: readonly Way[] = [
  { name: 'specialize and decompose', target: 'passes', expected: ({ openReference, reference }) => looser(openReference, reference), run: async ({ graph, inputs }) => evaluated(graph, inputs) },
  { name: 'optimizeStatic', target: 'passes', expected: ({ reference }) => reference, run: async ({ open, inputs }) => evaluated(optimizeStatic(open, context('strict')), inputs) },
  { name: 'optimizeStatic, fast', target: 'passes', expected: ({ reference }) => reference, run: async (given) => (isFinite(given) ? evaluated(optimizeStatic(given.open, context('fast')), given.inputs) : null) },
];

/** Inputs and outputs at places of their own, with a gap between each two. */
export function placedApart(made: Schedule): PlacedSchedule {
  let base = 128;
  const pinned = new Map<string, number>();
  for (const { name, buffer } of [...made.inputs, ...made.outputs]) {
    pinned.set(name, base);
    base += Math.ceil((4 * sizeOf(made.buffers[buffer].shape)) / 64) * 64 + 64;
  }
  return planMemory(made, { pinned, base });
}

/** A memory full of NaN, so that what is read before it was written shows; the inputs in place. */
function filledMemory(plan: PlacedSchedule, data: readonly { readonly offset: number; readonly bytes: Uint8Array }[], inputs: ReadonlyMap<string, Float64Array>): ArrayBuffer {
  const memory = new ArrayBuffer(plan.end);
  new Uint32Array(memory).fill(0x7fc0dead);
  for (const { offset, bytes } of data) new Uint8Array(memory).set(bytes, offset);
  for (const { name, buffer } of plan.inputs) viewOf(plan, memory, buffer).set(inputs.get(name)!);
  return memory;
}

function viewOf({ buffers, offsets }: PlacedSchedule, memory: ArrayBuffer, buffer: number): Float32Array | Int32Array {
  const { dtype, shape } = buffers[buffer];
  return new (dtype === 'f32' ? Float32Array : Int32Array)(memory, offsets[buffer], sizeOf(shape));
}

function outputsOf(plan: PlacedSchedule, memory: ArrayBuffer): Outputs {
  return new Map(plan.outputs.map(({ name, buffer }) => [name, viewOf(plan, memory, buffer)]));
}

function runJs(plan: PlacedSchedule, inputs: ReadonlyMap<string, Float64Array>): Outputs {
  const { source, data } = compileJs([{ name: 'main', schedule: plan }]);
  const memory = filledMemory(plan, data, inputs);
  instantiateJs(source, memory).main();
  return outputsOf(plan, memory);
}

const scheduled = (graph: Graph, options: ScheduleOptions): Schedule => schedule(optimizeStatic(graph, context('strict')), options).schedule;

/** Two interpreters: one throws at places that lie outside or were never written, the other rounds as targets do. */
function interpreted(made: Schedule, inputs: ReadonlyMap<string, Float64Array>): Outputs {
  interpretSchedule(made, inputs);
  return interpretRounded(made, inputs);
}

const FUSED: readonly (readonly [string, ScheduleOptions])[] = [['fused', {}], ['not fused', { without: ['fuse'] }]];

const SCHEDULED: readonly Way[] = FUSED.flatMap(([what, options]): readonly Way[] => [
  { name: `schedule, ${what}`, target: 'schedule', expected: ({ reference }) => reference, run: async ({ open, inputs }) => interpreted(scheduled(open, options), numbersOf(inputs)) },
  { name: `js, ${what}`, target: 'js', expected: ({ reference }) => reference, run: async ({ open, inputs }) => runJs(placedApart(scheduled(open, options)), numbersOf(inputs)) },
  { name: `wasm, ${what}`, target: 'wasm', expected: ({ reference }) => reference, run: async ({ open, inputs }) => runWasm(placedApart(scheduled(open, options)), numbersOf(inputs)) },
]);

/** Freed memory is poisoned, and chunks run in another order, as on threads. */
const POISONED: Way = {
  name: 'wasm, poisoned, chunk by chunk',
  target: 'wasm',
  expected: ({ reference }) => reference,
  run: async ({ open, inputs }) => runWasm(placedApart(scheduled(open, {})), numbersOf(inputs), { debug: true, chunkwise: true }),
};

async function runTf(backend: string, graph: Graph, inputs: ReadonlyMap<string, Value>): Promise<Outputs> {
  await tf.setBackend(backend);
  const tensors = Object.fromEntries([...inputs].flatMap(([name, value]) => (value.kind === 'array' ? [[name, tf.tensor(value.dtype === 'f32' ? Float32Array.from(value.data) : Int32Array.from(value.data), [...value.shape], TF_DTYPES[value.dtype])]] : [])));
  const results = runGraph(graph, tensors);
  const found = new Map(Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync()]));
  tf.dispose([results, tensors]);
  return found;
}

const TFJS: readonly Way[] = ['cpu', 'wasm'].flatMap((backend): readonly Way[] => [
  {
    name: `tfjs on ${backend}`,
    target: 'tfjs',
    expected: ({ reference }) => reference,
    // convolutions are the backend's: runGraph says what becomes of NaN
    run: async ({ graph, inputs }) => (meetsNonFinite(graph, inputs, 'convolution') ? null : runTf(backend, graph, inputs)),
  },
  {
    name: `tfjs on ${backend}, optimised`,
    target: 'tfjs',
    expected: ({ reference }) => reference,
    run: async ({ open, graph, inputs }) => (meetsNonFinite(graph, inputs, 'convolution') ? null : runTf(backend, optimizeStatic(open, context('strict')), inputs)),
  },
]);

/** A network's losses without the compiler: what it captured is what the tape does. */
const TAPE: Way = { name: 'tape', target: 'tape', expected: ({ openReference, reference }) => looser(openReference, reference), run: async ({ tape }) => tape ?? null };

export const WAYS: readonly Way[] = [TAPE, ...ALONE, ...PIPELINE, ...SCHEDULED, POISONED, ...TFJS];
