import { sizeOf } from '../../ir/values.ts';
import type { PlacedSchedule } from '../../schedule/types.ts';
import { compileJs } from '../js/compileJs.ts';
import { instantiateJs } from '../js/instantiateJs.ts';

/** Runs a placed schedule, compiled to JavaScript, on its inputs and gives its outputs. */
export function runJs(schedule: PlacedSchedule, inputs: ReadonlyMap<string, ArrayLike<number>>): Map<string, number[]> {
  const { source, data } = compileJs([{ name: 'main', schedule }]);
  const memory = new ArrayBuffer(Math.ceil(schedule.end / 4) * 4);
  for (const segment of data) new Uint8Array(memory).set(segment.bytes, segment.offset);
  const view = (buffer: number) => new (schedule.buffers[buffer].dtype === 'f32' ? Float32Array : Int32Array)(memory, schedule.offsets[buffer], sizeOf(schedule.buffers[buffer].shape));
  for (const { name, buffer } of schedule.inputs) view(buffer).set(inputs.get(name)!);
  instantiateJs(source, memory).main();
  return new Map(schedule.outputs.map(({ name, buffer }) => [name, Array.from(view(buffer))]));
}
