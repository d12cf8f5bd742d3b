import * as tf from '@tensorflow/tfjs';
import { traceDerivatives } from './derivatives.ts';
import { KERNELS } from './kernels/kernelTable.ts';
import type { Recorder } from './recorder.ts';
import { TRACE_BACKEND } from './traceName.ts';
import { createUndoStack, type UndoStack } from './undoStack.ts';

type KernelName = keyof typeof KERNELS;

/** What of tfjs's engine is switched while tracing. The backend's parts are private. */
interface EngineParts {
  backendName: string | null;
  backendInstance: unknown;
  profiler: unknown;
}

/** A backend that is not there to compute, and how it runs its kernels. */
export interface Stand {
  readonly backendName: string;
  readonly kernelNames: readonly string[];
  readonly run: (kernelName: string, inputs: Parameters<Recorder['runKernel']>[1], attributes: Readonly<Record<string, unknown>>) => tf.TensorInfo | tf.TensorInfo[];
}

export function toKernelConfig({ backendName, run }: Stand, kernelName: string): tf.KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => run(kernelName, inputs as Parameters<Recorder['runKernel']>[1], (attrs ?? {}) as Readonly<Record<string, unknown>>),
  };
}

function registerBackend(recorder: Recorder, stand: Stand, undo: UndoStack): void {
  const { backendName: name, kernelNames } = stand;
  const engine = tf.engine();
  const parts = engine as unknown as EngineParts;
  // the backend that is to come back must be there
  void engine.backend;
  const { backendName, backendInstance, profiler } = parts;
  const hadPending = Object.hasOwn(engine, 'pendingBackendInit');
  undo.add(() => {
    tf.removeBackend(name);
    if (!hadPending) Reflect.deleteProperty(engine, 'pendingBackendInit');
    Object.assign(parts, { backendName, backendInstance, profiler });
  });
  tf.registerBackend(name, () => recorder.backend, 0);
  for (const kernelName of kernelNames) {
    tf.registerKernel(toKernelConfig(stand, kernelName));
    undo.add(() => tf.unregisterKernel(kernelName, name));
  }
  // a backend that is made at once is set at once, whatever the promise says
  void engine.setBackend(name);
}

/** What the engine counts, and the stacks that it keeps. */
function keepEngineState(undo: UndoStack): void {
  const { state } = tf.engine();
  const { numTensors, numDataBuffers, numBytes, numStringTensors, gradientDepth, kernelDepth, activeTape } = state;
  undo.add(() => Object.assign(state, { numTensors, numDataBuffers, numBytes, numStringTensors, gradientDepth, kernelDepth, activeTape }));
  // a tape of the caller's is not for what is traced
  Object.assign(state, { gradientDepth: 0, kernelDepth: 0 });
}

function traceLayers(recorder: Recorder, undo: UndoStack): void {
  const { prototype } = tf.layers.Layer;
  const apply = Reflect.get(prototype, 'apply') as tf.layers.Layer['apply'];
  undo.replace(prototype, 'apply', function (this: tf.layers.Layer, ...args: Parameters<typeof apply>) {
    return recorder.inLayer(this.name, () => apply.apply(this, args));
  });
}

/**
 * Tensors that outlive the trace (`tf.keep`, variables made meanwhile) and hold nothing but constants go to the caller's backend, as if
 * they had been made there. Others are forgotten: what they stand for exists in the graph alone.
 */
function moveSurvivors(recorder: Recorder): void {
  const engine = tf.engine();
  const { state } = engine;
  const { backend } = engine;
  for (const [dataId, entry] of recorder.backend.entries) {
    const { references, shape, dtype } = entry;
    const values = references > 0 && state.tensorInfo.has(dataId) ? recorder.survivor(entry) : null;
    if (values === null) {
      state.tensorInfo.delete(dataId);
      continue;
    }
    backend.move(dataId, values, [...shape], dtype, references);
    const bytes = tf.util.sizeFromShape([...shape]) * tf.util.bytesPerElement(dtype);
    state.tensorInfo.set(dataId, { backend, dtype, shape: [...shape], bytes });
    Object.assign(state, { numTensors: state.numTensors + references, numDataBuffers: state.numDataBuffers + 1, numBytes: state.numBytes + references * bytes });
  }
}

/** Runs `body` under the tracing backend; of tfjs's state nothing has changed afterwards, whether it returns or throws. */
export function tracing<T>(recorder: Recorder, body: () => T): T {
  const stand: Stand = { backendName: TRACE_BACKEND, kernelNames: Object.keys(KERNELS), run: (name, inputs, attributes) => recorder.runKernel(name as KernelName, inputs, attributes) };
  return standingIn(recorder, stand, (undo) => traceDerivatives(recorder, undo), body);
}

/** Likewise under a backend that stands in for another one; `prepare` changes what else there is to be changed. */
export function standingIn<T>(recorder: Recorder, stand: Stand, prepare: (undo: UndoStack) => void, body: () => T): T {
  const engine = tf.engine();
  const undo = createUndoStack();
  undo.add(() => moveSurvivors(recorder));
  keepEngineState(undo);
  try {
    registerBackend(recorder, stand, undo);
    prepare(undo);
    traceLayers(recorder, undo);
    engine.startScope('capture');
    undo.add(() => engine.endScope());
    return body();
  } finally {
    undo.undo();
  }
}
