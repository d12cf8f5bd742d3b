import type { Axes, Padding } from '../ops.ts';
import type { DType, Type } from '../types.ts';
import type { Reader } from './reader.ts';
import { formatName, formatNumber, readName, readNumber } from './tokens.ts';

/** How one kind of value stands in the text. Some are complete only with the type that the equation ends with. */
export interface Codec<T> {
  readonly print: (value: T) => string;
  readonly parse: (reader: Reader) => (type: Type) => T;
}

/**
 * How one attribute is printed: by its position, by its name, or not at all where the equation's type says it. An attribute that
 * equals its `usual` value, which may depend on those before it, is left out.
 */
export type Field<T, A> =
  | { readonly place: 'positional' | 'named'; readonly codec: Codec<T>; readonly usual?: (before: A) => T }
  | { readonly place: 'type'; readonly read: (type: Type) => T };

function codec<T>(print: (value: T) => string, parse: (reader: Reader) => T): Codec<T> {
  return {
    print,
    parse: (reader) => {
      const value = parse(reader);
      return () => value;
    },
  };
}

function readList<T>(reader: Reader, item: () => T): T[] {
  reader.expect('[');
  return reader.list(']', item);
}

const formatNumbers = (values: readonly number[]) => `[${values.map(formatNumber).join(', ')}]`;

export const number: Codec<number> = codec(formatNumber, readNumber);
export const numbers: Codec<readonly number[]> = codec<readonly number[]>(formatNumbers, (reader) => readList(reader, () => readNumber(reader)));
export const name: Codec<string> = codec(formatName, readName);
export const nameOrNull: Codec<string | null> = codec<string | null>((value) => formatName(value ?? ''), readName);

export const boolean: Codec<boolean> = codec(String, (reader) => reader.read(/true|false/y, 'a boolean')[0] === 'true');

export const booleans: Codec<readonly boolean[]> = codec(
  (values) => `[${values.join(', ')}]`,
  (reader) => readList(reader, () => reader.read(/true|false/y, 'a boolean')[0] === 'true'),
);

export const padding: Codec<Padding> = codec(
  (pairs) => `[${pairs.map(formatNumbers).join(', ')}]`,
  (reader) =>
    readList(reader, (): readonly [number, number] => {
      const pair = readList(reader, () => readNumber(reader));
      return pair.length === 2 ? [pair[0], pair[1]] : reader.fail('padding is a list of [low, high]');
    }),
);

export const axes: Codec<Axes> = codec(
  (value) => (typeof value === 'string' ? value : formatNumbers(value)),
  (reader) => (reader.match(/all_but_first|all/y)?.[0] as 'all' | 'all_but_first' | undefined) ?? readList(reader, () => readNumber(reader)),
);

/** Dimension numbers of a convolution, such as `b01f`. */
export const dimensionNumbers: Codec<string> = codec(
  (text) => text,
  (reader) => reader.read(/\w+/y, 'dimension numbers')[0],
);

/** One of a few words. */
export function word<T extends string>(...words: readonly T[]): Codec<T> {
  return codec(
    (value) => value,
    (reader) => {
      const token = reader.read(/\w+/y, words.join(' or '))[0];
      return words.find((candidate) => candidate === token) ?? reader.fail(`'${token}' is not ${words.join(' or ')}`);
    },
  );
}

/** The numbers of a constant: one number where all are the same, which the type's shape repeats. */
export const constantData: Codec<readonly number[]> = {
  print: (data) => (data.length > 0 && data.every((x) => Object.is(x, data[0])) ? formatNumber(data[0]) : formatNumbers(data)),
  parse: (reader) => {
    if (reader.take('[')) {
      const data = reader.list(']', () => readNumber(reader));
      return () => data;
    }
    const value = readNumber(reader);
    return (type) => new Array<number>(shapeOf(type).reduce((size, dim) => size * dim, 1)).fill(value);
  },
};

export function shapeOf(type: Type): readonly number[] {
  return type.kind === 'tensor' ? type.shape.dims.map(Number) : [];
}

export function dtypeOf(type: Type): DType {
  return type.kind === 'tensor' ? type.dtype : 'f32';
}
