import { seededRandom } from '../../../ir/evaluate/seededRandom.ts';
import type { Schedule } from '../../../schedule/types.ts';

const ODD = [NaN, Infinity, -Infinity, -0, 1e30, 0.5];

/** Numbers for a schedule's inputs; of f32 ones, the share `odd` are taken from `values`: infinite, NaN and the like. */
export function inputsFor(schedule: Schedule, seed: number, odd: number, values: readonly number[] = ODD): Map<string, number[]> {
  const random = seededRandom(seed);
  return new Map(
    schedule.inputs.map(({ name, buffer }) => {
      const { dtype, shape } = schedule.buffers[buffer];
      const normals = Array.from(random(name, 'normal', shape));
      const chance = Array.from(random(`odd ${name}`, 'uniform', shape));
      const float = (x: number, i: number): number => Math.fround(chance[i] < odd ? values[Math.floor((chance[i] / odd) * values.length)] : x);
      return [name, normals.map((x, i) => (dtype === 'f32' ? float(x, i) : dtype === 'i32' ? Math.round(2 * x) | 0 : Number(x > 0)))];
    }),
  );
}
