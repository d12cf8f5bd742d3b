import { optimizeStatic } from '../../passes/optimizeStatic.ts';
import type { PassContext } from '../../passes/pass.ts';
import { compileJs } from '../../codegen/js/compileJs.ts';
import { compileWasm } from '../../codegen/wasm/module.ts';
import { planMemory } from '../../schedule/planMemory.ts';
import { schedule } from '../../schedule/schedule.ts';
import type { PlacedSchedule } from '../../schedule/types.ts';
import { aligned, type Loaded, type Machine, type Program } from './machine.ts';

/** Programs in one memory, as code of the target. */
export function createCodeMachine(target: 'wasm' | 'js', context: PassContext): Machine {
  return target === 'wasm' ? createWasmMachine(context) : createJsMachine(context);
}

interface Placed {
  readonly name: string;
  readonly schedule: PlacedSchedule;
}

/** Schedules the programs, one's constants and temporaries behind the other's. */
function place(programs: readonly Program[], base: number, context: PassContext): readonly Placed[] {
  let next = base;
  return programs.map(({ name, graph, places }) => {
    const planned = planMemory(schedule(optimizeStatic(graph, context)).schedule, { base: next, pinned: places });
    next = aligned(planned.end);
    return { name, schedule: planned };
  });
}

function readsOf({ schedule: { inputs } }: Placed): ReadonlySet<string> {
  return new Set(inputs.map(({ name }) => name));
}

const PAGE = 65_536;

function createWasmMachine(context: PassContext): Machine {
  const memory = new WebAssembly.Memory({ initial: 1 });
  let end = 64;
  const views = { floats: new Float32Array(memory.buffer), integers: new Int32Array(memory.buffer) };
  const reserve = (to: number): void => {
    const missing = to - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE));
    views.floats = new Float32Array(memory.buffer);
    views.integers = new Int32Array(memory.buffer);
  };
  return {
    target: 'wasm',
    allocate(bytes) {
      const at = end;
      end = aligned(end + bytes);
      reserve(end);
      return at;
    },
    floats: () => views.floats,
    integers: () => views.integers,
    load(programs) {
      const placed = place(programs, end, context);
      const module = compileWasm(placed, { relaxedSimd: supportsRelaxedSimd(), sharedMemory: false });
      end = aligned(Math.max(end, module.end));
      reserve(end);
      for (const { offset, bytes } of module.data) new Uint8Array(memory.buffer).set(bytes, offset);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), { env: { memory } });
      return new Map(placed.map((program): [string, Loaded] => [program.name, { run: exports[program.name] as () => void, reads: readsOf(program) }]));
    },
  };
}

function createJsMachine(context: PassContext): Machine {
  let memory = new ArrayBuffer(PAGE);
  let end = 64;
  let views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
  /** What binds each module to a memory once more: its code holds views of it. */
  const bind: (() => void)[] = [];
  const reserve = (to: number): void => {
    if (to <= memory.byteLength) return;
    const larger = new ArrayBuffer(aligned(2 * to));
    new Uint8Array(larger).set(new Uint8Array(memory));
    memory = larger;
    views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
    for (const again of bind) again();
  };
  return {
    target: 'js',
    allocate(bytes) {
      const at = end;
      end = aligned(end + bytes);
      reserve(end);
      return at;
    },
    floats: () => views.floats,
    integers: () => views.integers,
    load(programs) {
      const placed = place(programs, end, context);
      const module = compileJs(placed);
      end = aligned(Math.max(end, module.end));
      reserve(end);
      for (const { offset, bytes } of module.data) new Uint8Array(memory).set(bytes, offset);
      const instantiate = evaluateModule(module.source);
      let functions = instantiate(memory);
      bind.push(() => {
        functions = instantiate(memory);
      });
      return new Map(placed.map((program): [string, Loaded] => [program.name, { run: () => functions[program.name](), reads: readsOf(program) }]));
    },
  };
}

type Instantiate = (memory: ArrayBuffer) => Readonly<Record<string, () => void>>;

/** The module's only export, without the wait of an import. */
function evaluateModule(source: string): Instantiate {
  const body = source.replace('export function instantiate', 'function instantiate');
  return new Function(`${body}\nreturn instantiate;`)() as Instantiate;
}

/** (module (func (drop (f32x4.relaxed_madd …)))): whether the engine knows fused multiply-add. */
const RELAXED_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11);

/** (module (func (result v128) (i32x4.splat (i32.const 0)))) */
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11);

export function supportsSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}
