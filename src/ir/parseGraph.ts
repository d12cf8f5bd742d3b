import type { Source, Span } from '../support/source.ts';
import { createSource } from '../support/source.ts';
import { ARITY } from './arity.ts';
import type { Builder } from './builder.ts';
import { createBuilder } from './builder.ts';
import type { Graph, ValueId } from './graph.ts';
import type { OpKind } from './ops.ts';
import { sameType } from './shapes.ts';
import { readAttributes } from './text/attributes.ts';
import type { Reader } from './text/reader.ts';
import { createReader } from './text/reader.ts';
import { readName, readType } from './text/tokens.ts';
import { formatType } from './types.ts';

/** A position of the text, and the source's name where it was printed. */
interface Reference {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** What positions without a name belong to. */
export const MAIN_SOURCE_NAME = '<spec>';

function isOp(word: string): word is OpKind {
  return Object.hasOwn(ARITY, word);
}

function readReferences(reader: Reader): readonly Reference[] {
  if (reader.match(/ref\b/y) === null) return [];
  const references: Reference[] = [];
  do {
    const [, name, line, column] = reader.read(/(?:("(?:[^"\\]|\\.)*"|[^\s,"]+):)?(\d+):(\d+)(?=[\s,])/y, 'a position');
    const plain = name?.startsWith('"') ? String(JSON.parse(name)) : name;
    references.push({ name: plain ?? MAIN_SOURCE_NAME, line: Number(line), column: Number(column) });
  } while (reader.take(','));
  return references;
}

/** Texts of blanks in which every position asked for exists. */
function blankSources(references: readonly Reference[]): (name: string) => Source {
  const lines = new Map<string, string[]>();
  for (const { name, line, column } of references) {
    const text = lines.get(name) ?? [];
    while (text.length < line) text.push('');
    text[line - 1] = text[line - 1].padEnd(column - 1);
    lines.set(name, text);
  }
  const sources = new Map([...lines].map(([name, text]) => [name, createSource(name, text.join('\n'))]));
  return (name) => sources.get(name) ?? createSource(name, '');
}

function spanAt(source: Source, { line, column }: Reference): Span {
  let start = 0;
  for (let i = 1; i < line; i++) start = source.text.indexOf('\n', start) + 1;
  return { source, start: start + column - 1, end: start + column - 1 };
}

/** An equation as read, before its references have become spans. */
interface Line {
  readonly emit: (builder: Builder) => ValueId;
  readonly references: readonly Reference[];
  readonly name: string | null;
}

function readEquation(reader: Reader, operand: () => ValueId): Line {
  const op = reader.read(/\w+/y, 'an op')[0];
  if (!isOp(op)) return reader.fail(`there is no op '${op}'`);
  const called = op === 'network_call';
  const complete = readAttributes<OpKind>(op, reader, called ? ['network'] : []);
  const skipped: Record<string, string> = {};
  let operands: ValueId[] = [];
  if (called) {
    reader.expect('@');
    skipped.network = readName(reader);
    reader.expect('(');
    operands = reader.list(')', operand);
  } else if (ARITY[op][1] > 0) {
    do operands.push(operand());
    while (reader.take(','));
  }
  reader.expect(':');
  const type = readType(reader);
  const attributes = complete(type, skipped);
  const references = readReferences(reader);
  const name = reader.take('//') ? readName(reader) : null;
  const emit = (builder: Builder) => {
    const id = builder.emit<OpKind>(op, operands, attributes);
    if (!sameType(builder.typeOf(id), type)) reader.fail(`${op} gives ${formatType(builder.typeOf(id))}, not ${formatType(type)}`);
    return id;
  };
  return { emit, references, name };
}

/**
 * Reads a graph as `printGraph` prints it. Spans come back as positions, empty at their start.
 *
 * @param sourceOf gives the source of a name ('<spec>' for positions without one); by default a text of blanks with that position
 * @throws Error with the line and column where the text is not such a graph
 */
export function parseGraph(text: string, sourceOf?: (name: string) => Source): Graph {
  const reader = createReader(text);
  const ids = new Map<string, ValueId>();
  const operand = () => {
    reader.expect('%');
    const name = reader.match(/\d+/y)?.[0] ?? `$${readName(reader)}`;
    return ids.get(name) ?? reader.fail(`%${name} is not defined`);
  };

  reader.expect('graph');
  reader.expect('@');
  const builder = createBuilder(readName(reader));
  reader.expect('(');
  reader.list(')', () => {
    reader.expect('%');
    const name = readName(reader);
    reader.expect(':');
    ids.set(`$${name}`, builder.input(name, readType(reader)));
  });
  reader.expect('->');
  const outputNames = reader.take('(') ? reader.list(')', () => readOutput(reader)) : [readPlainOutput(reader)];
  reader.expect('{');

  const lines: Line[] = [];
  while (reader.match(/return\b/y) === null) {
    const number = reader.read(/%(\d+)/y, 'an equation')[1];
    reader.expect('=');
    lines.push(readEquation(reader, operand));
    ids.set(number, ids.size);
  }
  const values = outputNames.length === 0 ? [] : [operand()];
  while (values.length < outputNames.length) {
    reader.expect(',');
    values.push(operand());
  }
  reader.expect('}');
  if (!reader.atEnd()) reader.fail('expected the end');

  const source = sourceOf ?? blankSources(lines.flatMap((line) => line.references));
  for (const { emit, references, name } of lines) {
    const id = builder.at(
      references.map((reference) => spanAt(source(reference.name), reference)),
      () => emit(builder),
    );
    if (name !== null) builder.name(id, name);
  }
  return builder.finish(outputNames.map((name, i) => ({ name, value: values[i] })));
}

function readOutput(reader: Reader): string {
  const name = readName(reader);
  reader.expect(':');
  readType(reader);
  return name;
}

/** A single output is the loss. */
function readPlainOutput(reader: Reader): string {
  readType(reader);
  return 'loss';
}
