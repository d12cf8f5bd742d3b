import * as tf from '@tensorflow/tfjs';
import { readOptimizer, writeOptimizer, type OptimizerState } from './optimizerState.ts';
import { share } from './share.ts';

/** Something that can be put back as it was. Exactly one of the two is called, once. */
export interface Snapshot {
  readonly restore: () => void;
  readonly release: () => void;
}

/** Keeps the values of variables: their buffers, not copies, since an assignment replaces a variable's buffer. */
export function snapshotVariables(variables: readonly tf.Variable[]): Snapshot {
  const copies = shareAll(variables);
  const release = (): void => tf.dispose([...copies]);
  return {
    restore() {
      variables.forEach((variable, index) => {
        if (variable.dataId !== copies[index].dataId) variable.assign(copies[index]);
      });
      release();
    },
    release,
  };
}

/** Keeps an optimiser's slots, accumulators and counter. */
export function snapshotOptimizer(optimizer: tf.Optimizer): Snapshot {
  const now = readOptimizer(optimizer);
  const copies = shareAll([...Object.values(now.slots).flatMap((slots) => slots.map(({ value }) => value)), ...Object.values(now.scalars)]);
  let next = 0;
  const state: OptimizerState = {
    ...now,
    slots: Object.fromEntries(Object.entries(now.slots).map(([field, slots]) => [field, slots.map(({ name }) => ({ name, value: copies[next++] }))])),
    scalars: Object.fromEntries(Object.keys(now.scalars).map((field) => [field, copies[next++]])),
  };
  const release = (): void => tf.dispose([...copies]);
  return {
    restore() {
      writeOptimizer(optimizer, state);
      release();
    },
    release,
  };
}

/** Takes snapshots one after the other; where one cannot be taken, those before it are released. */
export function joinSnapshots(takes: readonly (() => Snapshot)[]): Snapshot {
  const snapshots: Snapshot[] = [];
  try {
    for (const take of takes) snapshots.push(take());
  } catch (error) {
    for (const { release } of snapshots) release();
    throw error;
  }
  return {
    restore: () => snapshots.forEach((snapshot) => snapshot.restore()),
    release: () => snapshots.forEach((snapshot) => snapshot.release()),
  };
}

/** Shares of all the tensors, or of none. */
function shareAll(tensors: readonly tf.Tensor[]): readonly tf.Tensor[] {
  const shares: tf.Tensor[] = [];
  try {
    for (const tensor of tensors) shares.push(share(tensor));
  } catch (error) {
    tf.dispose(shares);
    throw error;
  }
  return shares;
}
