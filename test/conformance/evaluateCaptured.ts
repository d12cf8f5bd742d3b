import * as tf from '@tensorflow/tfjs';
import { capture } from '../../src/runtime/capture/capture.ts';
import { createCodeMachine } from '../../src/runtime/compiled/codeMachine.ts';
import { differentiate } from '../../src/runtime/trainer/differentiate.ts';
import { download, upload } from '../../src/runtime/compiled/transfer.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { sizeOf } from '../../src/ir/values.ts';
import { dimsOf } from '../../src/step/arithmetic.ts';
import { assembleEvaluate } from '../../src/step/assembleEvaluate.ts';
import type { Evaluated } from './checks.ts';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;
/** The backend under which losses are captured. */
export const TRACE_BACKEND = 'ganloss-trace';

const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

/** A value and its gradients as compiled code computes them: captured, differentiated, optimised, scheduled, and made into code of the target. */
export function evaluateCaptured(target: 'wasm' | 'js', f: () => tf.Tensor, tensors: ReadonlyMap<string, tf.Tensor>): Evaluated {
  // what a loss leaves on the way (summaries, collections) it leaves when it has values, and some of it when it is differentiated
  tf.tidy(() => void differentiate(f, [...tensors.values()]));
  const names = [...tensors.keys()];
  // capture asks of a variable what any tensor has: a shape, a type and the identity of its data
  const variables = names.map((name) => ({ name: `input.${name}`, variable: tensors.get(name) as tf.Variable }));
  const captured = capture(() => ({ value: underTape(f) }), { variables });
  const { graph: assembled, reached } = assembleEvaluate('evaluate', [{ name: 'f', graph: captured.graph, loss: 'value', by: variables.map(({ name }) => name) }], CONTEXT);
  const graph: Graph = { ...assembled, outputs: assembled.outputs.filter(({ name }) => !name.startsWith('f/update.')) };
  const machine = createCodeMachine({ target, threads: 1 }, CONTEXT);
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const room = (id: number): number => machine.allocate(4 * sizeOf(dimsOf(types.get(id)!)));
  const places = new Map([...graph.inputs.map(({ name, id }) => [name, room(id)] as const), ...graph.outputs.map(({ name, value }) => [name, room(value)] as const)]);
  const { run } = machine.load([{ name: 'evaluate', graph, places }]).get('evaluate')!;
  for (const { name, variable } of variables) if (places.has(name)) upload(machine, variable, places.get(name)!);
  run();
  const result = (name: string): tf.Tensor => {
    const type = types.get(graph.outputs.find((output) => output.name === name)!.value)!;
    return download(machine, places.get(name)!, dimsOf(type), type.kind === 'tensor' ? DTYPES[type.dtype] : 'float32');
  };
  const dependent = new Set(reached.get('f'));
  return { value: result('f/value'), gradients: Object.fromEntries(names.map((name) => [name, dependent.has(`input.${name}`) ? result(`f/gradient.input.${name}`) : null])) };
}

/** Fields of the facade's models that were computed before are computed anew under a tape that did not record them: so let there be one. */
function underTape<T>(f: () => T): T {
  const { state } = tf.engine();
  const { gradientDepth, activeTape } = state;
  Object.assign(state, { gradientDepth: 1, activeTape: [] });
  try {
    return f();
  } finally {
    Object.assign(state, { gradientDepth, activeTape });
  }
}
