import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import type { Objective } from '../../src/index.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { sizeOf } from '../../src/ir/values.ts';
import type { PassContext } from '../../src/passes/pass.ts';
import { capture } from '../../src/runtime/capture/capture.ts';
import { createCodeMachine } from '../../src/runtime/compiled/codeMachine.ts';
import { download, upload } from '../../src/runtime/compiled/transfer.ts';
import { dimsOf } from '../../src/step/arithmetic.ts';
import { assembleEvaluate } from '../../src/step/assembleEvaluate.ts';
import { HOOKS, SEED, STEP, type Outcome } from './runs.ts';
import type { World } from './world.ts';

const PART = 'f';
const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

/** The tensors of a batch, lists flattened. */
function tensorsOf(value: unknown): readonly tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsOf) : [];
}

/** What `runtimeOutcome` gives, by compiled code: losses and networks captured, differentiated, optimised, scheduled, made into code. */
export function capturedOutcome(target: 'wasm' | 'js', objective: Objective, world: World, player: Player, math: PassContext['math'] = 'strict'): Outcome {
  const context: PassContext = { math, remark: () => undefined };
  const trained = world.variables[player].map((variable, i) => ({ name: `weight.${i}`, variable }));
  // capture asks of a variable what any tensor has: a shape, a type and the identity of its data
  const others = [...Object.values(world.variables).flat(), ...Object.values(world.batch).flatMap(tensorsOf)].filter((tensor) => !(world.variables[player] as readonly tf.Tensor[]).includes(tensor));
  const variables = [...trained, ...others.map((tensor, i) => ({ name: `input.${i}`, variable: tensor as tf.Variable }))];
  const captured = capture(() => {
    const losses = objective.losses(world.networks, world.batch, { seed: SEED, step: STEP, hooks: HOOKS });
    const group = (prefix: string, values: Readonly<Record<string, tf.Tensor>>) => Object.entries(values).map(([name, value]): [string, tf.Tensor] => [`${prefix}.${name}`, value]);
    return Object.fromEntries([['sum', tf.sum(losses[player])], ['loss', losses[player]], ...group('loss', losses.directions[player]), ...group('term', losses.terms[player])] as const);
  }, { variables });
  const { graph: assembled, reached } = assembleEvaluate('evaluate', [{ name: PART, graph: captured.graph, loss: 'sum', by: trained.map(({ name }) => name) }], context);
  const run = runGraph(target, assembled, new Map(variables.map(({ name, variable }) => [name, variable])), context);
  const dependent = new Set(reached.get(PART));
  return {
    values: new Map([...run].filter(([name]) => /^f\/(loss|term)/.test(name)).map(([name, data]) => [name.slice(`${PART}/`.length), data])),
    gradient: trained.flatMap(({ name, variable }) => (dependent.has(name) ? run.get(`${PART}/gradient.${name}`)! : Array<number>(variable.size).fill(0))),
  };
}

/** A graph's outputs by code of the target. */
function runGraph(target: 'wasm' | 'js', graph: Graph, tensors: ReadonlyMap<string, tf.Tensor>, context: PassContext): ReadonlyMap<string, readonly number[]> {
  const machine = createCodeMachine({ target, threads: 1 }, context);
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const room = (id: number): number => machine.allocate(4 * sizeOf(dimsOf(types.get(id)!)));
  const places = new Map([...graph.inputs.map(({ name, id }) => [name, room(id)] as const), ...graph.outputs.map(({ name, value }) => [name, room(value)] as const)]);
  const { run } = machine.load([{ name: 'evaluate', graph, places }]).get('evaluate')!;
  for (const { name } of graph.inputs) upload(machine, tensors.get(name)!, places.get(name)!);
  run();
  return new Map(graph.outputs.map(({ name, value }) => {
    const type = types.get(value)!;
    const tensor = download(machine, places.get(name)!, dimsOf(type), type.kind === 'tensor' ? DTYPES[type.dtype] : 'float32');
    const data = Array.from(tensor.dataSync());
    tensor.dispose();
    return [name, data];
  }));
}
