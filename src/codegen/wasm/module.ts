import type { Kernel, PlacedSchedule } from '../../schedule/types.ts';
import { constantData } from '../constantData.ts';
import type { FunctionBuilder } from './assembler/functionBuilder.ts';
import type { FunctionReference } from './assembler/instruction.ts';
import type { ModuleBuilder } from './assembler/moduleBuilder.ts';
import { moduleBuilder } from './assembler/moduleBuilder.ts';
import { printFunction } from './assembler/printFunction.ts';
import { buffersOf, renumberBuffers } from './buffersOf.ts';
import { checkBounds } from './checkBounds.ts';
import { emitKernel } from './emitters.ts';
import type { Base, EmitTools, KernelCode, KernelContext } from './kernelContext.ts';
import { kernelParams } from './kernelContext.ts';
import { exactJson } from './kernelKey.ts';
import { emitMath } from './math/emitMath.ts';
import type { Poisoning } from './poison.ts';
import { poisonPlan, POISON } from './poison.ts';
import { controlBytes, defineShared, PATIENCE } from './threads.ts';

export interface WasmProgram {
  readonly name: string;
  readonly schedule: PlacedSchedule;
  /**
   * Addresses of the plan that are only given when the program runs, in the order of its parameters: those of buffers that lie
   * elsewhere at every call. They stand for memory that nothing else in the plan overlaps.
   */
  readonly parameters?: readonly number[];
  /** Whether all other addresses of the plan, those of the module's data among them, count from one that is given when the program runs: its first parameter. */
  readonly relocatable?: boolean;
}

export interface WasmOptions {
  /** Whether the engine has relaxed SIMD's multiply-and-add. */
  readonly relaxedSimd: boolean;
  /** For threads: each program is exported as `<name>_shared`, too, beside `help` for the other threads and `stop` (threads.ts); where all addresses are known. */
  readonly sharedMemory: boolean;
  /** Fills temporaries with NaN before they are first written and after they were last read. */
  readonly debug?: boolean;
  /** See `KernelContext`. */
  readonly chunkCycles?: number;
  /** See `Control` (threads.ts). */
  readonly patience?: number;
}

/** One call of a program: a stage of a kernel. */
export interface WasmCall {
  /** The kernel's place in the schedule. */
  readonly kernel: number;
  readonly function: string;
  readonly chunks: number;
  /** Byte addresses, in the order of the function's parameters behind begin and end. */
  readonly bases: readonly number[];
}

export interface WasmModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** First byte after what the module needs: arena, constants, tables, scratch. */
  readonly end: number;
  /** What must be in memory before the first call: constants and tables. */
  readonly data: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** What each program calls, in order. The functions are exported, too. */
  readonly calls: ReadonlyMap<string, readonly WasmCall[]>;
  /** A function in the text format, by name. */
  readonly print: (name: string) => string;
}

const PAGE = 65536;
const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** The stages of one kernel, as functions of the module. */
interface CompiledKernel {
  readonly stages: readonly { readonly code: KernelCode; readonly reference: FunctionReference }[];
  /** Numbers of the kernel's buffers, in the order that the stages know them by. */
  readonly buffers: readonly number[];
}

/** Compiles kernels; equal ones share their functions. */
function kernelCompiler(module: ModuleBuilder, options: WasmOptions): (kernel: Kernel, schedule: PlacedSchedule) => CompiledKernel {
  const known = new Map<string, CompiledKernel['stages']>();
  const tools: EmitTools = { math: emitMath };
  return (kernel, schedule) => {
    const buffers = buffersOf(kernel);
    const canonical = renumberBuffers(kernel, (buffer) => buffers.indexOf(buffer));
    const context: KernelContext = {
      buffers: buffers.map((buffer, i) => ({ ...schedule.buffers[buffer], name: `b${i}` })),
      relaxedSimd: options.relaxedSimd,
      chunkCycles: options.chunkCycles,
    };
    const key = exactJson([canonical, context.buffers]);
    let stages = known.get(key);
    if (stages === undefined) {
      const number = known.size;
      stages = emitKernel(canonical, context).map((code, stage) => {
        const { type, names } = kernelParams(code);
        const name = `${kernel.kind}${number}${stage > 0 ? `_${stage}` : ''}`;
        const reference = module.define(name, type, names, (fn) => code.emit(fn, tools));
        module.export(name, reference);
        return { code, reference };
      });
      known.set(key, stages);
    }
    return { stages, buffers };
  };
}

/** Where tables and scratch lie, behind everything that the programs placed. */
function layOut(codes: readonly KernelCode[], start: number): { readonly addressOf: (base: Exclude<Base, { kind: 'buffer' }>) => number; readonly end: number; readonly data: WasmModule['data'] } {
  const tables = new Map<string, { readonly offset: number; readonly bytes: Uint8Array }>();
  let end = align(start);
  for (const base of codes.flatMap(({ bases }) => bases)) {
    if (base.kind !== 'table' || tables.has(base.data.join())) continue;
    const bytes = new Uint8Array(Int32Array.from(base.data).buffer);
    tables.set(base.data.join(), { offset: end, bytes });
    end = align(end + bytes.length);
  }
  const scratch = end;
  end = align(end + Math.max(0, ...codes.map(({ scratchBytes }) => scratchBytes)));
  return { addressOf: (base) => (base.kind === 'scratch' ? scratch : tables.get(base.data.join())!.offset), end, data: [...tables.values()] };
}

/** Emits a loop that fills [address, address + bytes) with `POISON`. */
function emitPoison(fn: FunctionBuilder): void {
  const [address, end] = fn.params;
  fn.block((done) => {
    fn.loop((again) => {
      fn.get(address);
      fn.get(end);
      fn.i32GeU();
      fn.brIf(done);
      fn.get(address);
      fn.i32Const(POISON);
      fn.i32Store();
      fn.get(address);
      fn.i32Const(4);
      fn.i32Add();
      fn.set(address);
      fn.br(again);
    });
  });
}

function defineProgram(module: ModuleBuilder, name: string, calls: readonly WasmCall[], functions: ReadonlyMap<string, FunctionReference>, poisoning: Poisoning | undefined, { parameters = [], relocatable = false }: Pick<WasmProgram, 'parameters' | 'relocatable'>): void {
  const poison = poisoning === undefined ? undefined : module.define(`${name}_poison`, 'i32 i32 ->', ['address', 'end'], emitPoison);
  const given = [...(relocatable ? ['arena'] : []), ...parameters.map((_, i) => `at${i}`)];
  const reference = module.define(name, `${'i32 '.repeat(given.length)}->`, given, (fn) => {
    const push = (address: number): void => {
      fn.i32Const(address);
      if (!relocatable) return;
      fn.get(fn.params[0]);
      fn.i32Add();
    };
    const fill = (ranges: readonly (readonly [number, number])[] | undefined): void => {
      for (const [from, to] of ranges ?? []) {
        push(from);
        push(to);
        fn.call(poison!);
      }
    };
    calls.forEach((call, i) => {
      if (call.kernel !== calls[i - 1]?.kernel) fill(poisoning?.before[call.kernel]);
      fn.i32Const(0);
      fn.i32Const(call.chunks);
      for (const base of call.bases) {
        const parameter = parameters.indexOf(base);
        if (parameter >= 0) fn.get(fn.params[given.length - parameters.length + parameter]);
        else push(base);
      }
      fn.call(functions.get(call.function)!);
      if (call.kernel !== calls[i + 1]?.kernel) fill(poisoning?.after[call.kernel]);
    });
  });
  module.export(name, reference);
}

/** Memory is imported as env.memory. Each program is exported under its name as a function without parameters. */
export function compileWasm(programs: readonly WasmProgram[], options: WasmOptions): WasmModule {
  const start = Math.max(0, ...programs.map(({ schedule }) => schedule.end));
  for (const { schedule } of programs) for (const { kernel, name } of schedule.kernels) checkBounds(kernel, schedule.buffers, name);
  // how many pages there must be is known only when all kernels are compiled
  const pages = { count: 0 };
  const module = moduleBuilder({ memory: { pages: () => pages.count, shared: options.sharedMemory } });
  const compile = kernelCompiler(module, options);
  const compiled = programs.map(({ schedule }) => schedule.kernels.map(({ kernel }) => compile(kernel, schedule)));
  const stages = compiled.flat().flatMap((kernel) => kernel.stages);
  const layout = layOut(stages.map(({ code }) => code), start);
  // what is given its addresses when it runs does so on one thread
  const threaded = options.sharedMemory && programs.every(({ parameters = [], relocatable = false }) => parameters.length === 0 && !relocatable);
  const callCount = compiled.flat().reduce((count, kernel) => count + kernel.stages.length, 0);
  const end = threaded ? align(layout.end + controlBytes(callCount)) : layout.end;
  pages.count = Math.ceil(end / PAGE);
  const functions = new Map(stages.map(({ reference }) => [reference.name, reference]));
  const calls = new Map<string, readonly WasmCall[]>();
  programs.forEach((program, p) => {
    const { name, schedule } = program;
    const list = compiled[p].flatMap((kernel, k) =>
      kernel.stages.map(({ code, reference }): WasmCall => ({
        kernel: k,
        function: reference.name,
        chunks: code.chunks,
        bases: code.bases.map((base) => (base.kind === 'buffer' ? schedule.offsets[kernel.buffers[base.buffer]] : layout.addressOf(base))),
      })));
    calls.set(name, list);
    defineProgram(module, name, list, functions, options.debug === true ? poisonPlan(schedule) : undefined, program);
  });
  if (threaded) defineShared(module, programs.map(({ name }) => ({ name, calls: calls.get(name)! })), functions, { address: align(layout.end), patience: options.patience ?? PATIENCE });
  return {
    bytes: new Uint8Array(module.bytes()),
    end,
    data: [...programs.flatMap(({ schedule }) => constantData(schedule)), ...layout.data],
    calls,
    print: (name) => printFunction(name, module.bodyOf(module.find(name))),
  };
}
