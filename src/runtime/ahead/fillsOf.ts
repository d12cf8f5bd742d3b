import type * as tf from '@tensorflow/tfjs';
import { dimsOf } from '../../step/arithmetic.ts';
import { INPUT_NAMES, type CapturedLoss } from '../compiled/captureLoss.ts';
import { upload } from '../compiled/transfer.ts';
import type { RecordedProgram, Recorder } from './recorder.ts';
import type { Fill, Place } from './stepPlan.ts';

interface FillContext {
  readonly recorder: Recorder;
  /** Variables that no player owns, by input: what they hold now is a constant of the step. */
  readonly foreign: ReadonlyMap<string, tf.Variable>;
  /** Width of the generator's noise, where the step may draw it. */
  readonly noise: number | null;
}

const BATCH = INPUT_NAMES.batch('');
const PARAM = INPUT_NAMES.param('');
const DTYPES = { f32: 'float32', i32: 'int32', i1: 'bool' } as const;

/** What is written into the memory before the losses are computed: the inputs that the program reads, weights and states aside. */
export function fillsOf({ program, schedule }: RecordedProgram, losses: readonly CapturedLoss[], { recorder, foreign, noise }: FillContext): readonly Fill[] {
  const draws = new Map(losses.flatMap((loss) => loss.draws.map((draw) => [draw.input, draw] as const)));
  const schedules = new Map(losses.flatMap((loss) => [...loss.schedules]));
  const types = new Map(program.graph.inputs.map(({ name, type }) => [name, type]));
  return schedule.inputs.flatMap(({ name }): readonly Fill[] => {
    const type = types.get(name)!;
    const to: Place = { offset: program.places.get(name)!, shape: dimsOf(type), dtype: type.kind === 'tensor' ? DTYPES[type.dtype] : 'float32' };
    const draw = draws.get(name);
    if (draw !== undefined) return [{ kind: draw.kind, stream: draw.stream, draw: draw.draw, to }];
    const scalar = schedules.get(name);
    if (scalar !== undefined) return [{ kind: 'schedule', schedule: scalar, to }];
    if (name.startsWith(PARAM)) return [{ kind: 'param', name: name.slice(PARAM.length), to }];
    if (name.startsWith(BATCH)) return [{ kind: 'batch', path: name.slice(BATCH.length), to, drawn: drawnAs(name.slice(BATCH.length), to, noise) }];
    if (name === INPUT_NAMES.target) return [{ kind: 'batch', path: 'target', to, drawn: 'classes' }];
    const variable = foreign.get(name);
    if (variable !== undefined) upload(recorder, variable, to.offset);
    return [];
  });
}

/** What takes the place of a tensor that the batch leaves out: what the trainer would draw. */
function drawnAs(path: string, { shape }: Place, noise: number | null): 'normals' | 'classes' | null {
  if (path === 'generatorInputs' && shape.length === 2 && shape[1] === noise) return 'normals';
  return path === 'target' && shape.length === 2 ? 'classes' : null;
}
