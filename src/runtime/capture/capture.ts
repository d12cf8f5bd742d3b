import * as tf from '@tensorflow/tfjs';
import { createBuilder } from '../../ir/builder.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { isStatic } from '../../ir/types.ts';
import { liveValues } from '../../passes/liveness.ts';
import { invariant } from '../../support/invariant.ts';
import type { Span } from '../../support/source.ts';
import type { RandomSource } from '../random.ts';
import { compareRuns, type Difference } from './compareRuns.ts';
import { withLayerDraws } from './layerDraws.ts';
import { createRecorder, layerOfOrigin, type Recorder } from './recorder.ts';
import { refusal } from './refusal.ts';
import { tracing } from './tracing.ts';
import { dtypeOf } from './kernels/structural.ts';
import { placeVariables } from './variables.ts';

export interface CaptureOptions {
  /** Every variable that may be read, by the name of its graph input (`weight.generator.0`). Others met on the way become constants. */
  readonly variables: readonly { readonly name: string; readonly variable: tf.Variable }[];
}

export interface Tracer {
  /** A tensor that stands for a graph input. Reading its data raises GL5005. */
  readonly argument: (name: string, shape: readonly number[], dtype: 'float32' | 'int32' | 'bool') => tf.Tensor;
  /** Draws as graph inputs `draw.<stream>/<draw>`; same name, kind and shape: same input. `numbers` cannot be captured (GL5005). */
  readonly random: (stream: string) => RandomSource;
  /** Equations made inside come from these spans (behind those outside). */
  readonly at: <T>(origin: readonly Span[], body: () => T) => T;
}

/** A graph input that the host fills with numbers of its generator (`runtime/random.ts`). */
export interface CapturedDraw {
  readonly input: string;
  readonly kind: 'uniform' | 'normal';
  readonly stream: string;
  readonly draw: string;
  readonly shape: readonly number[];
}

export interface Captured {
  /**
   * Static shapes; inputs are arguments, variables and draws that are used; StableHLO's ops, `softplus`, and gradient, stop_gradient,
   * optimization_barrier and custom_vjp, which `differentiate` removes.
   */
  readonly graph: Graph;
  /** Names of the inputs that are arguments. */
  readonly arguments: readonly string[];
  /** Names of the inputs that are variables. */
  readonly variables: readonly string[];
  readonly draws: readonly CapturedDraw[];
  /** Variables that the run assigned (BatchNorm's averages): graph output `update.<variable name>`. */
  readonly updates: readonly string[];
}

/** The stream of the draws of Dropout and its kin: `layer/<layer>/<n>`. */
export const LAYER_STREAM = 'layer';

/**
 * Runs `run` under a backend that records, and returns what it computes as a graph, an output for each tensor of the record. It runs
 * twice, to find hidden randomness, and a third time where the second run differs because the first has left something behind.
 * Nothing of tfjs's state is changed: backend, variables' data, memory counts, registered kernels are as before, also when it throws.
 *
 * @throws SpecError GL5005 naming the layer and the reason
 */
export function capture(run: (tracer: Tracer) => Readonly<Record<string, tf.Tensor>>, options: CaptureOptions): Captured {
  const first = record(run, options);
  let last = record(run, options);
  let difference = compareRuns(first.graph, last.graph);
  if (difference.kind !== 'none') {
    const before = last;
    last = record(run, options);
    difference = compareRuns(before.graph, last.graph);
  }
  if (difference.kind !== 'none') throw refusal(layerOf(difference), reasonOf(difference));
  return last;
}

function layerOf(difference: Difference): string | null {
  return difference.kind === 'none' ? null : layerOfOrigin(difference.equation?.origin ?? []);
}

function reasonOf({ kind }: Difference): string {
  if (kind === 'constant') return 'it draws random numbers of its own, which would be the same at every step';
  return 'it does not compute the same at each call';
}

function record(run: (tracer: Tracer) => Readonly<Record<string, tf.Tensor>>, options: CaptureOptions): Captured {
  const recorder = createRecorder();
  // a variable whose value lies elsewhere is brought up to date when it is read: by tfjs's own backend, so before the trace
  for (const variable of [...Object.values(tf.engine().registeredVariables), ...options.variables.map((given) => given.variable)]) void variable.dataId;
  return tracing(recorder, () => {
    const variables = placeVariables(recorder, options);
    try {
      const args = new Set<string>();
      const draws = createDraws(recorder);
      const tracer: Tracer = {
        argument(name, shape, dtype) {
          args.add(name);
          return recorder.tensorOf(recorder.input(name, shape, dtypeOf(dtype)!));
        },
        random: draws.source,
        at: recorder.at,
      };
      const results = withLayerDraws(draws.source(LAYER_STREAM), () => run(tracer));
      recorder.raise();
      const updates = variables.updates();
      const outputs = Object.fromEntries([
        ...Object.entries(results).map(([name, tensor]) => [name, recorder.valueOf(tensor)] as const),
        ...updates.map(({ name, value }) => [`update.${name}`, value] as const),
      ]);
      const graph = pruned(recorder.finish(outputs));
      const used = new Set(graph.inputs.map(({ name }) => name));
      return {
        graph,
        arguments: [...args].filter((name) => used.has(name)),
        variables: options.variables.map(({ name }) => name).filter((name) => used.has(name)),
        draws: draws.made().filter(({ input }) => used.has(input)),
        updates: updates.map(({ name }) => name),
      };
    } finally {
      variables.restore();
    }
  });
}

/** Sources whose numbers are graph inputs. */
function createDraws(recorder: Recorder): { readonly source: (stream: string) => RandomSource; readonly made: () => readonly CapturedDraw[] } {
  const made = new Map<string, CapturedDraw>();
  const draw = (stream: string, kind: CapturedDraw['kind'], name: string, shape: readonly number[]): tf.Tensor => {
    // one draw asked for in two shapes is two inputs
    let input = `draw.${stream}/${name}`;
    const differs = (other: CapturedDraw | undefined) => other !== undefined && (other.kind !== kind || other.shape.join() !== shape.join());
    while (differs(made.get(input))) input += '\'';
    made.set(input, { input, kind, stream, draw: name, shape: [...shape] });
    return recorder.tensorOf(recorder.input(input, shape, 'f32'));
  };
  return {
    source: (stream) => ({
      uniform: (name, shape) => draw(stream, 'uniform', name, shape),
      normal: (name, shape) => draw(stream, 'normal', name, shape),
      numbers: (name) => recorder.refuse(`it reads the random numbers '${name}', which are not known before the step runs`),
    }),
    made: () => [...made.values()],
  };
}

/** Only what the outputs need, inputs included. */
function pruned(graph: Graph): Graph {
  const live = liveValues(graph);
  const builder = createBuilder(graph.name);
  const values = new Map<ValueId, ValueId>();
  for (const { id, name, type } of graph.inputs) {
    if (live.has(id)) values.set(id, builder.input(name, type));
  }
  for (const equation of graph.equations) {
    if (!live.has(equation.id)) continue;
    invariant(isStatic(equation.type), `${equation.op} was captured without a static shape`);
    values.set(equation.id, builder.copy(equation, equation.operands.map((id) => values.get(id)!)));
  }
  return builder.finish(graph.outputs.map(({ name, value }) => ({ name, value: values.get(value)! })));
}
