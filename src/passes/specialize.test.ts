import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../ir/builder.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { printGraph } from '../ir/print.ts';
import { CLOSED_OPS, inputsFor, RANDOM_ENVIRONMENT, randomGraph } from '../ir/testing/randomGraph.ts';
import { isStatic, tensorType, type TensorType, type Type } from '../ir/types.ts';
import { arrayValue, listValue, type Value } from '../ir/values.ts';
import { verify } from '../ir/verify.ts';
import { SpecError } from '../support/diagnostic.ts';
import { createSource } from '../support/source.ts';
import { decompose } from './decompose.ts';
import { staticShape } from './shapes.ts';
import { specialize, type StaticTypes } from './specialize.ts';
import { differences } from './testing/equivalence.ts';
import { derivatives } from './testing/finiteDifferences.ts';
import { graphOf } from './testing/passHarness.ts';
import { randomTensor } from './testing/tensors.ts';
import { VJP_CASES } from './testing/vjpCases.ts';

const SYMBOLIC: readonly OpKind[] = ['size', 'broadcast_like', 'sum_like', 'broadcast_weights'];
const OWN: readonly OpKind[] = ['softplus', 'sigmoid_cross_entropy', 'softmax_cross_entropy', 'divide_no_nan'];

function typesOf(inputs: ReadonlyMap<string, Value>, typeOf: StaticTypes['typeOf'] = () => undefined): StaticTypes {
  const tensors = [...inputs].flatMap(([name, value]): [string, TensorType][] => (value.kind === 'array' ? [[name, tensorType(value.shape, { dtype: value.dtype })]] : []));
  return { inputs: new Map(tensors), typeOf };
}

const OF_ONE_SHAPE: readonly OpKind[] = ['add', 'multiply', 'select', 'divide_no_nan'];

/** Equations that still wait for a shape, or whose elementwise operands are not of their result's. */
function symbolic(graph: Graph): readonly OpKind[] {
  verify(graph);
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const dimsOf = (type: Type | undefined) => (type?.kind === 'tensor' && isStatic(type) ? type.shape.dims.join() : 'unknown');
  return graph.equations.flatMap(({ op, operands, type, attributes }) => {
    if (op === 'network_call' || op === 'get_tuple_element' || op === 'mean_of_each') return [];
    const waits = SYMBOLIC.includes(op) || (type.kind === 'tensor' && !isStatic(type)) || ('axes' in attributes && typeof attributes.axes === 'string');
    const differs = OF_ONE_SHAPE.includes(op) && operands.some((id) => dimsOf(types.get(id)) !== dimsOf(type));
    return waits || differs ? [op] : [];
  });
}

function expectStatic(graph: Graph): void {
  expect(symbolic(graph)).toEqual([]);
}

describe('specialize', () => {
  const cases = Object.entries(VJP_CASES).flatMap(([op, tests]) => tests.map((test) => ({ op, test })));

  it.each(cases)('$op, $test.name: the same values and gradients to second order', ({ test }) => {
    const graph = derivatives(test, 2);
    const inputs = new Map(test.at.map((value, i): [string, Value] => [`x${i}`, value]));
    const result = specialize(graph, typesOf(inputs));
    expectStatic(result);
    expect(differences(graph, result, inputs, {}, 1e-9)).toEqual([]);
    const plain = decompose(result);
    expectStatic(plain);
    expect(plain.equations.filter(({ op }) => OWN.includes(op))).toEqual([]);
    expect(differences(graph, plain, inputs, {}, 1e-9)).toEqual([]);
  });

  it('random graphs keep every bit', () => {
    // sum_like to the same shape is left out, as TensorFlow does, though it would turn −0 into 0
    const ops = CLOSED_OPS.filter((op) => op !== 'sum_like');
    fc.assert(
      fc.property(randomGraph({ equations: 12, ops }), fc.nat(), (graph, seed) => {
        const inputs = inputsFor(graph, seed, { odd: true });
        const result = specialize(graph, typesOf(inputs));
        expectStatic(result);
        expect(differences(graph, result, inputs, RANDOM_ENVIRONMENT)).toEqual([]);
        expect(printGraph(specialize(result, typesOf(inputs)))).toBe(printGraph(result));
      }),
      { numRuns: 200 },
    );
  });

  it('random graphs keep their values when decomposed', () => {
    fc.assert(
      fc.property(randomGraph({ equations: 12, ops: [...OWN, 'add', 'negate', 'constant', 'tanh'] }), fc.nat(), (graph, seed) => {
        const inputs = inputsFor(graph, seed, { odd: true });
        const result = decompose(specialize(graph, typesOf(inputs)));
        expectStatic(result);
        expect(differences(graph, result, inputs, RANDOM_ENVIRONMENT, 1e-9)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  const penalty = graphOf(
    '%real: f32[n, ...], %fake: f32[n, ...], %z: any, %weights: f32[...]',
    'f32[]',
    `  %0 = rng_uniform<gp> %real : f32[n, ...]       ref 1:1
  %1 = subtract %fake, %real : f32[n, ...]       ref 1:1
  %2 = multiply %0, %1 : f32[n, ...]                ref 1:1
  %3 = add %real, %2 : f32[n, ...]                  ref 1:1   // point
  %4 = network_call @D(%3, %z) : f32[n, ...]        ref 1:1
  %5 = broadcast_weights %weights, %4 : f32[n, ...]   ref 1:1
  %6 = multiply %4, %5 : f32[n, ...]                ref 1:1
  %7 = reduce<add, all_but_first> %6 : f32[n]  ref 1:1
  %8 = reduce<add, all> %7 : f32[]               ref 1:1
  %9 = size %7 : f32[]                           ref 1:1
  %10 = divide_no_nan %8, %9 : f32[]             ref 1:1
  return %10`,
  );
  const inputs = (weights: readonly number[]) =>
    new Map<string, Value>([
      ['real', randomTensor([4, 3], 1)],
      ['fake', randomTensor([4, 3], 2)],
      ['z', listValue([])],
      ['weights', randomTensor(weights, 3)],
    ]);
  const typeOf: StaticTypes['typeOf'] = ({ op }) => (op === 'network_call' ? tensorType([4, 2]) : undefined);

  it('prints as what StableHLO needs, with networks’ types from the binding', () => {
    const given = inputs([4, 1]);
    const result = specialize(penalty, typesOf(given, typeOf));
    expectStatic(result);
    expect(printGraph(result)).toMatchInlineSnapshot(`
      "graph @test(%real: f32[4, 3], %fake: f32[4, 3], %z: any, %weights: f32[4, 1]) -> f32[] {
        %0 = rng_uniform<gp> %real : f32[4, 1]                ref 1:1
        %1 = subtract %fake, %real : f32[4, 3]                ref 1:1
        %2 = broadcast_in_dim<[0, 1]> %0 : f32[4, 3]          ref 1:1
        %3 = multiply %2, %1 : f32[4, 3]                      ref 1:1
        %4 = add %real, %3 : f32[4, 3]                        ref 1:1   // point
        %5 = network_call @D(%4, %z) : f32[4, ...]            ref 1:1
        %6 = reshape %5 : f32[4, 2]                           ref 1:1
        %7 = broadcast_in_dim<[0, 1]> %weights : f32[4, 2]    ref 1:1
        %8 = multiply %6, %7 : f32[4, 2]                      ref 1:1
        %9 = reduce<add, [1]> %8 : f32[4]                     ref 1:1
        %10 = reduce<add, [0]> %9 : f32[]                     ref 1:1
        %11 = constant<4> : f32[]                             ref 1:1
        %12 = divide_no_nan %10, %11 : f32[]                  ref 1:1
        return %12
      }
      "
    `);
    const networks = new Map([['D', (data: Value) => (data.kind === 'array' ? arrayValue([4, 2], data.data.slice(0, 8)) : data)]]);
    expect(differences(penalty, result, given, { ...RANDOM_ENVIRONMENT, networks })).toEqual([]);
  });

  it('refuses weights that do not fit, as the user’s mistake at its place', () => {
    const attempt = () => specialize(penalty, typesOf(inputs([3]), typeOf));
    expect(attempt).toThrow(SpecError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ diagnostics: [{ code: 'GL5004', span: { start: expect.any(Number) } }] });
    }
  });

  it('says which value the binding leaves open', () => {
    expect(() => specialize(penalty, typesOf(inputs([4, 1])))).toThrow('network_call is of type f32[4, ...], which the binding does not make static');
  });
});

const OPEN = tensorType(['n'], { open: true });

describe('weights that are bound', () => {
  const bind = (weights: readonly number[], losses: readonly number[]) => {
    const b = createBuilder('test');
    const [w, x] = [b.input('w', tensorType(['a'], { open: true })), b.input('x', OPEN)];
    const scalar = b.emit('reduce', [w], { kind: 'add', axes: 'all' });
    const span = { source: createSource('a.ganloss', 'reduce'), start: 0, end: 6 };
    const value = b.at([span], () => b.emit('broadcast_weights', [weights.length === 0 ? scalar : w, x]));
    return specialize(b.finish([{ name: 'y', value }]), { inputs: new Map([['w', tensorType(weights.length === 0 ? [1] : weights)], ['x', tensorType(losses)]]), typeOf: () => undefined });
  };

  it.each([[[], [2, 3]], [[2, 3], [2, 3]], [[2, 1], [2, 3]], [[1, 1], [2, 3]], [[1, 3], [2, 3]]])('%j fit losses of %j', (weights, losses) => {
    const graph = bind(weights, losses);
    const { type } = [...graph.inputs, ...graph.equations].find(({ id }) => id === graph.outputs[0].value)!;
    expect(staticShape(type)).toEqual(losses);
  });

  it.each([[[3], [2, 3]], [[2, 2], [2, 3]], [[3, 3], [2, 3]], [[1, 2, 3], [2, 3]], [[2, 3], [3]]])('%j do not fit losses of %j: GL5004', (weights, losses) => {
    expect(() => bind(weights, losses)).toThrow(SpecError);
  });

  it('what the binding does not know is named', () => {
    const b = createBuilder('test');
    const graph = b.finish([{ name: 'y', value: b.emit('network_call', [b.input('x', OPEN)], { network: 'D', outputs: 'single' }) }]);
    expect(() => specialize(graph, { inputs: new Map([['x', tensorType([2])]]), typeOf: () => undefined })).toThrow('network_call is of type f32[2, ...], which the binding does not make static');
    const bound = specialize(graph, { inputs: new Map([['x', tensorType([2])]]), typeOf: () => tensorType([2, 1]) });
    expect(staticShape(bound.equations.find(({ id }) => id === bound.outputs[0].value)!.type)).toEqual([2, 1]);
  });
});
