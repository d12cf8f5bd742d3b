import * as tf from '@tensorflow/tfjs';
import { sizeOf, type ArrayValue } from '../../src/ir/values.ts';
import { capture } from '../../src/runtime/capture/capture.ts';
import { withLayerDraws } from '../../src/runtime/capture/layerDraws.ts';
import { createCodeMachine } from '../../src/runtime/compiled/codeMachine.ts';
import { dimsOf } from '../../src/step/arithmetic.ts';
import { assembleEvaluate } from '../../src/step/assembleEvaluate.ts';
import { inputsOf, weightName, type Results } from './oracle.ts';
import { layerSource, penalty, score, type Instance } from './penalty.ts';

/** By tfjs's tape on its current backend, with the gradient rules that are registered. */
export function tapeResults(instance: Instance): Results {
  const { shape, x: numbers, variables } = instance;
  const results = new Map<string, ArrayLike<number>>();
  tf.tidy(() => {
    const x = tf.tensor(numbers, [...shape]);
    const value = withLayerDraws(layerSource, () => score(instance, x)).dataSync();
    const differentiated = withLayerDraws(layerSource, () => tf.engine().gradients(() => penalty(instance, x), [x, ...variables], undefined, true));
    const gradientOf = (index: number): ArrayLike<number> => {
      const gradient = differentiated.grads[index] as tf.Tensor | null | undefined;
      return gradient?.dataSync() ?? new Float64Array(index === 0 ? x.size : variables[index - 1].size);
    };
    results.set('score', value).set('penalty', differentiated.value.dataSync()).set('x', gradientOf(0));
    variables.forEach((_, i) => results.set(weightName(i), gradientOf(i + 1)));
  });
  return results;
}

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** Captured and compiled, as a compiled training step is. */
export function compiledResults(instance: Instance, target: 'wasm' | 'js'): Results {
  const { shape, variables } = instance;
  const options = { variables: variables.map((variable, i) => ({ name: weightName(i), variable })) };
  // apart: a layer's draws are numbered within a capture
  const captured = ([['score', score], ['penalty', penalty]] as const).map(([name, f]) => ({ name, ...capture((tracer) => ({ [name]: f(instance, tracer.argument('x', shape, 'float32')) }), options) }));
  const by = ['x', ...variables.map((_, i) => weightName(i))];
  const { graph } = assembleEvaluate('case', captured.map((part) => ({ name: part.name, graph: part.graph, loss: part.name, by: part.name === 'penalty' ? by : [] })), CONTEXT);
  const machine = createCodeMachine({ target, threads: 1 }, CONTEXT);
  const shapes = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, dimsOf(type)]));
  const places = new Map(
    [...graph.inputs.map(({ name, id }) => [name, id] as const), ...graph.outputs.map(({ name, value }) => [name, value] as const)]
      .map(([name, id]) => [name, machine.allocate(4 * sizeOf(shapes.get(id)!))]),
  );
  const { run } = machine.load([{ name: 'case', graph, places }]).get('case')!;
  const given = inputsOf(instance, captured.flatMap(({ draws }) => draws));
  for (const { name } of graph.inputs) machine.floats().set((given.get(name) as ArrayValue).data, places.get(name)! / 4);
  run();
  const read = (output: string, size: number): ArrayLike<number> => {
    const place = places.get(output);
    return place === undefined ? new Float64Array(size) : machine.floats().slice(place / 4, place / 4 + size);
  };
  const results = new Map([
    ['score', read('score/score', 1)],
    ['penalty', read('penalty/penalty', 1)],
    ...by.map((name): [string, ArrayLike<number>] => [name, read(`penalty/gradient.${name}`, (given.get(name) as ArrayValue).data.length)]),
  ]);
  machine.dispose();
  return results;
}

/**
 * The largest difference of any number, relative to the largest of its tensor; tensors below a thousandth of the largest gradient are
 * measured by that, since float32 cancels to what is left of larger numbers.
 */
export function distance(found: Results, expected: Results): number {
  const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = 1e-3 * Math.max(...[...expected].map(([, values]) => largest(values)));
  let worst = 0;
  for (const [name, values] of expected) {
    const scale = Math.max(largest(values), floor, 1e-6);
    const actual = found.get(name)!;
    if (actual.length !== values.length) return Infinity;
    for (let i = 0; i < values.length; i += 1) {
      const off = Math.abs(actual[i] - values[i]) / scale;
      worst = Math.max(worst, Number.isNaN(off) ? Infinity : off);
    }
  }
  return worst;
}
