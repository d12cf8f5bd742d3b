import * as tf from '@tensorflow/tfjs';
import { detach, isDifferentiatedAgain } from './detach.ts';
import type { GradientRule } from './rule.ts';

/** What the tape holds of a node: the parts read here. */
interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[];
}

/**
 * The saved output, connected to the output again: the derivative by it reaches the node that made
 * it, which is still to come on the way back. (The clone that tfjs saved is recorded before that
 * node, hence not connected.) Only the output's id is used: it may be disposed of already.
 */
function reattachOutput(saved: readonly tf.Tensor[]): tf.Tensor {
  const tape = tf.engine().state.activeTape as readonly TapeNode[];
  const node = tape.find((candidate) => candidate.saved === saved);
  if (node === undefined) throw new Error('logSoftmax: its node is not on the tape');
  const value = detach(saved[0]!);
  tf.engine().state.activeTape.push({
    id: tf.engine().state.nextTapeNodeId++,
    kernelName: 'Identity',
    inputs: { x: node.outputs[0]! },
    outputs: [value],
    saved: [],
    gradient: (dys: tf.Tensor[]) => ({ x: () => tf.clone(dys[0]!) }),
  });
  return value;
}

/**
 * `tf.logSoftmax` is no kernel but a custom gradient, which tfjs records under the name of the op's
 * scope and which saves its output only. dx = dy − softmax(x)·Σ dy.
 */
export const logSoftmaxRule: GradientRule = {
  kernelName: 'logSoftmax__op',
  gradient: (dy, saved) => ({
    0: () => {
      const value = isDifferentiatedAgain() ? reattachOutput(saved) : saved[0]!;
      return tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.exp(value)));
    },
  }),
};
