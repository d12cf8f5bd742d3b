import * as tf from '@tensorflow/tfjs';
import { scheduleValue } from '../../support/schedules.ts';
import type { Batch } from '../models/model.ts';
import { createRandom, normals, uniforms } from '../random.ts';
import { assembleCode, instantiate, type CodeOptions } from './code.ts';
import type { RecordedStep } from './planStep.ts';
import type { Fill, VariantPlan } from './stepPlan.ts';

export interface ProfileOptions extends CodeOptions {
  readonly batch: Batch;
  /** How long the step is run, ms. */
  readonly budget: number;
  /** No more runs than these. */
  readonly most: number;
}

/** For each program of the first step the least time of each of its kernels, ms. */
export type Profile = ReadonlyMap<string, readonly number[]>;

/**
 * Times a step kernel by kernel: each is a function of its own, called in the step's order on the step's own numbers. What calls cost,
 * some tenths of a microsecond each, is in the times.
 */
export function profileStep(recorded: RecordedStep, { batch, budget, most, ...options }: ProfileOptions): Profile {
  const { programs, bytes, end } = recorded;
  const kernelName = (program: string, index: number): string => `${program}#${index}`;
  const single = programs.flatMap(({ name, schedule }) => schedule.kernels.map((kernel, index) => ({ name: kernelName(name, index), schedule: { ...schedule, kernels: [kernel] } })));
  const code = assembleCode(single, options);
  const { memory, run } = instantiate({ ...code, end: Math.max(code.end, end), data: [{ offset: 0, bytes }, ...code.data] });
  const course = courseOf(recorded, memory, batch);
  const kernels = new Map(programs.map(({ name, schedule }) => [name, schedule.kernels.map((_, index) => run[kernelName(name, index)])]));
  const times = new Map(course.flatMap(({ calls }) => calls).map((name) => [name, kernels.get(name)!.map(() => Infinity)]));
  const start = performance.now();
  for (let round = 0; round < most && (round < 3 || performance.now() - start < budget); round += 1) {
    for (const update of course) {
      update.fill();
      for (const name of update.calls) {
        const least = times.get(name)!;
        kernels.get(name)!.forEach((kernel, index) => {
          const before = performance.now();
          kernel();
          least[index] = Math.min(least[index], performance.now() - before);
        });
      }
    }
  }
  return times;
}

/** The first step's updates: what fills the memory, and the programs in their order. */
function courseOf({ plan }: RecordedStep, memory: ArrayBuffer, batch: Batch): readonly { readonly fill: () => void; readonly calls: readonly string[] }[] {
  return plan.order.map((place, update) => {
    const [variant] = plan.updates[place].variants;
    return { fill: () => fill(memory, variant.fills, { batch, plan, update }), calls: callsOf(variant) };
  });
}

/**
 * Times a whole step: all of its programs, one after the other. Filling the memory is not in it.
 * @returns the least time of many runs, ms
 */
export function timeStep(recorded: RecordedStep, { batch, budget, most, ...options }: ProfileOptions): number {
  const code = assembleCode(recorded.programs, options);
  const { memory, run } = instantiate({ ...code, end: Math.max(code.end, recorded.end), data: [{ offset: 0, bytes: recorded.bytes }, ...code.data] });
  const course = courseOf(recorded, memory, batch);
  for (const { fill: fillMemory } of course) fillMemory();
  const calls = course.flatMap((update) => update.calls).map((name) => run[name]);
  let least = Infinity;
  const start = performance.now();
  for (let round = 0; round < most && (round < 3 || performance.now() - start < budget); round += 1) {
    const before = performance.now();
    for (const call of calls) call();
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

function callsOf({ evaluate, parts }: VariantPlan): readonly string[] {
  return [evaluate, ...parts.flatMap(({ check, apply }) => [check.program, apply])];
}

interface FillContext {
  readonly batch: Batch;
  readonly plan: RecordedStep['plan'];
  readonly update: number;
}

/** Writes what the first step's update reads. */
function fill(memory: ArrayBuffer, fills: readonly Fill[], { batch, plan: { seed, params }, update }: FillContext): void {
  for (const one of fills) {
    const { offset, shape, dtype } = one.to;
    const size = shape.reduce((product, length) => product * length, 1);
    const to = dtype === 'float32' ? new Float32Array(memory, offset, size) : new Int32Array(memory, offset, size);
    switch (one.kind) {
      case 'batch':
        tf.tidy(() => to.set((tensorAt(batch, one.path) ?? drawn(seed, one, update)).dataSync()));
        break;
      case 'uniform':
      case 'normal':
        to.set((one.kind === 'uniform' ? uniforms : normals)(seed, `${one.stream}/${update}/${one.draw}`, size, 1));
        break;
      case 'param':
        to[0] = params[one.name];
        break;
      case 'schedule':
        to[0] = scheduleValue(one.schedule, 0);
        break;
      default:
        one satisfies never;
    }
  }
}

function tensorAt(batch: Batch, path: string): tf.Tensor | undefined {
  const [name, index] = path.split('/');
  const value = batch[name];
  return index === undefined ? (value as tf.Tensor | undefined) : (value as readonly tf.Tensor[] | undefined)?.[Number(index)];
}

function drawn(seed: number, { to: { shape }, drawn: kind }: Extract<Fill, { readonly kind: 'batch' }>, update: number): tf.Tensor {
  const random = createRandom(seed, `samples/${update}`, 1);
  if (kind === 'normals') return random.normal('z', shape);
  const classes = [...random.numbers('target', shape[0])].map((number) => Math.floor(number * shape[1]));
  return tf.oneHot(tf.tensor1d(classes, 'int32'), shape[1]);
}
