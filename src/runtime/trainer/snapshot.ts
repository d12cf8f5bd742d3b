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
  const copies = variables.map((variable) => share(variable));
  const release = (): void => tf.dispose(copies);
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
  const copies: tf.Tensor[] = [];
  const copy = (value: tf.Tensor): tf.Tensor => {
    const kept = share(value);
    copies.push(kept);
    return kept;
  };
  const now = readOptimizer(optimizer);
  const state: OptimizerState = {
    ...now,
    slots: Object.fromEntries(Object.entries(now.slots).map(([field, slots]) => [field, slots.map(({ name, value }) => ({ name, value: copy(value) }))])),
    scalars: Object.fromEntries(Object.entries(now.scalars).map(([field, value]) => [field, copy(value)])),
  };
  const release = (): void => tf.dispose(copies);
  return {
    restore() {
      writeOptimizer(optimizer, state);
      release();
    },
    release,
  };
}

export function joinSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  return {
    restore: () => snapshots.forEach((snapshot) => snapshot.restore()),
    release: () => snapshots.forEach((snapshot) => snapshot.release()),
  };
}
