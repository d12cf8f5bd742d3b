import type { Code } from '../../support/codes.ts';

/** The codes that need networks, data or files to be caused. */
export type RunCode = Extract<Code, `GL5${string}` | `GL6${string}` | `GL7${string}`>;

/** What `ganloss explain` shows for them: why, and how to mend it. */
export const RUN_CODES: { readonly [C in RunCode]: { readonly why: string; readonly mend: string } } = {
  GL5001: {
    why: 'The objective needs a network, or data in the batch, that was not given.',
    mend: 'Pass what the message names: networks as { generator, discriminator }, a batch as { real, generatorInputs } and whatever the model and the declared inputs need.',
  },
  GL5002: {
    why: 'The objective compares what the discriminator says of real and of generated data, which therefore must have one shape.',
    mend: 'Give the generator an output of the shape of the data.',
  },
  GL5003: {
    why: 'The specification uses an output of the network, such as D.classes(x), that the network does not return.',
    mend: 'Return an object with that name, or a list in the order that the model expects: [logits, classes] for acgan and stargan, [logits, ...codes] for infogan.',
  },
  GL5004: {
    why: 'Weights are a scalar, or have the rank of the losses with each dimension 1 or equal, as in tf.losses.compute_weighted_loss.',
    mend: 'Reshape the weights: for one weight a sample and losses [N, 1], give [N, 1].',
  },
  GL5005: {
    why: 'The network does something that a trace cannot record, such as reading a value of a tensor. It runs on the tape instead: slower, with the same numbers.',
    mend: 'Nothing is wrong. Compute with tensors instead of reading their values to have it captured.',
  },
  GL5006: {
    why: 'The backend has no kernel for an operation that the loss or its gradients run on the tape. It is told before the first step: nothing was changed.',
    mend: "Use another backend (tf.setBackend('wasm')), compiled steps, which need no kernels (mode: 'captured'), or another layer.",
  },
  GL5007: {
    why: 'An operation of the network has no gradient, or no second one where the objective needs it.',
    mend: 'Use another layer, or an objective without a gradient penalty.',
  },
  GL5008: {
    why: 'Real and generated samples of one batch must be equally many and of one shape.',
    mend: 'Give generator inputs for as many samples as the real batch has, and make the generator return the shape of the data.',
  },
  GL5009: {
    why: 'A parameter was set to a value that is not finite, or below 0 where it weighs an auxiliary term; or an option makes no sense. Nothing was changed.',
    mend: 'Give a value in the range that the message names.',
  },
  GL5010: {
    why: 'Batch normalisation makes what the discriminator says of a sample depend on the whole batch, while the penalty is on the gradient of each sample by itself (Gulrajani et al., 2017, section 4).',
    mend: 'Use layer normalisation, or none, in the discriminator.',
  },
  GL5011: {
    why: 'The loss applies the sigmoid itself, as tf.nn.sigmoid_cross_entropy_with_logits does. With one in the network it is applied twice: probabilities stay between 1/2 and 0.73, and gradients vanish.',
    mend: 'Make the last layer linear, or use a loss of probabilities such as least_squares.',
  },
  GL6001: {
    why: 'A loss or gradient became NaN or infinite: training has diverged. The step was not applied.',
    mend: 'Lower the learning rates, add or strengthen a gradient penalty, or look for a logarithm or division in an own term that can reach 0.',
  },
  GL7001: { why: 'There is no such file, or it may not be read.', mend: 'Check the path, which is taken from the current directory, and the permissions.' },
  GL7002: { why: 'The file is damaged or of a kind that is not read. Images come as NumPy files [N, H, W] or [N, H, W, C], or as PNGs in a directory.', mend: 'Write it again in one of these forms.' },
  GL7003: { why: 'A batch needs images of one size.', mend: 'Scale or crop the pictures to one size.' },
  GL7004: { why: 'A package that this needs is not installed; it is optional, so that ganloss itself stays small.', mend: 'Install it with the command that the message shows.' },
  GL7005: { why: 'The file cannot be written: no permission, no room, or the path leads through a file. What was there before is unchanged.', mend: 'Make room, or choose another directory.' },
  GL7006: { why: 'The checkpoint is incomplete, or its bytes do not have the checksum that was written with them.', mend: 'Use an earlier checkpoint, or start anew.' },
  GL7007: { why: 'The checkpoint was written for another objective, other networks or other data, and going on from it would give something that is neither.', mend: 'Resume with what the run was begun with, or start a new one in another directory.' },
  GL7008: { why: 'Specifications are UTF-8 text.', mend: 'Save the file as UTF-8.' },
  GL7009: { why: 'A file of networks is an ES module that exports networks(image, tf), which returns { generator, discriminator }, or these two by name.', mend: 'Export one of these. "ganloss new" writes an example.' },
};
