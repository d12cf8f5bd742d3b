import { expect, it } from 'vitest';
import { evaluateOp } from '../evaluate.ts';
import { inferType } from '../infer.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import type { DType } from '../types.ts';
import { formatType } from '../types.ts';
import type { ArrayValue } from '../values.ts';
import { arrayValue, formatValue, typeOfValue } from '../values.ts';

/** Nested lists of numbers; booleans make an `i1`. */
export type Nested = number | boolean | readonly Nested[];

/** What an op gives for operands: [operands, attributes, result]. */
export type Case<K extends OpKind> = readonly [operands: readonly ArrayValue[], attributes: OpAttributes[K], result: ArrayValue];

/** A row for each op of a group. */
export type Cases<K extends OpKind> = { readonly [P in K]: readonly Case<P>[] };

function flatten(nested: Nested): number[] {
  return typeof nested === 'object' ? nested.flatMap(flatten) : [Number(nested)];
}

/** A tensor from nested lists, `t([[1, 2], [3, 4]])`; booleans make an i1. An empty list has the shape [0]. */
export function t(nested: Nested, dtype?: DType): ArrayValue {
  const shape: number[] = [];
  let level = nested;
  for (; typeof level === 'object'; level = level[0] ?? 0) shape.push(level.length);
  return arrayValue(shape, flatten(nested), dtype ?? (typeof level === 'boolean' ? 'i1' : 'f32'));
}

/** A tensor of int32. */
export const ints = (nested: Nested) => t(nested, 'i32');

/** A tensor without elements. */
export const empty = (...shape: number[]) => arrayValue(shape, []);

/** Equal, with NaN and the two zeros told apart, or within a few units in the last place. */
function close(a: number, b: number): boolean {
  return Object.is(a, b) || (Math.abs(a - b) <= 2e-15 * Math.abs(b) && a !== 0);
}

/** Tests evaluation and inference on every case. */
export function testCases<K extends OpKind>(table: Cases<K>): void {
  for (const op of Object.keys(table) as K[]) {
    it.each(table[op].map((row, i) => ({ row, i })))(`${op} $i`, ({ row: [operands, attributes, expected] }) => {
      const value = evaluateOp(op, operands, attributes);
      const agrees = value.kind === 'array' && value.data.length === expected.data.length && value.data.every((x, i) => close(x, expected.data[i]));
      if (!agrees) expect(formatValue(value)).toBe(formatValue(expected));
      expect(formatType(typeOfValue(value))).toBe(formatType(typeOfValue(expected)));
      expect(formatType(inferType(op, operands.map(typeOfValue), attributes))).toBe(formatType(typeOfValue(expected)));
    });
  }
}
