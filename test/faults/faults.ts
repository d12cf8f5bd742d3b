import * as tf from '@tensorflow/tfjs';
import type { Loaded, Machine } from '../../src/runtime/compiled/machine.ts';

/** Calls that can be made to throw: all of them are counted, and from one of them on they fail. */
export interface Faults {
  /** What is said of each fault. */
  readonly message: string;
  /** The call with this number (from 1) throws; `forever` all after it do, too, as with a memory that stays full. */
  readonly arm: (call: number, forever: boolean) => void;
  readonly disarm: () => void;
  /** Calls since `arm`. */
  readonly count: () => number;
}

export interface Points extends Faults {
  /** To be called at each point at which something may fail. */
  readonly point: (what: string) => void;
}

const FAULT = 'injected fault';

/** @param counts of which points calls are counted, and fail; of all where it is left out */
export function createFaults(counts: (what: string) => boolean = () => true): Points {
  let [calls, first, forever] = [0, Infinity, false];
  return {
    message: FAULT,
    arm(call, staysBroken) {
      [calls, first, forever] = [0, call, staysBroken];
    },
    disarm() {
      first = Infinity;
    },
    count: () => calls,
    point(what) {
      if (!counts(what)) return;
      calls += 1;
      if (calls === first || (forever && calls > first)) throw new RangeError(`${FAULT} ${calls}: ${what}`);
    },
  };
}

/** Lets every kernel of the current backend, every upload and every download pass a fault's point first; the result undoes it. */
export function breakBackend(faults: Points): () => void {
  const undo: (() => void)[] = [];
  for (const kernel of tf.getKernelsForBackend(tf.getBackend())) {
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (parameters) => {
      faults.point(kernel.kernelName);
      return kernelFunc(parameters);
    };
    undo.push(() => {
      kernel.kernelFunc = kernelFunc;
    });
  }
  const backend = tf.backend();
  const { read, write } = backend;
  // an upload is where a backend first runs out of memory, a download an await
  backend.read = async (dataId) => {
    await Promise.resolve();
    faults.point('download');
    return read.call(backend, dataId);
  };
  backend.write = (values, shape, dtype) => {
    faults.point('upload');
    return write.call(backend, values, shape, dtype);
  };
  undo.push(() => Object.assign(backend, { read, write }));
  return () => undo.forEach((one) => one());
}

/**
 * Lets all that a machine does pass a fault's point first: room, programs, and every look into its memory, which every upload, every draw
 * and every number that is read needs. A program may also stop in its midst: some of what it writes is written then.
 */
export function breakMachine(machine: Machine, faults: () => Points | null): Machine {
  const point = (what: string): void => faults()?.point(what);
  const guard = (name: string, run: () => void): void => {
    point(`before ${name}`);
    try {
      point(`amid ${name}`);
    } catch (error) {
      runHalf(machine, run);
      throw error;
    }
    run();
    point(`after ${name}`);
  };
  return {
    ...machine,
    allocate: (bytes) => (point('allocate'), machine.allocate(bytes)),
    floats: () => (point('floats'), machine.floats()),
    integers: () => (point('integers'), machine.integers()),
    load(programs) {
      point('load');
      return new Map([...machine.load(programs)].map(([name, { run, reads }]): [string, Loaded] => [name, { run: () => guard(name, run), reads }]));
    },
  };
}

/** The first half of the numbers that change is new, the rest is as before. */
function runHalf(machine: Machine, run: () => void): void {
  const before = machine.integers().slice();
  run();
  const after = machine.integers();
  const changed = [...after.keys()].filter((place) => after[place] !== before[place]);
  for (const place of changed.slice(changed.length / 2)) after[place] = before[place];
}
