import { sizeOf } from '../../../ir/values.ts';
import type { Kernel, Schedule } from '../../../schedule/types.ts';
import { interpretContraction } from './interpretContraction.ts';
import { interpretLoops, rounded, type BufferValues } from './interpretLoops.ts';
import { interpretScatter } from './interpretScatter.ts';

function interpret(kernel: Kernel, { buffers }: Schedule, values: BufferValues): void {
  switch (kernel.kind) {
    case 'loops':
      return interpretLoops(kernel, values);
    case 'contraction':
      return interpretContraction(kernel, buffers, values);
    case 'scatter':
    case 'select_and_scatter':
      return interpretScatter(kernel, buffers, values);
  }
}

/**
 * What this target computes, to the bit: as `interpretKernel`, but every node is rounded to float32, while sums stay float64.
 *
 * @param inputs numbers by the names of the schedule's inputs
 */
export function interpretRounded(schedule: Schedule, inputs: ReadonlyMap<string, ArrayLike<number>>): ReadonlyMap<string, Float64Array> {
  const values = new Map(schedule.buffers.map(({ shape }, id) => [id, new Float64Array(sizeOf(shape))]));
  const fill = (id: number, data: ArrayLike<number>) => values.get(id)!.set(Array.from(data, (x) => rounded(schedule.buffers[id].dtype, x)));
  for (const { buffer, data } of schedule.constants) fill(buffer, data);
  for (const { name, buffer } of schedule.inputs) fill(buffer, inputs.get(name) ?? []);
  for (const { kernel } of schedule.kernels) interpret(kernel, schedule, values);
  return new Map(schedule.outputs.map(({ name, buffer }) => [name, values.get(buffer)!]));
}
