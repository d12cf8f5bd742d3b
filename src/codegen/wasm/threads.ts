import type { FunctionBuilder } from './assembler/functionBuilder.ts';
import type { FunctionReference, Local } from './assembler/instruction.ts';
import type { ModuleBuilder } from './assembler/moduleBuilder.ts';
import type { WasmCall } from './module.ts';

/**
 * How threads share a program. Its calls run in order; the chunks of a call with several are taken by whoever is free, one by one, and
 * the next call starts when all are done. Calls of one chunk are the main thread's. Control words in shared memory:
 *   job        which run of which program is under way: generation · 256 + program + 1
 *   may nap    1 where the main thread may sleep (not in a browser); the host sets it through `allow_naps`
 *   next[call] generation · 65536 + the next chunk to take
 *   done[call] how many chunks are done
 * A thread that comes late or was stopped in between finds another generation in `next` and takes nothing: so nobody waits for it.
 * Which thread computes a chunk changes nothing in what is computed.
 */
export interface Control {
  /** Byte address of the words, a multiple of 64. */
  readonly address: number;
  /** How long the main thread waits for a helper that does not get on, in looks; then it traps. A nap counts for `NAP_LOOKS`. */
  readonly patience: number;
}

/** Half a minute or more: a helper may have to wait for a core. One that takes longer is dead. */
export const PATIENCE = 2_000_000_000;

/** Bytes of control words for programs with so many calls in all. */
export function controlBytes(calls: number): number {
  return 64 + 8 * calls;
}

/** How often a helper looks for a job before it sleeps: about a fifth of a millisecond, longer than what a step does between its programs. */
const SPINS = 150_000;
const GENERATIONS = 0x7fff;
/** How often the main thread looks for its helpers' results before it naps, and for how many nanoseconds. */
const NAP_AFTER = 30_000;
const NAP = 20_000n;
const NAP_LOOKS = 5000;
/** Bytes from the control words to the one that says whether the main thread may nap: in a browser it must not. */
const MAY_NAP = 4;

interface SharedProgram {
  readonly name: string;
  readonly index: number;
  readonly calls: readonly WasmCall[];
  /** The number of its first call among those of all programs. */
  readonly first: number;
}

/**
 * Sleeps until the word at `address` is woken up, at most for so long, unless it is another than `expected`. A function of its own: the
 * baseline compiler of V8 11 (Node 20) forgets the values of locals over the instruction.
 */
function defineSleep(module: ModuleBuilder, name: string, nanoseconds: bigint): FunctionReference {
  return module.define(name, 'i32 i32 ->', ['address', 'expected'], (fn) => {
    for (const param of fn.params) fn.get(param);
    fn.i64Const(nanoseconds);
    fn.atomicWait32();
    fn.drop();
  });
}

/**
 * Defines, beside each program, `<program>_shared`, which runs it together with the helpers, and `help`, which a helper calls: it works
 * on one job after the other and returns when `stop` was called.
 */
export function defineShared(module: ModuleBuilder, programs: readonly { readonly name: string; readonly calls: readonly WasmCall[] }[], functions: ReadonlyMap<string, FunctionReference>, { address, patience }: Control): void {
  let first = 0;
  const shared = programs.map(({ name, calls }, index): SharedProgram => {
    const program = { name, index, calls, first };
    first += calls.length;
    return program;
  });
  const nap = defineSleep(module, 'nap', NAP);
  const sleep = defineSleep(module, 'sleep', -1n);
  const helpers = shared.map((program) => module.define(`${program.name}_help`, 'i32 ->', ['job'], (fn) => emitHelp(fn, program, functions, address)));
  for (const program of shared) {
    module.export(`${program.name}_shared`, module.define(`${program.name}_shared`, '->', [], (fn) => emitMain(fn, program, functions, { address, patience, nap })));
  }
  module.export('help', module.define('help', '->', [], (fn) => emitHelper(fn, helpers, sleep, address)));
  module.export('allow_naps', module.define('allow_naps', '->', [], (fn) => {
    fn.i32Const(address + MAY_NAP);
    fn.i32Const(1);
    fn.i32AtomicStore();
  }));
  module.export('stop', module.define('stop', '->', [], (fn) => emitStop(fn, address)));
}

/** How the main thread waits. */
interface Waiting extends Control {
  readonly nap: FunctionReference;
}

const nextWord = (address: number, call: number): number => address + 64 + 8 * call;
const doneWord = (address: number, call: number): number => nextWord(address, call) + 4;

function pushBases(fn: FunctionBuilder, call: WasmCall): void {
  for (const base of call.bases) fn.i32Const(base);
}

function emitMain(fn: FunctionBuilder, { index, calls, first }: SharedProgram, functions: ReadonlyMap<string, FunctionReference>, wait: Waiting): void {
  const { address } = wait;
  const generation = fn.local('i32', 'generation');
  // generations go round; 0 means stop
  fn.i32Const(address);
  fn.i32AtomicLoad();
  fn.i32Const(8);
  fn.i32ShrU();
  fn.i32Const(GENERATIONS);
  fn.i32RemU();
  fn.i32Const(1);
  fn.i32Add();
  fn.set(generation);
  calls.forEach((_, i) => {
    fn.i32Const(doneWord(address, first + i));
    fn.i32Const(0);
    fn.i32AtomicStore();
    fn.i32Const(nextWord(address, first + i));
    fn.get(generation);
    fn.i32Const(16);
    fn.i32Shl();
    fn.i32AtomicStore();
  });
  fn.i32Const(address);
  fn.get(generation);
  fn.i32Const(8);
  fn.i32Shl();
  fn.i32Const(index + 1);
  fn.i32Or();
  fn.i32AtomicStore();
  fn.i32Const(address);
  fn.i32Const(-1);
  fn.atomicNotify();
  fn.drop();
  calls.forEach((call, i) => {
    const done = doneWord(address, first + i);
    if (call.chunks <= 1) {
      fn.i32Const(0);
      fn.i32Const(call.chunks);
      pushBases(fn, call);
      fn.call(functions.get(call.function)!);
      fn.i32Const(done);
      fn.i32Const(call.chunks);
      fn.i32AtomicStore();
      return;
    }
    takeChunks(fn, call, functions, nextWord(address, first + i), done, generation);
    waitUntilDone(fn, done, call.chunks, wait);
  });
  fn.release(generation);
}

/**
 * Looks until helpers have done their chunks. One that is not running (its core is busy with something else) needs a core to go on:
 * after a while this thread naps, where it may. One that died with a chunk will never be done with it: in the end this thread traps.
 */
function waitUntilDone(fn: FunctionBuilder, done: number, chunks: number, { address, patience, nap }: Waiting): void {
  const [spins, count, left] = [fn.local('i32', 'spins'), fn.local('i32', 'count'), fn.local('i32', 'left')];
  const loseLooks = (looks: number): void => {
    fn.get(left);
    fn.i32Const(looks);
    fn.i32Sub();
    fn.set(left);
  };
  fn.i32Const(NAP_AFTER);
  fn.set(spins);
  fn.i32Const(patience);
  fn.set(left);
  fn.block((out) => {
    fn.loop((again) => {
      fn.i32Const(done);
      fn.i32AtomicLoad();
      fn.tee(count);
      fn.i32Const(chunks);
      fn.i32GeU();
      fn.brIf(out);
      countDown(fn, spins, () => {
        fn.i32Const(address + MAY_NAP);
        fn.i32AtomicLoad();
        fn.if(() => {
          fn.i32Const(done);
          fn.get(count);
          fn.call(nap);
          loseLooks(NAP_LOOKS);
        }, () => loseLooks(1));
        fn.get(left);
        fn.i32Const(0);
        fn.i32LtS();
        fn.if(() => fn.unreachable());
      });
      fn.br(again);
    });
  });
  fn.release(spins, count, left);
}

/** Takes one from `count`; once it is 0, does `then` instead. */
function countDown(fn: FunctionBuilder, count: Local, then: () => void): void {
  fn.get(count);
  fn.if(() => {
    fn.get(count);
    fn.i32Const(1);
    fn.i32Sub();
    fn.set(count);
  }, then);
}

/** Takes chunks of a call until none is left, or another generation has begun. */
function takeChunks(fn: FunctionBuilder, call: WasmCall, functions: ReadonlyMap<string, FunctionReference>, next: number, done: number, generation: Local): void {
  const [word, chunk] = [fn.local('i32', 'word'), fn.local('i32', 'chunk')];
  fn.block((out) => {
    fn.loop((again) => {
      fn.i32Const(next);
      fn.i32AtomicLoad();
      fn.tee(word);
      fn.i32Const(16);
      fn.i32ShrU();
      fn.get(generation);
      fn.i32Ne();
      fn.brIf(out);
      fn.get(word);
      fn.i32Const(0xffff);
      fn.i32And();
      fn.tee(chunk);
      fn.i32Const(call.chunks);
      fn.i32GeU();
      fn.brIf(out);
      fn.i32Const(next);
      fn.get(word);
      fn.get(word);
      fn.i32Const(1);
      fn.i32Add();
      fn.i32AtomicRmwCmpxchg();
      fn.get(word);
      fn.i32Ne();
      fn.brIf(again);
      fn.get(chunk);
      fn.get(chunk);
      fn.i32Const(1);
      fn.i32Add();
      pushBases(fn, call);
      fn.call(functions.get(call.function)!);
      fn.i32Const(done);
      fn.i32Const(1);
      fn.i32AtomicRmwAdd();
      fn.drop();
      fn.br(again);
    });
  });
  fn.release(word, chunk);
}

/** A helper's part of one run: the calls with several chunks, each after the call before it is done. */
function emitHelp(fn: FunctionBuilder, { calls, first }: SharedProgram, functions: ReadonlyMap<string, FunctionReference>, address: number): void {
  const [job] = fn.params;
  const generation = fn.local('i32', 'generation');
  fn.get(job);
  fn.i32Const(8);
  fn.i32ShrU();
  fn.set(generation);
  calls.forEach((call, i) => {
    if (call.chunks <= 1) return;
    if (i > 0) {
      const before = calls[i - 1];
      fn.loop((again) => {
        // the run may be over, or another have begun
        fn.i32Const(address);
        fn.i32AtomicLoad();
        fn.get(job);
        fn.i32Ne();
        fn.if(() => fn.return());
        fn.i32Const(doneWord(address, first + i - 1));
        fn.i32AtomicLoad();
        fn.i32Const(before.chunks);
        fn.i32LtU();
        fn.brIf(again);
      });
    }
    takeChunks(fn, call, functions, nextWord(address, first + i), doneWord(address, first + i), generation);
  });
  fn.release(generation);
}

/** Waits for jobs, first looking, then sleeping. */
function emitHelper(fn: FunctionBuilder, helpers: readonly FunctionReference[], sleep: FunctionReference, address: number): void {
  const [seen, job, spins] = [fn.local('i32', 'seen'), fn.local('i32', 'job'), fn.local('i32', 'spins')];
  fn.loop((forever) => {
    fn.i32Const(SPINS);
    fn.set(spins);
    fn.block((found) => {
      fn.loop((look) => {
        fn.i32Const(address);
        fn.i32AtomicLoad();
        fn.tee(job);
        fn.get(seen);
        fn.i32Ne();
        fn.brIf(found);
        countDown(fn, spins, () => {
          fn.i32Const(address);
          fn.get(seen);
          fn.call(sleep);
        });
        fn.br(look);
      });
    });
    fn.get(job);
    fn.i32Const(-1);
    fn.i32Eq();
    fn.if(() => fn.return());
    fn.get(job);
    fn.set(seen);
    helpers.forEach((helper, index) => {
      fn.get(job);
      fn.i32Const(255);
      fn.i32And();
      fn.i32Const(index + 1);
      fn.i32Eq();
      fn.if(() => {
        fn.get(job);
        fn.call(helper);
      });
    });
    fn.br(forever);
  });
}

function emitStop(fn: FunctionBuilder, address: number): void {
  fn.i32Const(address);
  fn.i32Const(-1);
  fn.i32AtomicStore();
  fn.i32Const(address);
  fn.i32Const(-1);
  fn.atomicNotify();
  fn.drop();
}
