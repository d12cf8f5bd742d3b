import type { TrainerState } from './trainerState.ts';

/** What `__metadata__.trainer` of a checkpoint holds, as JSON: the state without its tensors' values. */
export type TrainerRecord = Omit<TrainerState, 'tensors'> & { readonly labels: Readonly<Record<string, string>> };

/** A tensor in the header of a safetensors file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its first byte lies and where the next tensor's would, from the end of the header. */
  readonly data_offsets: readonly [number, number];
}

/** Whether JSON from a file says what a checkpoint says of its trainer. */
export function isTrainerRecord(value: unknown): value is TrainerRecord {
  if (!isRecord(value)) return false;
  const { model, fingerprint, step, seed, params, optimizers, labels } = value;
  return (
    typeof model === 'string' &&
    typeof fingerprint === 'string' &&
    isCount(step) &&
    isCount(seed) &&
    isRecord(params) &&
    Object.values(params).every(Number.isFinite) &&
    isRecord(optimizers) &&
    Object.values(optimizers).every((one) => isRecord(one) && typeof one.className === 'string' && isCount(one.iterations)) &&
    isRecord(labels) &&
    Object.values(labels).every((label) => typeof label === 'string')
  );
}

/** Whether JSON from a file describes a tensor; whether there are as many bytes is the reader's to see. */
export function isTensorEntry(value: unknown): value is TensorEntry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  return typeof dtype === 'string' && Array.isArray(shape) && shape.every(isCount) && Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount) && offsets[0] <= offsets[1];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
