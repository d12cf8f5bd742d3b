import type { DType, Dim, Type } from '../types.ts';
import { opaqueType, tensorType } from '../types.ts';
import type { Reader } from './reader.ts';

const BARE = /^[A-Za-z_][\w.]*$/;

/** A name as it is where it reads as one, else as a JSON string. */
export function formatName(name: string): string {
  return BARE.test(name) ? name : JSON.stringify(name);
}

export function readName(reader: Reader): string {
  const [token] = reader.read(/[A-Za-z_][\w.]*|"(?:[^"\\]|\\.)*"/y, 'a name');
  return token.startsWith('"') ? String(JSON.parse(token)) : token;
}

/** The shortest decimal that reads back as the same float64, with NaN, Infinity and −0 kept apart. */
export function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export function readNumber(reader: Reader): number {
  return Number(reader.read(/NaN|-?Infinity|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/y, 'a number')[0]);
}

/** A type as `formatType` prints it. */
export function readType(reader: Reader): Type {
  const opaque = reader.match(/(any|outputs|list|distributions)\b/y);
  if (opaque !== null) return opaqueType(opaque[1] as 'any' | 'outputs' | 'list' | 'distributions');
  const dtype = reader.read(/f32|i32|i1/y, 'a type')[0] as DType;
  reader.expect('[');
  const tokens = reader.list(']', () => reader.read(/\.\.\.|[^\s,[\]]+/y, 'a dimension')[0]);
  const open = tokens.at(-1) === '...';
  const dims = (open ? tokens.slice(0, -1) : tokens).map((token): Dim => (/^\d+$/.test(token) ? Number(token) : token));
  return tensorType(dims, { open, dtype });
}
