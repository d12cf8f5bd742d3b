import { describe, expect, it } from 'vitest';
import { createBuilder } from './builder.ts';
import type { Equation, Graph } from './graph.ts';
import { tensorType } from './types.ts';
import { verify } from './verify.ts';

function graph(): Graph {
  const b = createBuilder('g');
  const x = b.input('x', tensorType([2, 3]));
  const sum = b.emit('reduce', [x], { kind: 'add', axes: [1] });
  return b.finish([{ name: 'loss', value: b.emit('negate', [sum]) }]);
}

/** The graph with its equation `index` changed. */
function changed(index: number, change: Partial<Equation>): Graph {
  const { equations, ...rest } = graph();
  return { ...rest, equations: equations.map((equation, i) => (i === index ? ({ ...equation, ...change } as Equation) : equation)) };
}

describe('verify', () => {
  it('accepts what the builder makes', () => expect(() => verify(graph())).not.toThrow());

  it.each<[string, Graph, string]>([
    ['a wrong type', changed(1, { type: tensorType([3]) }), 'compiler bug: graph @g: the type is f32[3], inference gives f32[2]\n  in %1 = negate %0 : f32[3]'],
    ['a use before its definition', changed(0, { operands: [2] }), 'operand %?2 is not there yet\n  in %0 = reduce<add, [1]> %1 : f32[2]'],
    ['an operand that does not exist', changed(0, { operands: [9] }), 'operand %?9 is not there yet\n  in %0 = reduce<add, [1]> %?9 : f32[2]'],
    ['a missing operand', changed(0, { operands: [] }), 'reduce takes 1 operands, not 0'],
    ['an id given twice', changed(1, { id: 1 }), 'the id 1 is given twice'],
    ['attributes out of range', changed(0, { attributes: { kind: 'add', axes: [2] } }), 'axes [2] are not distinct dimensions of a tensor of rank 2'],
    ['attributes of another op', changed(0, { attributes: { permutation: [0] } }), 'compiler bug: graph @g'],
    ['an unknown word in attributes', changed(0, { attributes: { kind: 'mean' as 'add', axes: [1] } }), "'mean' is not add or maximum or minimum"],
    ['an unknown op', changed(0, { op: 'frobnicate' as 'negate' }), "there is no op 'frobnicate'"],
    ['an output that does not exist', { ...graph(), outputs: [{ name: 'loss', value: 7 }] }, "output 'loss' is %?7, which does not exist"],
    ['two outputs of one name', { ...graph(), outputs: [...graph().outputs, ...graph().outputs] }, "two outputs are called 'loss'"],
    ['two inputs of one name', { ...graph(), inputs: [...graph().inputs, { id: 8, name: 'x', type: tensorType([]) }] }, "two inputs are called 'x'"],
  ])('refuses %s', (_name, bad, message) => expect(() => verify(bad)).toThrow(message));
});
