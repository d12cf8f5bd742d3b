import { assembleCode, type CodeOptions } from './code.ts';
import { recordStep, type PlanRequest, type RecordedStep } from './planStep.ts';
import type { Segment, StepPlan } from './stepPlan.ts';

export interface StepRequest extends PlanRequest, CodeOptions {
  readonly source: StepPlan['source'];
}

/**
 * A whole training step as a plan with code, ready to be written as a module.
 *
 * @throws SpecError GL5005 for what cannot be captured or needs the trainer, GL50xx for networks and batches that do not fit
 */
export function compileStep({ target, relaxedSimd, source, ...request }: StepRequest): StepPlan {
  const recorded = recordStep(request);
  const { plan, programs } = recorded;
  const module = assembleCode(programs, { target, relaxedSimd });
  return {
    ...plan,
    source,
    batchSize: plan.batch[0]?.to.shape[0] ?? 0,
    memory: { bytes: Math.max(recorded.end, module.end), data: [...initialData(recorded), ...module.data] },
    code: module.code,
  };
}

/** Zeros between numbers that are worth a segment of their own, bytes. */
const GAP = 64;

/** The memory before the first step, without stretches of zeros. */
function initialData({ bytes }: RecordedStep): readonly Segment[] {
  const segments: Segment[] = [];
  let start = -1;
  let last = -1;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === 0) continue;
    if (start >= 0 && index - last > GAP) {
      segments.push(cut(bytes, start, last));
      start = -1;
    }
    if (start < 0) start = index;
    last = index;
  }
  return start < 0 ? segments : [...segments, cut(bytes, start, last)];
}

/** Whole numbers of four bytes. */
function cut(bytes: Uint8Array, first: number, last: number): Segment {
  const offset = first - (first % 4);
  return { offset, bytes: bytes.slice(offset, last - (last % 4) + 4) };
}
