import { invariant } from '../../../support/invariant.ts';
import type { FunctionReference, Instruction, Local } from './instruction.ts';
import type { InstructionRow, MemoryRow, MethodName } from './instructions.ts';
import { LANE, LANE_MEMORY, MEMORY, methodName, PLAIN } from './instructions.ts';
import type { FunctionType, ValueType } from './valueTypes.ts';

/** A block or loop that a branch can name, as an alternative to counting how many blocks outwards it lies. */
export interface Label {
  readonly depth: number;
}

type PlainMethods = { readonly [Name in keyof typeof PLAIN as MethodName<Name>]: () => void };
/** `offset` is added to the address, in bytes; `align` is the logarithm of the alignment promised (the natural one if left out). */
type MemoryMethods = { readonly [Name in keyof typeof MEMORY as MethodName<Name>]: (offset?: number, align?: number) => void };
type LaneMemoryMethods = { readonly [Name in keyof typeof LANE_MEMORY as MethodName<Name>]: (lane: number, offset?: number, align?: number) => void };
type LaneMethods = { readonly [Name in keyof typeof LANE as MethodName<Name>]: (lane: number) => void };

interface StructureMethods {
  readonly params: readonly Local[];
  /** A new local; it holds 0 at first, or what a released one of the type left. */
  readonly local: (type: ValueType, name?: string) => Local;
  /** Gives a local back, so that a later `local` of its type may be the same. */
  readonly release: (...locals: readonly Local[]) => void;
  readonly get: (local: Local) => void;
  readonly set: (local: Local) => void;
  readonly tee: (local: Local) => void;
  readonly i32Const: (value: number) => void;
  readonly i64Const: (value: bigint) => void;
  readonly f32Const: (value: number) => void;
  readonly f64Const: (value: number) => void;
  /** The number in all four lanes. */
  readonly f32x4Const: (value: number) => void;
  readonly i32x4Const: (...lanes: readonly [number] | readonly [number, number, number, number]) => void;
  readonly f64x2Const: (value: number) => void;
  /** Takes two vectors; lanes 0 to 3 are the first's 32-bit lanes, 4 to 7 the second's. */
  readonly i32x4Shuffle: (a: number, b: number, c: number, d: number) => void;
  readonly i8x16Shuffle: (lanes: readonly number[]) => void;
  readonly v128StoreLane: (bits: 32 | 64, offset: number, lane: number) => void;
  readonly v128LoadLane: (bits: 32 | 64, offset: number, lane: number) => void;
  readonly block: (body: (label: Label) => void, result?: ValueType) => void;
  /** A branch to it starts the next round; without one the loop ends. */
  readonly loop: (body: (label: Label) => void) => void;
  /** Takes the condition from the stack. */
  readonly if: (then: () => void, otherwise?: () => void, result?: ValueType) => void;
  readonly br: (target: Label | number) => void;
  readonly brIf: (target: Label | number) => void;
  readonly return: () => void;
  readonly drop: () => void;
  /** (a, b, condition): a where the condition is not 0, else b. */
  readonly select: () => void;
  readonly call: (callee: FunctionReference) => void;
  /** Types on the operand stack of the innermost block, bottom first. */
  readonly stack: () => readonly ValueType[];
}

/** Emits the body of one function. Operands are checked while emitting: a mistake is a bug of the compiler and throws at once. */
export type FunctionBuilder = StructureMethods & PlainMethods & MemoryMethods & LaneMemoryMethods & LaneMethods;

/** A finished function. */
export interface FunctionBody {
  readonly type: FunctionType;
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  readonly instructions: readonly Instruction[];
}

interface Frame {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly result: ValueType | undefined;
  readonly stack: ValueType[];
  /** After an unconditional branch anything may be popped. */
  unreachable: boolean;
}

/** What has been emitted of the function at hand. */
interface State {
  readonly name: string;
  readonly type: FunctionType;
  readonly params: readonly Local[];
  readonly locals: Local[];
  /** Released locals by type. */
  readonly free: Map<ValueType, Local[]>;
  readonly instructions: Instruction[];
  readonly frames: Frame[];
}

function emptyState(name: string, type: FunctionType, paramNames: readonly string[]): State {
  invariant(type.results.length <= 1, `${name}: more than one result`);
  return {
    name,
    type,
    params: type.params.map((param, index) => ({ index, type: param, name: paramNames[index] ?? `p${index}` })),
    locals: [],
    free: new Map(),
    instructions: [],
    frames: [{ kind: 'function', result: type.results[0], stack: [], unreachable: false }],
  };
}

/** The rows of a table with the names of their methods, computed once. */
function methodsOf<Row extends InstructionRow>(table: Readonly<Record<string, Row>>): readonly (readonly [method: string, name: string, row: Row])[] {
  return Object.entries(table).map(([name, row]) => [methodName(name), name, row] as const);
}
const METHODS = { plain: methodsOf(PLAIN), memory: methodsOf<MemoryRow>(MEMORY), laneMemory: methodsOf<MemoryRow>(LANE_MEMORY), lane: methodsOf(LANE) };

/** Calls `build` with a builder and gives what it emitted. `name` is for messages. */
export type FunctionAssembler = (name: string, type: FunctionType, paramNames: readonly string[], build: (fn: FunctionBuilder) => void) => FunctionBody;

/** An assembler of functions, one at a time (a function may be built while another is). It has hundreds of methods: it is made once for a module. */
export function functionAssembler(): FunctionAssembler {
  let state = emptyState('none', { params: [], results: [] }, []);

  const top = (): Frame => state.frames[state.frames.length - 1];
  const fail = (what: string): never => {
    throw new Error(`compiler bug: wasm function ${state.name}, instruction ${state.instructions.length}: ${what}`);
  };
  function pop(expected: ValueType | undefined, by: string): ValueType | undefined {
    const frame = top();
    const found = frame.stack.pop();
    if (found === undefined) return frame.unreachable ? expected : fail(`${by} needs ${expected ?? 'an operand'}, the stack is empty`);
    return expected === undefined || found === expected ? found : fail(`${by} needs ${expected}, the stack has ${found}`);
  }
  const push = (pushed: ValueType): void => void top().stack.push(pushed);
  function emit(instruction: Instruction, by: string, takes: readonly ValueType[], gives: readonly ValueType[]): void {
    for (let i = takes.length - 1; i >= 0; i--) pop(takes[i], by);
    gives.forEach(push);
    state.instructions.push(instruction);
  }
  function leaveUnreachable(): void {
    top().stack.length = 0;
    top().unreachable = true;
  }
  function checkResult(frame: Frame, by: string): void {
    if (frame.result !== undefined) pop(frame.result, by);
    if (frame.stack.length > 0) fail(`${by} leaves ${frame.stack.join(' ')} on the stack`);
  }
  function openBlock(kind: 'block' | 'loop' | 'if', result: ValueType | undefined, body: (label: Label) => void, otherwise?: () => void): void {
    state.instructions.push({ kind: 'open', name: kind, result });
    const frame: Frame = { kind, result, stack: [], unreachable: false };
    state.frames.push(frame);
    body({ depth: state.frames.length });
    checkResult(frame, `end of ${kind}`);
    if (otherwise !== undefined) {
      state.instructions.push({ kind: 'else' });
      frame.unreachable = false;
      otherwise();
      checkResult(frame, 'end of else');
    } else if (kind === 'if' && result !== undefined) fail('an if with a result needs an else');
    state.frames.pop();
    state.instructions.push({ kind: 'end' });
    if (result !== undefined) push(result);
  }
  function branch(by: 'br' | 'br_if', target: Label | number): void {
    const depth = typeof target === 'number' ? target : state.frames.length - target.depth;
    const frame = state.frames[state.frames.length - 1 - depth];
    if (frame === undefined) return void fail(`${by} ${depth} leaves the function`);
    if (by === 'br_if') pop('i32', by);
    const carried = frame.kind === 'loop' ? undefined : frame.result;
    if (carried !== undefined) pop(carried, by);
    state.instructions.push({ kind: 'branch', name: by, depth });
    if (by === 'br') leaveUnreachable();
    else if (carried !== undefined) push(carried);
  }
  function checkLocal(local: Local): void {
    if ((local.index < state.params.length ? state.params[local.index] : state.locals[local.index - state.params.length]) !== local) fail(`local ${local.name} of another function`);
  }
  function memoryInstruction(by: string, row: MemoryRow, offset: number, align: number, lane?: number): void {
    if (!Number.isInteger(offset) || offset < 0 || offset >= 2 ** 32) fail(`${by}: offset ${offset}`);
    if (align > row.align) fail(`${by}: alignment ${align} above the natural one`);
    if (lane !== undefined && !(lane >= 0 && lane < 16 >> row.align)) fail(`${by}: lane ${lane}`);
    emit({ kind: 'memory', name: by, row, offset, align, lane }, by, row.type.params, row.type.results);
  }
  function vectorConst(fill: (view: DataView) => void): void {
    const bytes = new Uint8Array(16);
    fill(new DataView(bytes.buffer));
    emit({ kind: 'v128.const', bytes }, 'v128.const', [], ['v128']);
  }
  function shuffle(lanes: readonly number[]): void {
    if (lanes.length !== 16 || lanes.some((lane) => !(lane >= 0 && lane < 32))) fail(`shuffle of lanes ${lanes.join(' ')}`);
    emit({ kind: 'shuffle', lanes }, 'i8x16.shuffle', ['v128', 'v128'], ['v128']);
  }
  const laneMemory = (bits: 32 | 64, what: 'load' | 'store', offset: number, lane: number): void => {
    const key = `v128.${what}${bits}_lane` as const;
    memoryInstruction(key, LANE_MEMORY[key], offset, LANE_MEMORY[key].align, lane);
  };

  const structure: Omit<StructureMethods, 'params'> = {
    local: (localType, localName) => {
      const released = state.free.get(localType)?.pop();
      if (released !== undefined) return released;
      const index = state.params.length + state.locals.length;
      const local: Local = { index, type: localType, name: `${localName ?? localType[0]}${index}` };
      state.locals.push(local);
      return local;
    },
    release: (...released) => {
      for (const local of released) {
        checkLocal(local);
        const list = state.free.get(local.type) ?? [];
        if (local.index < state.params.length || list.includes(local)) fail(`release of ${local.name}`);
        list.push(local);
        state.free.set(local.type, list);
      }
    },
    get: (local) => {
      checkLocal(local);
      emit({ kind: 'local', name: 'local.get', local }, 'local.get', [], [local.type]);
    },
    set: (local) => {
      checkLocal(local);
      emit({ kind: 'local', name: 'local.set', local }, `local.set ${local.name}`, [local.type], []);
    },
    tee: (local) => {
      checkLocal(local);
      emit({ kind: 'local', name: 'local.tee', local }, `local.tee ${local.name}`, [local.type], [local.type]);
    },
    i32Const: (value) => {
      if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) fail(`i32.const ${value}`);
      emit({ kind: 'const', type: 'i32', value: value | 0 }, 'i32.const', [], ['i32']);
    },
    i64Const: (value) => emit({ kind: 'i64.const', value }, 'i64.const', [], ['i64']),
    f32Const: (value) => emit({ kind: 'const', type: 'f32', value }, 'f32.const', [], ['f32']),
    f64Const: (value) => emit({ kind: 'const', type: 'f64', value }, 'f64.const', [], ['f64']),
    f32x4Const: (value) => vectorConst((view) => [0, 4, 8, 12].forEach((at) => view.setFloat32(at, value, true))),
    i32x4Const: (...lanes) => vectorConst((view) => [0, 1, 2, 3].forEach((lane) => view.setInt32(lane * 4, lanes[lanes.length === 1 ? 0 : lane]!, true))),
    f64x2Const: (value) => vectorConst((view) => [0, 8].forEach((at) => view.setFloat64(at, value, true))),
    i32x4Shuffle: (...lanes) => shuffle(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))),
    i8x16Shuffle: shuffle,
    v128StoreLane: (bits, offset, lane) => laneMemory(bits, 'store', offset, lane),
    v128LoadLane: (bits, offset, lane) => laneMemory(bits, 'load', offset, lane),
    block: (body, result) => openBlock('block', result, body),
    loop: (body) => openBlock('loop', undefined, body),
    if: (then, otherwise, result) => {
      pop('i32', 'if');
      openBlock('if', result, then, otherwise);
    },
    br: (target) => branch('br', target),
    brIf: (target) => branch('br_if', target),
    return: () => {
      if (state.type.results.length > 0) pop(state.type.results[0], 'return');
      state.instructions.push({ kind: 'return' });
      leaveUnreachable();
    },
    drop: () => {
      pop(undefined, 'drop');
      state.instructions.push({ kind: 'drop' });
    },
    select: () => {
      pop('i32', 'select');
      const selected = pop(undefined, 'select');
      pop(selected, 'select');
      if (selected === undefined) return void fail('select in unreachable code');
      push(selected);
      state.instructions.push({ kind: 'select', type: selected });
    },
    call: (callee) => emit({ kind: 'call', callee }, `call ${callee.name}`, callee.type.params, callee.type.results),
    stack: () => top().stack,
  };

  const builder = { ...structure } as unknown as Record<string, unknown>;
  Object.defineProperty(builder, 'params', { get: () => state.params });
  for (const [method, by, row] of METHODS.plain) {
    builder[method] = () => {
      emit({ kind: 'plain', name: by, row }, by, row.type.params, row.type.results);
      if (by === 'unreachable') leaveUnreachable();
    };
  }
  for (const [method, by, row] of METHODS.memory) builder[method] = (offset = 0, align = row.align) => memoryInstruction(by, row, offset, align);
  for (const [method, by, row] of METHODS.laneMemory) builder[method] = (lane: number, offset = 0, align = row.align) => memoryInstruction(by, row, offset, align, lane);
  for (const [method, by, row] of METHODS.lane) {
    const lanes = by.includes('x4') ? 4 : 2;
    builder[method] = (lane: number) => {
      if (!(lane >= 0 && lane < lanes)) fail(`${by}: lane ${lane}`);
      emit({ kind: 'lane', name: by, row, lane }, by, row.type.params, row.type.results);
    };
  }

  return (name, type, paramNames, build) => {
    const outer = state;
    state = emptyState(name, type, paramNames);
    try {
      // the tables have a row for each method of the type
      build(builder as unknown as FunctionBuilder);
      checkResult(state.frames[0], 'end of function');
      const { params, locals, instructions } = state;
      return { type, params, locals, instructions: [...instructions, { kind: 'end' }] };
    } finally {
      state = outer;
    }
  };
}
