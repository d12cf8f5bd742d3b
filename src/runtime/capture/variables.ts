import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../ir/graph.ts';
import type { CaptureOptions } from './capture.ts';
import type { Recorder } from './recorder.ts';
import { dtypeOf } from './kernels/structural.ts';
import type { DataId } from './traceBackend.ts';

interface Placed {
  readonly variable: tf.Variable;
  /** The graph input that it stands for; null for a variable that is none. */
  readonly input: string | null;
  readonly before: DataId;
  readonly placeholder: DataId;
}

/** Variables while a program is traced. */
export interface PlacedVariables {
  /** What each assigned variable has become, by the name of its input. */
  readonly updates: () => readonly { readonly name: string; readonly value: ValueId }[];
  /** Gives every variable its own data back. */
  readonly restore: () => void;
}

function put(variable: tf.Variable, dataId: DataId): void {
  (variable as { dataId: DataId }).dataId = dataId;
}

/**
 * Puts placeholders into all variables: into those of `options` inputs of the graph, into the others their data as constants (not left
 * as they are, since a program that assigns one would dispose its data).
 */
export function placeVariables(recorder: Recorder, { variables }: CaptureOptions): PlacedVariables {
  const engine = tf.engine();
  const names = new Map(variables.map(({ name, variable }) => [variable, name]));
  const all = new Set<tf.Variable>([...names.keys(), ...Object.values(engine.registeredVariables)]);
  const placed = [...all].filter(({ isDisposed }) => !isDisposed).map((variable): Placed => {
    const { shape, dtype, dataId: before } = variable;
    const input = names.get(variable) ?? null;
    const type = dtypeOf(dtype);
    const placeholder =
      input === null || type === null
        ? recorder.backend.hold({ kind: 'foreign', dataId: before }, shape, dtype)
        : recorder.hold(recorder.input(input, shape, type));
    engine.state.tensorInfo.set(placeholder, { backend: recorder.backend, dtype, shape: [...shape], bytes: 0 });
    put(variable, placeholder);
    return { variable, input, before, placeholder };
  });
  return {
    updates() {
      const made = Object.values(engine.registeredVariables).find((variable) => !all.has(variable));
      if (made !== undefined) return recorder.refuse(`it makes the variable '${made.name}' while it runs`, 'make variables before training, or call the networks once');
      return placed.flatMap(({ variable, input, placeholder }) => {
        if (variable.dataId === placeholder) return [];
        if (input === null) return recorder.refuse(`it assigns the variable '${variable.name}', which belongs to none of the networks`);
        return [{ name: input, value: recorder.valueOf(variable) }];
      });
    },
    restore() {
      for (const { variable, before, placeholder } of placed) {
        if (variable.dataId !== placeholder) recorder.backend.decRef(variable.dataId);
        put(variable, before);
      }
    },
  };
}
