import type { ByteWriter } from './byteWriter.ts';
import type { InstructionRow } from './instructions.ts';
import type { FunctionType, ValueType } from './valueTypes.ts';
import { VALUE_TYPE_CODES } from './valueTypes.ts';

/** A function of a module; `index` is its place there. */
export interface FunctionReference {
  readonly name: string;
  readonly index: number;
  readonly type: FunctionType;
}

/** A local variable or parameter. `name` is for readers of the text format. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
  readonly name: string;
}

/** One emitted instruction, as the encoder and the printer read it. */
export type Instruction =
  | { readonly kind: 'plain'; readonly name: string; readonly row: InstructionRow }
  | { readonly kind: 'memory'; readonly name: string; readonly row: InstructionRow; readonly offset: number; readonly align: number; readonly lane: number | undefined }
  | { readonly kind: 'lane'; readonly name: string; readonly row: InstructionRow; readonly lane: number }
  | { readonly kind: 'local'; readonly name: 'local.get' | 'local.set' | 'local.tee'; readonly local: Local }
  | { readonly kind: 'const'; readonly type: 'i32' | 'f32' | 'f64'; readonly value: number }
  | { readonly kind: 'i64.const'; readonly value: bigint }
  | { readonly kind: 'v128.const'; readonly bytes: Uint8Array }
  | { readonly kind: 'shuffle'; readonly lanes: readonly number[] }
  | { readonly kind: 'open'; readonly name: 'block' | 'loop' | 'if'; readonly result: ValueType | undefined }
  | { readonly kind: 'else' | 'end' | 'return' | 'drop' }
  | { readonly kind: 'select'; readonly type: ValueType }
  | { readonly kind: 'branch'; readonly name: 'br' | 'br_if'; readonly depth: number }
  | { readonly kind: 'call'; readonly callee: FunctionReference };

const LOCAL_CODES = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 } as const;
const CONST_CODES = { i32: 0x41, f32: 0x43, f64: 0x44 } as const;
const OPEN_CODES = { block: 0x02, loop: 0x03, if: 0x04 } as const;
const SIMPLE_CODES = { else: 0x05, end: 0x0b, return: 0x0f, drop: 0x1a } as const;
const BRANCH_CODES = { br: 0x0c, br_if: 0x0d } as const;

/** Signed LEB128 of 64 bits. */
function signed64(writer: ByteWriter, value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n ? (low & 0x40) === 0 : rest === -1n && (low & 0x40) !== 0) return writer.byte(low);
    writer.byte(low | 0x80);
  }
}

export function encodeInstruction(writer: ByteWriter, instruction: Instruction): void {
  switch (instruction.kind) {
    case 'plain':
      return writer.bytes(instruction.row.code);
    case 'memory':
      writer.bytes(instruction.row.code);
      writer.unsigned(instruction.align);
      writer.unsigned(instruction.offset);
      if (instruction.lane !== undefined) writer.byte(instruction.lane);
      return;
    case 'lane':
      writer.bytes(instruction.row.code);
      return writer.byte(instruction.lane);
    case 'local':
      writer.byte(LOCAL_CODES[instruction.name]);
      return writer.unsigned(instruction.local.index);
    case 'const':
      writer.byte(CONST_CODES[instruction.type]);
      return instruction.type === 'i32' ? writer.signed(instruction.value) : writer[instruction.type](instruction.value);
    case 'i64.const':
      writer.byte(0x42);
      return signed64(writer, instruction.value);
    case 'v128.const':
      writer.bytes([0xfd, 12]);
      return writer.bytes(instruction.bytes);
    case 'shuffle':
      writer.bytes([0xfd, 13]);
      return writer.bytes(instruction.lanes);
    case 'open':
      writer.byte(OPEN_CODES[instruction.name]);
      return writer.byte(instruction.result === undefined ? 0x40 : VALUE_TYPE_CODES[instruction.result]);
    case 'else':
    case 'end':
    case 'return':
    case 'drop':
      return writer.byte(SIMPLE_CODES[instruction.kind]);
    case 'select':
      return writer.bytes([0x1c, 1, VALUE_TYPE_CODES[instruction.type]]);
    case 'branch':
      writer.byte(BRANCH_CODES[instruction.name]);
      return writer.unsigned(instruction.depth);
    case 'call':
      writer.byte(0x10);
      return writer.unsigned(instruction.callee.index);
    default:
      return instruction satisfies never;
  }
}
