import type { Span } from '../support/source.ts';
import { invariant } from '../support/invariant.ts';
import type { Equation, Graph, GraphInput, GraphOutput, ValueId } from './graph.ts';
import { inferType } from './infer.ts';
import type { None, OpAttributes, OpKind } from './ops.ts';
import type { Type } from './types.ts';

const NONE: None = {};

type AttributesArgument<K extends OpKind> = None extends OpAttributes[K] ? [attributes?: OpAttributes[K]] : [attributes: OpAttributes[K]];

export interface Builder {
  readonly input: (name: string, type: Type) => ValueId;
  /** Appends an equation and infers its type. */
  readonly emit: <K extends OpKind>(op: K, operands: readonly ValueId[], ...attributes: AttributesArgument<K>) => ValueId;
  /** A scalar constant, or one of `shape` filled with it. */
  readonly constant: (value: number) => ValueId;
  readonly typeOf: (id: ValueId) => Type;
  /** Runs `body`; the equations that it emits come from `origin`. */
  readonly at: <T>(origin: readonly Span[], body: () => T) => T;
  /** Gives the value of an equation the name that readers know it by; the first name stays. */
  readonly name: (id: ValueId, name: string) => void;
  /** Takes over an equation of another graph under new operands, with its attributes and origin. */
  readonly copy: (equation: Equation, operands: readonly ValueId[]) => ValueId;
  readonly finish: (outputs: readonly GraphOutput[]) => Graph;
}

/** Makes a graph equation by equation. The only way in which graphs come to be. */
export function createBuilder(name: string): Builder {
  const inputs: GraphInput[] = [];
  const equations: Equation[] = [];
  const types: Type[] = [];
  let origin: readonly Span[] = [];

  const append = <K extends OpKind>(op: K, operands: readonly ValueId[], attributes: OpAttributes[K], from: readonly Span[], hint?: string): ValueId => {
    const operandTypes = operands.map((id) => {
      invariant(id in types, `${op} reads %${id}, which is not there yet`);
      return types[id];
    });
    const type = inferType(op, operandTypes, attributes);
    const id = types.length;
    types.push(type);
    // the mapped union cannot be rebuilt from its generic parts: K links op and attributes by construction
    equations.push({ id, op, operands, attributes, type, origin: from, ...(hint === undefined ? {} : { name: hint }) } as Equation);
    return id;
  };

  const builder: Builder = {
    input(inputName, type) {
      const id = types.length;
      types.push(type);
      inputs.push({ id, name: inputName, type });
      return id;
    },
    emit(op, operands, ...[attributes]) {
      return append(op, operands, (attributes ?? NONE) as OpAttributes[typeof op], origin);
    },
    constant(value) {
      return builder.emit('constant', [], { dtype: 'f32', shape: [], data: [value] });
    },
    typeOf(id) {
      return types[id];
    },
    at(from, body) {
      const outer = origin;
      origin = from;
      try {
        return body();
      } finally {
        origin = outer;
      }
    },
    name(id, hint) {
      const index = equations.findIndex((equation) => equation.id === id);
      if (index >= 0 && equations[index].name === undefined) equations[index] = { ...equations[index], name: hint };
    },
    copy(equation, operands) {
      return append(equation.op, operands, equation.attributes, equation.origin, equation.name);
    },
    finish(outputs) {
      return { name, inputs, equations, outputs };
    },
  };
  return builder;
}
