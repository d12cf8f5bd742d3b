import type { Graph } from '../../../src/ir/graph.ts';
import { inputsFor } from '../../../src/ir/testing/randomGraph.ts';
import { referenceOf, type Reference } from '../../../src/ir/testing/reference.ts';
import type { ArrayValue, Value } from '../../../src/ir/values.ts';
import { randomGradient, randomOpen, staticOf } from '../../../src/passes/testing/randomStatic.ts';

/** A graph, numbers for its inputs, and what its outputs should be. */
export interface FuzzCase {
  /** As it was made: operands broadcast, and ganloss's own ops are there. */
  readonly open: Graph;
  /** After `specialize` and `decompose`. */
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly openReference: Reference;
  readonly reference: Reference;
  /** Of a network: the outputs as tfjs's tape has them. */
  readonly tape?: ReadonlyMap<string, ArrayLike<number>>;
}

export function caseOf(open: Graph, given: ReadonlyMap<string, Value>): FuzzCase {
  const inputs = new Map([...given].map(([name, value]) => [name, inFloat32(value)]));
  const graph = staticOf(open);
  return { open, graph, inputs, openReference: referenceOf(open, inputs), reference: referenceOf(graph, inputs) };
}

function inFloat32(value: Value): Value {
  return value.kind === 'array' && value.dtype === 'f32' ? { ...value, data: value.data.map(Math.fround) } : value;
}

/** Every other graph has gradients among its outputs, every third NaN, infinities, −0 and large numbers among its inputs. */
export function randomCase(seed: number): FuzzCase {
  const open = seed % 2 === 0 ? randomGradient(seed, { equations: 9 }) : randomOpen(seed);
  return caseOf(open, inputsFor(open, seed, { odd: seed % 3 === 0 }));
}

export function numbersOf(inputs: ReadonlyMap<string, Value>): ReadonlyMap<string, Float64Array> {
  return new Map([...inputs].map(([name, value]) => [name, (value as ArrayValue).data]));
}
