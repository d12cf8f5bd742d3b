import { invariant } from '../../../support/invariant.ts';
import type { ByteWriter } from './byteWriter.ts';
import { byteWriter } from './byteWriter.ts';
import type { FunctionBody, FunctionBuilder } from './functionBuilder.ts';
import { functionAssembler } from './functionBuilder.ts';
import type { FunctionReference } from './instruction.ts';
import { encodeInstruction } from './instruction.ts';
import type { FunctionType } from './valueTypes.ts';
import { functionType, VALUE_TYPE_CODES } from './valueTypes.ts';

/** A module under construction. Memory is its only import. */
export interface ModuleBuilder {
  /** Builds a function, e.g. `define('scale', 'i32 v128 -> v128', ['from', 'factor'], (fn) => …)`. */
  readonly define: (name: string, type: string | FunctionType, paramNames: readonly string[], build: (fn: FunctionBuilder) => void) => FunctionReference;
  readonly export: (name: string, reference: FunctionReference) => void;
  readonly find: (name: string) => FunctionReference;
  readonly bodyOf: (reference: FunctionReference) => FunctionBody;
  readonly bytes: () => Uint8Array;
}

export interface ModuleOptions {
  /** Imported as env.memory. A shared one must have been made with a maximum. A function is asked when the bytes are made. */
  readonly memory: { readonly pages: number | (() => number); readonly shared: boolean };
}

/** 4 GiB, in pages of 64 KiB. */
const MOST_PAGES = 65536;

function section(writer: ByteWriter, id: number, fill: (content: ByteWriter) => void): void {
  const content = byteWriter();
  fill(content);
  const bytes = content.result();
  writer.byte(id);
  writer.unsigned(bytes.length);
  writer.bytes(bytes);
}

function encodeType(writer: ByteWriter, type: FunctionType): void {
  writer.byte(0x60);
  for (const types of [type.params, type.results]) {
    writer.unsigned(types.length);
    writer.bytes(types.map((each) => VALUE_TYPE_CODES[each]));
  }
}

function encodeBody(body: FunctionBody): Uint8Array {
  const writer = byteWriter();
  const runs: { code: number; count: number }[] = [];
  for (const { type } of body.locals) {
    const code = VALUE_TYPE_CODES[type];
    const last = runs[runs.length - 1];
    if (last?.code === code) last.count++;
    else runs.push({ code, count: 1 });
  }
  writer.unsigned(runs.length);
  for (const { code, count } of runs) {
    writer.unsigned(count);
    writer.byte(code);
  }
  for (const instruction of body.instructions) encodeInstruction(writer, instruction);
  return writer.result();
}

export function moduleBuilder(options: ModuleOptions): ModuleBuilder {
  const assemble = functionAssembler();
  const types = new Map<string, { readonly index: number; readonly type: FunctionType }>();
  const functions: { readonly reference: FunctionReference; readonly body: FunctionBody; readonly type: number }[] = [];
  const exports: { readonly name: string; readonly index: number }[] = [];

  function typeIndex(type: FunctionType): number {
    const key = `${type.params.join(' ')}->${type.results.join(' ')}`;
    const known = types.get(key) ?? { index: types.size, type };
    types.set(key, known);
    return known.index;
  }
  function encodeMemoryImport(writer: ByteWriter): void {
    writer.unsigned(1);
    writer.name('env');
    writer.name('memory');
    writer.byte(0x02);
    writer.byte(options.memory.shared ? 3 : 0);
    writer.unsigned(typeof options.memory.pages === 'number' ? options.memory.pages : options.memory.pages());
    if (options.memory.shared) writer.unsigned(MOST_PAGES);
  }

  return {
    define: (name, type, paramNames, build) => {
      const parsed = typeof type === 'string' ? functionType(type) : type;
      const body = assemble(name, parsed, paramNames, build);
      const reference = { name, index: functions.length, type: parsed };
      functions.push({ reference, body, type: typeIndex(parsed) });
      return reference;
    },
    export: (name, { index }) => void exports.push({ name, index }),
    find: (name) => {
      const found = functions.find(({ reference }) => reference.name === name);
      invariant(found !== undefined, `no function ${name}`);
      return found.reference;
    },
    bodyOf: ({ index }) => functions[index].body,
    bytes: () => {
      const writer = byteWriter();
      writer.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
      section(writer, 1, (content) => {
        content.unsigned(types.size);
        for (const { type } of types.values()) encodeType(content, type);
      });
      section(writer, 2, encodeMemoryImport);
      section(writer, 3, (content) => {
        content.unsigned(functions.length);
        for (const { type } of functions) content.unsigned(type);
      });
      section(writer, 7, (content) => {
        content.unsigned(exports.length);
        for (const { name, index } of exports) {
          content.name(name);
          content.byte(0x00);
          content.unsigned(index);
        }
      });
      section(writer, 10, (content) => {
        content.unsigned(functions.length);
        for (const { body } of functions) {
          const bytes = encodeBody(body);
          content.unsigned(bytes.length);
          content.bytes(bytes);
        }
      });
      // names, for profilers and stack traces
      section(writer, 0, (content) => {
        content.name('name');
        section(content, 1, (names) => {
          names.unsigned(functions.length);
          for (const { reference } of functions) {
            names.unsigned(reference.index);
            names.name(reference.name);
          }
        });
      });
      return writer.result();
    },
  };
}
