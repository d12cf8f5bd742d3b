import type { PlacedSchedule } from '../schedule/types.ts';

export interface DataSegment {
  /** In bytes. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A schedule's constants as they stand in memory. */
export function constantData(schedule: PlacedSchedule): readonly DataSegment[] {
  return schedule.constants.map(({ buffer, data }) => {
    const numbers = schedule.buffers[buffer].dtype === 'f32' ? Float32Array.from(data) : Int32Array.from(data);
    return { offset: schedule.offsets[buffer], bytes: new Uint8Array(numbers.buffer) };
  });
}
