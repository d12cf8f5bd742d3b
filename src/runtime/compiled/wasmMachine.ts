import type { PassContext } from '../../passes/pass.ts';
import { chooseFaster } from './chooseFaster.ts';
import { availableThreads, mainMaySleep, startHelper, type Helper } from './helpers.ts';
import { aligned, type Loaded, type Machine } from './machine.ts';
import { VERSION } from '../../version.ts';
import type { CodeCache } from './codeCache.ts';
import { compileWasmCode } from './wasmCode.ts';
import { supportsRelaxedSimd } from './wasmFeatures.ts';

const PAGE = 65_536;
/** 2 GiB: shared memory must say how far it may grow, and only that much address space is reserved. */
const MOST_PAGES = 32_768;
const MOST_THREADS = 4;
/** Programs of fewer operations are over before a helper has woken up. */
const WORTH_SHARING = 2e7;

/** Programs as WebAssembly in one memory, which threads share where there are several. */
export function createWasmMachine(context: PassContext, threads: number | 'auto', cache: CodeCache | null): Machine {
  const wanted = threads === 'auto' ? MOST_THREADS : threads;
  const count = Math.max(1, threads === 'auto' ? Math.min(wanted, availableThreads()) : availableThreads() > 1 ? wanted : 1);
  const shared = count > 1;
  const memory = shared ? new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true }) : new WebAssembly.Memory({ initial: 1 });
  let end = 64;
  let broken = false;
  const views = { floats: new Float32Array(memory.buffer), integers: new Int32Array(memory.buffer) };
  const closers: (() => void)[] = [];
  /** Takes what lies before `to`; where there is not so much memory, nothing is taken. */
  const reserve = (to: number): void => {
    const missing = to - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE));
      views.floats = new Float32Array(memory.buffer);
      views.integers = new Int32Array(memory.buffer);
    }
    end = to;
  };
  return {
    target: 'wasm',
    allocate(bytes) {
      const at = end;
      reserve(aligned(end + bytes));
      return at;
    },
    floats: () => views.floats,
    integers: () => views.integers,
    load(programs) {
      const module = compileWasmCode(programs, { base: end, relaxedSimd: supportsRelaxedSimd(), sharedMemory: shared, version: VERSION }, context, cache);
      reserve(aligned(Math.max(end, module.end)));
      for (const { offset, bytes } of module.data) new Uint8Array(memory.buffer).set(bytes, offset);
      const compiled = new WebAssembly.Module(module.bytes);
      const exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Readonly<Record<string, () => void>>;
      const large = shared ? module.programs.filter(({ flops }) => flops >= WORTH_SHARING) : [];
      if (large.length > 0) {
        if (mainMaySleep()) exports.allow_naps();
        const helpers = startHelpers(count - 1, () => startHelper(compiled, memory));
        closers.push(() => {
          exports.stop();
          for (const helper of helpers) helper.terminate();
        });
      }
      const together = (name: string) => (): void => {
        try {
          exports[`${name}_shared`]();
        } catch (error) {
          broken = true;
          throw error;
        }
      };
      return new Map(
        module.programs.map((program): [string, Loaded] => {
          const { name } = program;
          const run = large.includes(program) ? chooseFaster(exports[name], together(name), () => performance.now()) : exports[name];
          return [name, { run, reads: new Set(program.reads) }];
        }),
      );
    },
    broken: () => broken,
    dispose() {
      for (const close of closers.splice(0)) close();
    },
  };
}

/** As many threads as the platform gives, up to `count`. */
function startHelpers(count: number, start: () => Helper): readonly Helper[] {
  const helpers: Helper[] = [];
  try {
    while (helpers.length < count) helpers.push(start());
  } catch {
    // those that are there, and this thread, do all the work
  }
  return helpers;
}
