/** An update of one player (TF-GAN's train op): run, it gives the loss before the update. A cyclegan's gives the sum of its directions. */
export interface TrainOp {
  (): Promise<number>;
  /** The updates it consists of, each an op of its own: in a cyclegan x→y and y→x, else itself alone. */
  readonly parts: readonly TrainOp[];
}

/** TF-GAN's GANTrainOps. Runs wait for one another; one that fails changes nothing. */
export interface GANTrainOps {
  readonly generatorTrainOp: TrainOp;
  readonly discriminatorTrainOp: TrainOp;
  /** Counts a step of training and gives the count. */
  readonly globalStepIncOp: () => number;
  /** Steps of training done. */
  readonly globalStep: number;
  /**
   * TensorFlow's `Session.run` of several ops of this tuple: all see the variables from before the call, the same data and the same
   * draws, and share the networks' forward passes; then all update.
   *
   * @returns a loss for each op
   * @throws SpecError GL6001 for a loss that is NaN or infinite, GL3012 for a loss that no variable of its player leads to, and what
   * networks and losses raise
   */
  readonly run: (ops: readonly TrainOp[]) => Promise<readonly number[]>;
}
