import * as tf from '@tensorflow/tfjs';

/** A value that is computed when it is first read. */
export interface Remembered<T> {
  (): T;
  /** Computes it now, for good: later reads get it under a tape, too, which then does not know where it comes from. */
  readonly pin: () => void;
}

/** How often a model has started over: what was computed before that is forgotten. */
export type Round = () => number;

const onlyRound: Round = () => 0;

/** Data: computed again only when a tensor of it was disposed. */
export function rememberData<T>(compute: () => T, round: Round = onlyRound): Remembered<T> {
  return remember(compute, round, () => true);
}

/**
 * What networks made: computed again when a tensor of it was disposed, or when a tape is running that did not record it. So gradients
 * are right whatever was read before, and within one tape, or without one, nothing is computed twice.
 */
export function rememberResult<T>(compute: () => T, round: Round = onlyRound): Remembered<T> {
  return remember(compute, round, (recordedBy) => {
    const tape = runningTape();
    return tape === null || tape === recordedBy;
  });
}

type Tape = object | null;

interface Known<T> {
  readonly value: T;
  readonly recordedBy: Tape;
  readonly round: number;
  pinned: boolean;
}

function remember<T>(compute: () => T, round: Round, isCurrent: (recordedBy: Tape) => boolean): Remembered<T> {
  let known: Known<T> | null = null;
  const holds = (it: Known<T>): boolean => it.round === round() && (it.pinned || isCurrent(it.recordedBy)) && tensorsIn(it.value).every((tensor) => !tensor.isDisposed);
  const read = (): T => {
    if (known === null || !holds(known)) known = { value: compute(), recordedBy: runningTape(), round: round(), pinned: false };
    return known.value;
  };
  const pin = (): void => {
    read();
    if (known !== null) known.pinned = true;
  };
  return Object.assign(read, { pin });
}

/** What tfjs records to now; it makes a new list for each outermost gradient. */
function runningTape(): Tape {
  const { state } = tf.engine();
  return state.gradientDepth > 0 && state.kernelDepth === 0 ? state.activeTape : null;
}

/** The tensors of a tensor, a list or a plain object; what else there is (distributions) lives as long as the tensors beside it. */
function tensorsIn(value: unknown): readonly tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype ? Object.values(value).flatMap(tensorsIn) : [];
}
