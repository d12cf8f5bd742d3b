/**
 * Label smoothing above 1 turns labels around: the language takes it for a mistake, TF-GAN computes it. These are the prelude's terms
 * with the labels written out; sums stand in the same order, so that their parts are the same.
 */
export const OVERSMOOTHED: Readonly<Record<string, { readonly term: string; readonly definitions: string }>> = {
  minimax: {
    term: 'oversmoothed_minimax',
    definitions: `
      term oversmoothed_minimax(label_smoothing, real_weights = 1, generated_weights = 1, weights = 1) {
        let target = 1 - label_smoothing/2
        let on_real = sigmoid_cross_entropy(target*ones_like(D(real)), D(real), weights: real_weights)
        let on_fake = sigmoid_cross_entropy(zeros_like(D(fake)), D(fake), weights: generated_weights)
        discriminator = on_real + on_fake
        let ones = ones_like(D(fake))
        generator = -(sigmoid_cross_entropy(target*ones, ones, weights: weights) + sigmoid_cross_entropy(zeros_like(D(fake)), D(fake), weights: weights))
      }`,
  },
  modified: {
    term: 'oversmoothed_modified',
    definitions: `
      term oversmoothed_modified(label_smoothing, real_weights = 1, generated_weights = 1, weights = 1) {
        let target = 1 - label_smoothing/2
        let on_real = sigmoid_cross_entropy(target*ones_like(D(real)), D(real), weights: real_weights)
        let on_fake = sigmoid_cross_entropy(zeros_like(D(fake)), D(fake), weights: generated_weights)
        discriminator = on_real + on_fake
        generator = sigmoid_cross_entropy(target*ones_like(D(fake)), D(fake), weights: weights)
      }`,
  },
  acgan: {
    term: 'oversmoothed_acgan',
    // the cross entropy is linear in the labels: those smoothed by 1 are uniform
    definitions: `
      term oversmoothed_acgan(label_smoothing, real_weights = 1, generated_weights = 1) {
        let on_fake = softmax_cross_entropy(labels, D.classes(fake), weights: generated_weights)
        let plain = softmax_cross_entropy(labels, D.classes(real), weights: real_weights)
        let uniform = softmax_cross_entropy(labels, D.classes(real), label_smoothing: 1, weights: real_weights)
        let on_real = (1 - label_smoothing)*plain + label_smoothing*uniform
        discriminator = on_fake + on_real
      }`,
  },
  // the losses of tf.compat.v1
  softmax_loss: {
    term: 'oversmoothed_softmax',
    definitions: `
      term oversmoothed_softmax(label_smoothing, weights = 1) {
        let plain = softmax_cross_entropy(given0, given1, weights: weights)
        let uniform = softmax_cross_entropy(given0, given1, label_smoothing: 1, weights: weights)
        generator = (1 - label_smoothing)*plain + label_smoothing*uniform
      }`,
  },
  sigmoid_loss: {
    term: 'oversmoothed_sigmoid',
    definitions: `
      term oversmoothed_sigmoid(label_smoothing, weights = 1) {
        generator = sigmoid_cross_entropy(given0*(1 - label_smoothing) + label_smoothing/2, given1, weights: weights)
      }`,
  },
};
