import { createBuilder, type Builder } from '../../ir/builder.ts';
import { evaluate } from '../../ir/evaluate.ts';
import type { Graph, GraphOutput, ValueId } from '../../ir/graph.ts';
import { tensorType, type Type } from '../../ir/types.ts';
import { arrayValue, typeOfValue, type ArrayValue, type Value } from '../../ir/values.ts';
import { gradients } from '../gradients.ts';
import { dataOf, distance, randomTensor } from './tensors.ts';

export interface GradientCase {
  readonly name: string;
  /** Where the function is differentiated. */
  readonly at: readonly ArrayValue[];
  readonly build: (builder: Builder, inputs: readonly ValueId[]) => ValueId;
  /** The inputs' types; by default those of the values. */
  readonly types?: readonly Type[];
}

/** Nothing is known of it. */
export const UNKNOWN: Type = tensorType([], { open: true });

const nameOf = (i: number) => `x${i}`;

function inputsOf(at: readonly ArrayValue[]): ReadonlyMap<string, Value> {
  return new Map(at.map((value, i) => [nameOf(i), value]));
}

function start(test: GradientCase, types: readonly Type[]) {
  const builder = createBuilder('test');
  const xs = types.map((type, i) => builder.input(nameOf(i), type));
  return { builder, xs, y: test.build(builder, xs) };
}

/** Σ weights·x, with fixed random weights of the given shape. */
function weightedSum(builder: Builder, x: ValueId, shape: readonly number[], seed: number): ValueId {
  const weights = builder.emit('constant', [], { dtype: 'f32', shape, data: [...randomTensor(shape, seed).data] });
  return builder.emit('reduce', [builder.emit('multiply', [x, weights])], { kind: 'add', axes: 'all' });
}

/** y + y²/2 + y³/6, so that linear ops have a third derivative to be tested by, too. */
function curved(builder: Builder, y: ValueId): ValueId {
  const square = builder.emit('multiply', [y, y]);
  const half = builder.emit('multiply', [square, builder.constant(1 / 2)]);
  const sixth = builder.emit('multiply', [builder.emit('multiply', [square, y]), builder.constant(1 / 6)]);
  return builder.emit('add', [y, builder.emit('add', [half, sixth])]);
}

/**
 * A graph with outputs `level0 … level<order>`, each the weighted sum of the previous one's gradients, and `gradient<level>.<input>`.
 */
export function derivatives(test: GradientCase, order: number): Graph {
  const types = test.types ?? test.at.map(typeOfValue);
  const probe = start(test, test.at.map(typeOfValue));
  const shape = evaluate(probe.builder.finish([{ name: 'y', value: probe.y }]), inputsOf(test.at)).get('y');
  if (shape?.kind !== 'array') throw new Error('not a tensor');

  const { builder, xs, y } = start(test, types);
  const outputs: GraphOutput[] = [];
  let level = weightedSum(builder, curved(builder, y), shape.shape, 1);
  outputs.push({ name: 'level0', value: level });
  for (let i = 1; i <= order; i++) {
    const found = gradients(builder, level, xs);
    if (found.kind === 'opaque') throw new Error(`${found.equation.op}: ${found.why}`);
    found.values.forEach((value, k) => outputs.push({ name: `gradient${i}.${k}`, value }));
    level = found.values.map((value, k) => weightedSum(builder, value, test.at[k].shape, 10 * i + k)).reduce((a, b) => builder.emit('add', [a, b]));
    outputs.push({ name: `level${i}`, value: level });
  }
  return builder.finish(outputs);
}

/**
 * The largest distance, over all orders up to `order`, inputs and elements, between a gradient and the central difference of the level
 * below it.
 */
export function worstDistance(test: GradientCase, order: number, step = 1e-4): number {
  const graph = derivatives(test, order);
  const here = evaluate(graph, inputsOf(test.at));
  let worst = 0;
  test.at.forEach((value, k) => {
    for (let j = 0; j < value.data.length; j++) {
      const moved = (by: number) => {
        const data = Float64Array.from(value.data);
        data[j] += by;
        return evaluate(graph, inputsOf(test.at.map((other, i) => (i === k ? arrayValue(value.shape, data) : other))));
      };
      const [up, down] = [moved(step), moved(-step)];
      for (let level = 1; level <= order; level++) {
        const difference = (dataOf(up.get(`level${level - 1}`))[0] - dataOf(down.get(`level${level - 1}`))[0]) / (2 * step);
        const found = here.get(`gradient${level}.${k}`);
        if (found?.kind !== 'array' || found.shape.join() !== value.shape.join()) throw new Error(`gradient ${level} by input ${k} is not of its shape`);
        worst = Number.isFinite(difference) ? Math.max(worst, distance(found.data[j], difference)) : Infinity;
      }
    }
  });
  return worst;
}
