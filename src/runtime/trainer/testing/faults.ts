import * as tf from '@tensorflow/tfjs';

/** Calls that can be made to throw: all of them are counted, and from one of them on they fail. */
export interface Faults {
  /** The call with this number (from 1) throws; `forever` all after it do, too, as with a memory that stays full. */
  readonly arm: (call: number, forever: boolean) => void;
  readonly disarm: () => void;
  /** Calls since `arm`. */
  readonly count: () => number;
  /** To be called at each point at which something may fail. */
  readonly point: (what: string) => void;
}

export const FAULT = 'injected fault';

export function createFaults(): Faults {
  let [calls, first, forever] = [0, Infinity, false];
  return {
    arm(call, staysBroken) {
      [calls, first, forever] = [0, call, staysBroken];
    },
    disarm() {
      first = Infinity;
    },
    count: () => calls,
    point(what) {
      calls += 1;
      if (calls === first || (forever && calls > first)) throw new RangeError(`${FAULT} ${calls}: ${what}`);
    },
  };
}

/** Lets every kernel of the current backend, every upload and every download pass a fault's point first; the result undoes it. */
export function breakBackend(faults: Faults): () => void {
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
