import * as tf from '@tensorflow/tfjs';
import type { GradientRule } from './rule.ts';

/**
 * tfjs records some ops not as kernels but as custom gradients, under the name of the op's scope and with what they save themselves:
 * nothing (logSigmoid uses a tensor that is gone by then), or results that are not connected to the inputs (a second derivative through
 * them is silently wrong). `keepCustomInputs` saves all their inputs instead, which these rules read.
 */
export const customOpRules: readonly GradientRule[] = [
  {
    kernelName: 'logSigmoid__op',
    gradient: (dy, [x]) => ({ 0: () => tf.mul(dy, tf.sigmoid(tf.neg(x!))) }),
  },
  {
    // of labels that sum to 1, as TensorFlow's; tfjs's derivative by the labels is another one
    kernelName: 'softmaxCrossEntropy__op',
    gradient: (dy, [labels, logits]) => {
      const wide = (): tf.Tensor => tf.expandDims(dy, -1);
      return {
        0: () => tf.mul(wide(), tf.neg(tf.logSoftmax(logits!))),
        1: () => tf.mul(wide(), tf.sub(tf.softmax(logits!), tf.cast(labels!, 'float32'))),
      };
    },
  },
];

const CUSTOM: ReadonlySet<string> = new Set(customOpRules.map(({ kernelName }) => kernelName));

type AddTapeNode = (this: object, name: string, inputs: Readonly<Record<string, tf.Tensor>>, outputs: readonly tf.Tensor[], gradient: unknown, saved: tf.Tensor[], attributes: unknown) => void;

/** Saves the inputs of the ops above as tfjs saves those of kernels: clones on the tape, which it frees with the tape. Returns the undo. */
export function keepCustomInputs(): () => void {
  const engine = tf.engine() as unknown as { addTapeNode: AddTapeNode };
  const before = engine.addTapeNode;
  const wasOwn = Object.hasOwn(engine, 'addTapeNode');
  const keeping: AddTapeNode = function (name, inputs, outputs, gradient, saved, attributes) {
    if (CUSTOM.has(name)) {
      for (const tensor of saved.splice(0)) tensor.dispose();
      saved.push(...Object.values(inputs).map((input) => tf.keep(tf.clone(input))));
    }
    before.call(this, name, inputs, outputs, gradient, saved, attributes);
  };
  engine.addTapeNode = keeping;
  return () => {
    // what somebody has put there since then is theirs
    if (engine.addTapeNode !== keeping) return;
    if (wasOwn) engine.addTapeNode = before;
    else delete (engine as { addTapeNode?: AddTapeNode }).addTapeNode;
  };
}
