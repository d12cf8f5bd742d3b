import * as tf from '@tensorflow/tfjs';
import type { Graph } from '../../ir/graph.ts';
import { sizeOf } from '../../ir/values.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { scheduleValue, type Schedule } from '../../support/schedules.ts';
import type { Captured } from '../capture/capture.ts';
import { fillNormals, fillUniforms } from '../random.ts';
import { randomOf, type Settings } from '../trainer/options.ts';
import type { Params } from '../trainer/params.ts';
import { INPUT_NAMES, SAMPLES } from './captureLoss.ts';
import { createCell } from './cells.ts';
import type { Machine } from './machine.ts';
import { upload, type TensorDtype } from './transfer.ts';

/** What a run depends on, beside the memory. */
export interface RunInputs {
  /** By argument: `batch.real`. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
  readonly settings: Settings;
  readonly params: Params;
  readonly step: number;
  readonly update: number;
}

/** What the inputs of a program are. */
export interface FillPlan {
  readonly graph: Graph;
  readonly captured: readonly Pick<Captured, 'arguments' | 'draws'>[];
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** Variables that no player owns, by input. */
  readonly foreign: ReadonlyMap<string, tf.Variable>;
  readonly places: ReadonlyMap<string, number>;
  /** Inputs that are read; the others are left as they are. */
  readonly reads: ReadonlySet<string>;
}

/** Writes what changes from run to run into the memory: batch, draws, params, schedules, variables of nobody's. */
export function createFill(machine: Machine, { graph, captured, schedules, foreign, places, reads }: FillPlan): (inputs: RunInputs) => void {
  const read = (name: string): boolean => reads.has(name);
  const at = (name: string): number => places.get(name)!;
  const batch = [...new Set(captured.flatMap((one) => one.arguments))].filter((name) => read(name) && name.startsWith(INPUT_NAMES.batch('')));
  const draws = [...new Map(captured.flatMap((one) => one.draws.map((draw) => [draw.input, draw] as const))).values()].filter(({ input }) => read(input));
  const scalars = [...schedules].filter(([name]) => read(name));
  const target = read(INPUT_NAMES.target) ? graph.inputs.find(({ name }) => name === INPUT_NAMES.target)! : null;
  const outside = [...foreign].filter(([name]) => read(name)).map(([name, variable]) => foreignCell(machine, at(name), variable));
  return ({ tensors, settings, params, step, update }) => {
    for (const name of batch) upload(machine, tensors.get(name)!, at(name));
    for (const cell of outside) cell.pull();
    const floats = machine.floats();
    for (const { input, kind, stream, draw, shape } of draws) {
      if (settings.random === null) {
        const fill = kind === 'uniform' ? fillUniforms : fillNormals;
        fill(floats.subarray(at(input) / 4, at(input) / 4 + sizeOf(shape)), { seed: settings.seed, name: `${stream}/${update}/${draw}`, step });
      } else tf.tidy(() => upload(machine, randomOf(settings, `${stream}/${update}`, step)[kind](draw, shape), at(input)));
    }
    if (target !== null) fillTarget(floats, at(INPUT_NAMES.target) / 4, dimsOf(target.type), randomOf(settings, `${SAMPLES}/${update}`, step).numbers);
    for (const [name, schedule] of scalars) floats[at(name) / 4] = scheduleValue(schedule, step - 1);
    for (const name in params) if (read(INPUT_NAMES.param(name))) floats[at(INPUT_NAMES.param(name)) / 4] = params[name];
  };
}

function foreignCell(machine: Machine, place: number, variable: tf.Variable) {
  return createCell(machine, place, { shape: variable.shape, dtype: variable.dtype as TensorDtype, identity: () => variable.dataId, read: () => variable, write: () => undefined, start: () => 0 });
}

/** One-hot classes, drawn as the tape draws them. */
function fillTarget(floats: Float32Array, start: number, [samples, classes]: readonly number[], numbers: (draw: string, length: number) => Float32Array): void {
  floats.fill(0, start, start + samples * classes);
  numbers('target', samples).forEach((number, index) => {
    floats[start + index * classes + Math.floor(number * classes)] = 1;
  });
}
