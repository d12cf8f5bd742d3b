import * as tf from '@tensorflow/tfjs';
import { KERNELS } from '../capture/kernels/kernelTable.ts';
import type { KernelRule } from '../capture/kernels/rule.ts';
import { createRecorder, type Recorder } from '../capture/recorder.ts';
import { standingIn, toKernelConfig, type Stand } from '../capture/tracing.ts';
import type { UndoStack } from '../capture/undoStack.ts';
import { placeVariables } from '../capture/variables.ts';
import { installGradients } from '../gradients/installGradients.ts';
import { SHAPE_RULES } from './shapeRules.ts';

/** A kernel that a program runs and a backend lacks. */
export interface MissingKernel {
  readonly kernelName: string;
  /** The layer that runs it, or whose gradient does; null outside of layers. */
  readonly layer: string | null;
  /** Whether a gradient runs it. */
  readonly backwards: boolean;
}

export interface Rehearsal {
  /** In the order in which they are met, each once for a layer. */
  readonly missing: readonly MissingKernel[];
  /** What ended it before the program did; null where nothing. */
  readonly stopped: unknown;
}

const BACKEND = 'ganloss-rehearsal';

/** The part of tfjs's engine that a node of the tape is made by; private there. */
interface TapeWriter {
  addTapeNode: (...args: unknown[]) => void;
}

interface TapeNode {
  gradient?: (dys: readonly tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
}

interface KernelRunner {
  runKernel: (kernelName: string, ...rest: unknown[]) => tf.Tensor | tf.Tensor[];
}

/** Kernels that are not there run nevertheless, and are told. They are not registered meanwhile: rules look for what a backend has. */
function runAbsent(config: (kernelName: string) => tf.KernelConfig | null, tell: (kernelName: string) => void, undo: UndoStack): void {
  const engine = tf.engine() as unknown as KernelRunner;
  const runKernel = engine.runKernel.bind(engine);
  undo.replace(engine, 'runKernel', (kernelName, ...rest) => {
    const absent = config(kernelName);
    if (absent === null) return runKernel(kernelName, ...rest);
    tell(kernelName);
    tf.registerKernel(absent);
    try {
      return runKernel(kernelName, ...rest);
    } finally {
      tf.unregisterKernel(kernelName, BACKEND);
    }
  });
}

/**
 * Lets what a gradient runs belong to the layer whose kernel it is the gradient of: tfjs's tape knows no layers.
 *
 * @returns whether a gradient is running
 */
function followGradients(recorder: Recorder, undo: UndoStack): () => boolean {
  const engine = tf.engine();
  const writer = engine as unknown as TapeWriter;
  const addTapeNode = writer.addTapeNode.bind(engine);
  let depth = 0;
  const within = <T>(layer: string | null, body: () => T): T => {
    depth += 1;
    try {
      return layer === null ? body() : recorder.inLayer(layer, body);
    } finally {
      depth -= 1;
    }
  };
  undo.replace(writer, 'addTapeNode', (...args) => {
    addTapeNode(...args);
    const layer = recorder.layer();
    const node = (engine.state.activeTape as unknown as TapeNode[]).at(-1);
    const gradient = node?.gradient;
    if (node === undefined || gradient === undefined) return;
    node.gradient = (dys) => {
      const thunks = within(layer, () => gradient(dys));
      return Object.fromEntries(Object.entries(thunks).map(([name, thunk]) => [name, () => within(layer, thunk)]));
    };
  });
  return () => depth > 0;
}

/**
 * Runs a program, its gradients on the tape included, under a backend that knows shapes alone, and tells which of its kernels `backendName`
 * lacks. Not all programs can be followed to their end: numbers that only a step knows read as zeros, and of few kernels not even the shape
 * is known. Nothing of tfjs's state is changed.
 */
export function rehearse(backendName: string, program: () => void): Rehearsal {
  const present = new Set(tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName));
  const recorder = createRecorder('zeros');
  const rules: Readonly<Record<string, KernelRule>> = { ...KERNELS, ...SHAPE_RULES };
  // a variable whose value lies elsewhere is brought up to date when it is read: by tfjs's own backend
  for (const variable of Object.values(tf.engine().registeredVariables)) void variable.dataId;
  const missing = new Map<string, MissingKernel>();
  let stopped: unknown = null;
  let isBackwards = (): boolean => false;
  const stand: Stand = {
    backendName: BACKEND,
    kernelNames: Object.keys(rules).filter((kernelName) => present.has(kernelName)),
    run(kernelName, inputs, attributes) {
      const x = inputs['x'];
      if (kernelName === 'Identity' && x !== undefined && recorder.backend.entries.has(x.dataId)) {
        // shares the data, as other backends do: rules know the fused ops by it
        recorder.backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      }
      return recorder.runRule(kernelName, rules[kernelName], inputs, attributes);
    },
  };
  const prepare = (undo: UndoStack): void => {
    // wraps the kernels of this backend as it does those of others
    undo.add(installGradients());
    isBackwards = followGradients(recorder, undo);
    runAbsent(
      (kernelName) => (present.has(kernelName) || !(kernelName in rules) ? null : toKernelConfig(stand, kernelName)),
      (kernelName) => {
        const layer = recorder.layer();
        const key = `${kernelName} ${layer}`;
        if (!missing.has(key)) missing.set(key, { kernelName, layer, backwards: isBackwards() });
      },
      undo,
    );
  };
  try {
    standingIn(recorder, stand, prepare, () => {
      const variables = placeVariables(recorder, { variables: [] });
      try {
        program();
      } finally {
        variables.restore();
      }
    });
  } catch (error) {
    // may be due to the zeros that it reads: the step itself will tell
    stopped = error;
  } finally {
    // forgets the backend that has gone
    installGradients()();
  }
  return { missing: [...missing.values()], stopped };
}
