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

function registerTraceBackend(recorder: Recorder, undo: UndoStack): void {
  const engine = tf.engine();
  const parts = engine as unknown as EngineParts;
  // the backend that is to come back must be there
  void engine.backend;
  const { backendName, backendInstance, profiler } = parts;
  const hadPending = Object.hasOwn(engine, 'pendingBackendInit');
  undo.add(() => {
    tf.removeBackend(TRACE_BACKEND);
    if (!hadPending) Reflect.deleteProperty(engine, 'pendingBackendInit');
    Object.assign(parts, { backendName, backendInstance, profiler });
  });
  tf.registerBackend(TRACE_BACKEND, () => recorder.backend, 0);
  for (const kernelName of Object.keys(KERNELS) as KernelName[]) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => recorder.runKernel(kernelName, inputs as Parameters<Recorder['runKernel']>[1], (attrs ?? {}) as Readonly<Record<string, unknown>>),
    });
    undo.add(() => tf.unregisterKernel(kernelName, TRACE_BACKEND));
  }
  // a backend that is made at once is set at once, whatever the promise says
  void engine.setBackend(TRACE_BACKEND);
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
  const engine = tf.engine();
  const undo = createUndoStack();
  undo.add(() => moveSurvivors(recorder));
  keepEngineState(undo);
  try {
    registerTraceBackend(recorder, undo);
    traceDerivatives(recorder, undo);
    traceLayers(recorder, undo);
    engine.startScope('capture');
    undo.add(() => engine.endScope());
    return body();
  } finally {
    undo.undo();
  }
}
