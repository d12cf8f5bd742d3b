import type { FunctionBody } from './functionBuilder.ts';
import type { Instruction } from './instruction.ts';

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function vectorText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const lanes = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  return `v128.const i32x4 ${lanes.map((lane) => `0x${lane.toString(16).padStart(8, '0')}`).join(' ')}`;
}

function text(instruction: Instruction): string {
  switch (instruction.kind) {
    case 'plain':
      return instruction.name;
    case 'memory': {
      const parts = [instruction.name];
      if (instruction.offset > 0) parts.push(`offset=${instruction.offset}`);
      if (instruction.lane !== undefined) parts.push(String(instruction.lane));
      return parts.join(' ');
    }
    case 'lane':
      return `${instruction.name} ${instruction.lane}`;
    case 'local':
      return `${instruction.name} $${instruction.local.name}`;
    case 'const':
      return `${instruction.type}.const ${floatText(instruction.value)}`;
    case 'i64.const':
      return `i64.const ${instruction.value}`;
    case 'v128.const':
      return vectorText(instruction.bytes);
    case 'shuffle':
      return `i8x16.shuffle ${instruction.lanes.join(' ')}`;
    case 'open':
      return instruction.result === undefined ? instruction.name : `${instruction.name} (result ${instruction.result})`;
    case 'else':
    case 'end':
    case 'return':
    case 'drop':
      return instruction.kind;
    case 'select':
      return `select (result ${instruction.type})`;
    case 'branch':
      return `${instruction.name} ${instruction.depth}`;
    case 'call':
      return `call $${instruction.callee.name}`;
    default:
      return instruction satisfies never;
  }
}

/** How many operands an instruction takes and gives, where it can be written inside of another. */
function arity(instruction: Instruction): { readonly takes: number; readonly gives: number } | undefined {
  switch (instruction.kind) {
    case 'plain':
    case 'memory':
    case 'lane':
      return { takes: instruction.row.type.params.length, gives: instruction.row.type.results.length };
    case 'local':
      return { takes: instruction.name === 'local.get' ? 0 : 1, gives: instruction.name === 'local.set' ? 0 : 1 };
    case 'const':
    case 'i64.const':
    case 'v128.const':
      return { takes: 0, gives: 1 };
    case 'shuffle':
      return { takes: 2, gives: 1 };
    case 'select':
      return { takes: 3, gives: 1 };
    case 'branch':
      return { takes: instruction.name === 'br_if' ? 1 : 0, gives: 0 };
    case 'drop':
      return { takes: 1, gives: 0 };
    case 'call':
      return { takes: instruction.callee.type.params.length, gives: instruction.callee.type.results.length };
    default:
      return undefined;
  }
}

const WIDTH = 110;

/** A function in WebAssembly's text format, operands written inside of their instructions where they fit in a line. */
export function printFunction(name: string, body: FunctionBody): string {
  const lines: string[] = [];
  let indent = 1;
  /** Folded expressions that are on the stack and not in a line yet. */
  let pending: string[] = [];
  const line = (content: string): void => void lines.push('  '.repeat(indent) + content);
  const flush = (): void => {
    pending.forEach(line);
    pending = [];
  };
  for (const instruction of body.instructions.slice(0, -1)) {
    const folded = arity(instruction);
    if (folded !== undefined) {
      const operands = pending.slice(Math.max(0, pending.length - folded.takes));
      const nested = `(${[text(instruction), ...operands].join(' ')})`;
      if (nested.length > WIDTH || operands.length < folded.takes) {
        flush();
        pending = [`(${text(instruction)})`];
      } else pending.splice(pending.length - operands.length, operands.length, nested);
      if (folded.gives === 0) flush();
      continue;
    }
    flush();
    if (instruction.kind === 'else' || instruction.kind === 'end') indent--;
    line(text(instruction));
    if (instruction.kind === 'else' || instruction.kind === 'open') indent++;
  }
  flush();
  const header = [
    `(func $${name}`,
    ...body.params.map((param) => `(param $${param.name} ${param.type})`),
    ...body.type.results.map((result) => `(result ${result})`),
  ].join(' ');
  const locals = body.locals.map((local) => `(local $${local.name} ${local.type})`);
  const localLines: string[] = [];
  for (let i = 0; i < locals.length; i += 6) localLines.push(`  ${locals.slice(i, i + 6).join(' ')}`);
  return [header, ...localLines, ...lines].join('\n') + ')';
}
