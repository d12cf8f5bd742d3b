/** A symbol of TF-GAN (or of TensorFlow, where TF-GAN's users meet it), and what to know of it. */
export interface ParitySymbol {
  readonly name: string;
  readonly parameters: readonly ParityParameter[];
  readonly remark?: string;
}

export interface ParityParameter {
  readonly name: string;
  /** Absent in JavaScript, and why. */
  readonly absent?: string;
  readonly remark?: string;
}

export interface ParityGroup {
  readonly title: string;
  readonly symbols: readonly ParitySymbol[];
}

const of = (...names: readonly string[]): readonly ParityParameter[] => names.map((name) => ({ name }));
const withRemark = (name: string, remark: string): ParityParameter => ({ name, remark });
const absent = (name: string, why: string): ParityParameter => ({ name, absent: why });

const SCOPES = of('generator_scope', 'discriminator_scope').map(({ name }) => withRemark(name, 'a name: networks bring their variables and regularisation losses along, so that no scope has to find them'));
const COMMON = [
  withRemark('scope', 'names summaries'),
  withRemark('loss_collection', 'an array, where TensorFlow has a collection of the graph'),
  withRemark('reduction', 'any of the six; another name is an error'),
  withRemark('add_summaries', 'TF-GAN’s tags in TF-GAN’s order, into `summaries`; a summary of what is no scalar cannot be evaluated there and is null here'),
];
const WEIGHTS = 'a scalar, or the rank of the losses with each dimension 1 or equal; a zero weight does not mask a NaN, since TF-GAN multiplies';

interface PlainLoss {
  readonly tensors: readonly string[];
  readonly own?: readonly ParityParameter[];
  readonly weights: readonly string[];
  readonly remark?: string;
}

const REAL_AND_GENERATED = ['discriminator_real_outputs', 'discriminator_gen_outputs'];
const SMOOTHING = withRemark('label_smoothing', 'what is not above 0 is none, as `if label_smoothing > 0` of TensorFlow has it; a Tensor is refused');
const SAME_SHAPE = 'real and generated outputs must have one shape; the minimax, modified and relativistic losses do not ask for it';

/** The losses that have a tuple form (`losses`) and a plain one (`losses.wargs`). */
const PLAIN: Readonly<Record<string, PlainLoss>> = {
  wasserstein_generator_loss: { tensors: ['discriminator_gen_outputs'], weights: ['weights'], remark: 'one function with the hinge generator’s in TF-GAN: its messages say hinge' },
  wasserstein_discriminator_loss: { tensors: REAL_AND_GENERATED, weights: ['real_weights', 'generated_weights'], remark: SAME_SHAPE },
  wasserstein_hinge_generator_loss: { tensors: ['discriminator_gen_outputs'], weights: ['weights'] },
  wasserstein_hinge_discriminator_loss: { tensors: REAL_AND_GENERATED, own: of('real_hinge', 'generated_hinge'), weights: ['real_weights', 'generated_weights'], remark: SAME_SHAPE },
  least_squares_generator_loss: { tensors: ['discriminator_gen_outputs'], own: of('real_label'), weights: ['weights'] },
  least_squares_discriminator_loss: { tensors: REAL_AND_GENERATED, own: of('real_label', 'fake_label'), weights: ['real_weights', 'generated_weights'], remark: SAME_SHAPE },
  minimax_generator_loss: {
    tensors: ['discriminator_gen_outputs'],
    own: [SMOOTHING],
    weights: ['weights'],
    remark: 'TF-GAN calls the discriminator’s loss with ones in the place of D(real): a constant is in the value; the un-negated loss goes into the collection',
  },
  minimax_discriminator_loss: { tensors: REAL_AND_GENERATED, own: [SMOOTHING], weights: ['real_weights', 'generated_weights'], remark: 'smoothing 0.25 by default, of real labels alone' },
  modified_generator_loss: { tensors: ['discriminator_gen_outputs'], own: [SMOOTHING], weights: ['weights'] },
  modified_discriminator_loss: { tensors: REAL_AND_GENERATED, own: [SMOOTHING], weights: ['real_weights', 'generated_weights'], remark: 'minimax’s; its summaries keep minimax’s names' },
  relativistic_generator_loss: { tensors: REAL_AND_GENERATED, weights: [], remark: 'takes no weights, reduction or summaries: passed to `ganLoss` by itself it raises, as in TF-GAN; wrap it in a function of the model' },
  relativistic_discriminator_loss: { tensors: REAL_AND_GENERATED, weights: [] },
  acgan_generator_loss: { tensors: ['discriminator_gen_classification_logits', 'one_hot_labels'], weights: ['weights'], remark: 'weights have the rank of the logits minus one, whatever TF-GAN’s docstring says' },
  acgan_discriminator_loss: {
    tensors: ['discriminator_real_classification_logits', 'discriminator_gen_classification_logits', 'one_hot_labels'],
    own: [SMOOTHING],
    weights: ['real_weights', 'generated_weights'],
    remark: 'smooths the labels of real data alone',
  },
  mutual_information_penalty: {
    tensors: ['structured_generator_inputs', 'predicted_distributions'],
    weights: ['weights'],
    remark: 'weights run over the list of codes; of empty lists 0; the un-negated loss goes into the collection',
  },
};

function plainSymbols(): readonly ParitySymbol[] {
  return Object.entries(PLAIN).map(([name, { tensors, own = [], weights, remark }]) => {
    const common = weights.length === 0 ? COMMON.slice(0, 1) : COMMON;
    const parameters = [...of(...tensors), ...own, ...weights.map((weight) => withRemark(weight, WEIGHTS)), ...common];
    return { name: `losses.wargs.${name}`, parameters, ...(remark === undefined ? {} : { remark }) };
  });
}

const PENALTY: readonly ParityParameter[] = [
  withRemark('epsilon', '0 with a discriminator that is flat somewhere gives NaN, as in TF-GAN'),
  withRemark('target', '0 gives infinities, as in TF-GAN'),
  withRemark('one_sided', 'for a slope below the target no penalty'),
];

const WEIGHT = '0, null and NaN switch the term off, a tensor never does (a Tensor of 0 builds the term, draws alpha and records its summary); a negative number or tensor is an error, and so is a tensor that is no float scalar';

export const PARITY: readonly ParityGroup[] = [
  {
    title: 'Models',
    symbols: [
      { name: 'gan_model', parameters: [...of('generator_fn', 'discriminator_fn', 'real_data', 'generator_inputs'), ...SCOPES, ...of('check_shapes')], remark: 'the discriminator receives the generator’s inputs as its condition; fields are computed when they are first read, and once' },
      { name: 'infogan_model', parameters: [...of('generator_fn', 'discriminator_fn', 'real_data', 'unstructured_generator_inputs', 'structured_generator_inputs'), ...SCOPES], remark: 'the generator gets both lists of inputs as one; distributions are anything with `logProb`' },
      { name: 'acgan_model', parameters: [...of('generator_fn', 'discriminator_fn', 'real_data', 'generator_inputs', 'one_hot_labels'), ...SCOPES, ...of('check_shapes')], remark: 'the discriminator must return exactly two outputs' },
      { name: 'cyclegan_model', parameters: [withRemark('generator_fn', 'a network for each direction: there is no scope that would make two of one function'), withRemark('discriminator_fn', 'a network for each direction'), ...of('data_x', 'data_y'), ...SCOPES, ...of('model_x2y_scope', 'model_y2x_scope').map(({ name }) => absent(name, 'networks are not found by scopes')), ...of('check_shapes')] },
      { name: 'stargan_model', parameters: [...of('generator_fn', 'discriminator_fn', 'input_data', 'input_data_domain_label'), ...SCOPES], remark: 'target domains are drawn uniformly; fields keep TF-GAN’s spelling (“predication”)' },
    ],
  },
  {
    title: 'Losses of models',
    symbols: [
      {
        name: 'gan_loss',
        parameters: [
          withRemark('model', 'of another kind: an error'),
          withRemark('generator_loss_fn', 'a built-in loss becomes a term of a compiled objective; a function that takes the model alone is given no reduction'),
          of('discriminator_loss_fn')[0],
          withRemark('gradient_penalty_weight', WEIGHT),
          ...PENALTY.map(({ name, remark }) => withRemark(`gradient_penalty_${name}`, remark ?? '')),
          withRemark('mutual_information_penalty_weight', 'TF-GAN’s message calls a negative one `infogan_weight`; added to both players, recomputed on what a pool gives'),
          ...of('aux_cond_generator_weight', 'aux_cond_discriminator_weight'),
          withRemark('tensor_pool_fn', 'D’s loss, gp and D’s class loss see what the pool gives; outputs on real data stay those of the batch'),
          withRemark('reduction', 'NONE with gp broadcasts [N] against D’s loss, [N,1] to [N,N]: TF-GAN adds without asking'),
          withRemark('add_summaries', 'true by default'),
        ],
        remark: 'regularisation losses of layers are added to their player’s loss',
      },
      { name: 'cyclegan_loss', parameters: [of('model')[0], ...of('generator_loss_fn', 'discriminator_loss_fn', 'cycle_consistency_loss_fn'), withRemark('cycle_consistency_loss_weight', '0 still computes the loss; null and a negative number are errors; a NaN makes the losses NaN'), withRemark('**kwargs', 'every option of `gan_loss`, for both directions')] },
      {
        name: 'stargan_loss',
        parameters: [
          of('model')[0],
          ...of('generator_loss_fn', 'discriminator_loss_fn'),
          withRemark('gradient_penalty_weight', 'a negative number means off and a warning here, a negative Tensor is applied: TF-GAN validates no weight of StarGAN'),
          ...PENALTY.map(({ name }) => ({ name: `gradient_penalty_${name}` })),
          ...of('reconstruction_loss_fn'),
          withRemark('reconstruction_loss_weight', 'negative ones are applied; null raises'),
          ...of('classification_loss_fn'),
          withRemark('classification_loss_weight', 'negative ones are applied; null raises'),
          withRemark('classification_one_hot', 'false with a loss that reduces to a scalar raises'),
          withRemark('add_summaries', 'true by default'),
        ],
        remark: 'regularisation losses are ignored, as in TF-GAN; the discriminator is conditioned by the number of domains in the penalty',
      },
      { name: 'losses.combine_adversarial_loss', parameters: [...of('gan_loss', 'gan_model', 'non_adversarial_loss', 'weight_factor', 'gradient_ratio', 'gradient_ratio_epsilon', 'scalar_summaries', 'gradient_summaries')] },
      { name: 'losses.stargan_generator_loss_wrapper', parameters: of('loss_fn') },
      { name: 'losses.stargan_discriminator_loss_wrapper', parameters: of('loss_fn') },
      { name: 'losses.stargan_gradient_penalty_wrapper', parameters: of('loss_fn') },
      { name: 'losses (of a model)', parameters: [withRemark('model', 'a model without the fields that a loss needs, an option that repeats a field or is unknown: errors'), withRemark('options', 'null means the default, in this form alone')], remark: 'the losses below without `wargs`' },
    ],
  },
  {
    title: 'Losses of tensors',
    symbols: [
      ...plainSymbols(),
      { name: 'losses.wargs.wasserstein_gradient_penalty', parameters: [...of('real_data', 'generated_data', 'generator_inputs', 'discriminator_fn'), absent('discriminator_scope', 'a function brings its variables along'), ...PENALTY, withRemark('weights', 'a scalar or [N]'), ...COMMON], remark: 'one alpha a sample; of a discriminator with several outputs the first counts' },
      { name: 'losses.wargs.cycle_consistency_loss', parameters: [...of('data_x', 'reconstructed_data_x', 'data_y', 'reconstructed_data_y'), COMMON[0], COMMON[3]] },
      {
        name: 'losses.wargs.combine_adversarial_loss',
        parameters: [
          ...of('main_loss', 'adversarial_loss'),
          withRemark('weight_factor', 'exactly one of the two; a 0 that is known beforehand (a number, a tensor) gives the main loss'),
          withRemark('gradient_ratio', 'a variable is known only when it runs: 0 then divides by it'),
          ...of('gradient_ratio_epsilon', 'variables'),
          ...of('scalar_summaries', 'gradient_summaries'),
          COMMON[0],
        ],
        remark: 'losses of two shapes are averaged to [N]; gradients that are all exactly zero have the magnitude NaN, absent ones 0; the summary of the coefficient is recorded even where summaries are off',
      },
      { name: 'tf.compat.v1.losses.compute_weighted_loss', parameters: [...of('losses'), withRemark('weights', `${WEIGHTS}; weights that sum to 0 give a mean of 0`), withRemark('reduction', 'SUM_OVER_NONZERO_WEIGHTS is SUM_BY_NONZERO_WEIGHTS under another name')], remark: 'int32 losses are truncated to int32 again' },
      ...['absolute_difference', 'mean_squared_error', 'huber_loss', 'softmax_cross_entropy', 'sigmoid_cross_entropy'].map((name) => ({ name: `tf.compat.v1.losses.${name}`, parameters: [] as const })),
    ],
  },
  {
    title: 'Training and features',
    symbols: [
      { name: 'gan_train_ops', parameters: [...of('model', 'loss', 'generator_optimizer', 'discriminator_optimizer'), absent('check_for_unused_update_ops', 'there are no update ops that could be forgotten'), absent('is_chief', 'one process trains'), withRemark('**kwargs', '`transformGradsFn`, `checkNumerics` of `create_train_op`')], remark: 'one Adam for both directions of a CycleGAN is a race in TF-GAN; here it is applied once a run' },
      { name: 'get_sequential_train_hooks', parameters: of('train_steps') },
      { name: 'get_joint_train_hooks', parameters: of('train_steps') },
      { name: 'get_sequential_train_steps', parameters: of('train_steps'), remark: 'it gives the losses apart, too' },
      { name: 'gan_train', parameters: [...of('train_ops', 'get_hooks_fn', 'hooks', 'save_summaries_steps'), ...['logdir', 'master', 'is_chief', 'scaffold', 'chief_only_hooks', 'save_checkpoint_secs', 'max_wait_secs', 'config'].map((name) => absent(name, 'a matter of TensorFlow’s sessions'))], remark: 'saves no checkpoints: save the networks in `onStep`' },
      { name: 'GANTrainSteps', parameters: of('generator_train_steps', 'discriminator_train_steps') },
      { name: 'features.tensor_pool', parameters: [absent('input_values', 'the pool is a function: it is called with them'), withRemark('pool_size', 'a fraction is cut off, 0 returns the very input, a negative size is an error'), withRemark('pooling_probability', 'at or below 0 never, at or above 1 always'), absent('name', 'there is no graph')], remark: 'draws are another generator’s: what is random is compared as a statistic' },
      { name: 'features.clip_variables', parameters: of('optimizer', 'variables', 'weight_clip') },
      { name: 'features.clip_discriminator_weights', parameters: [...of('optimizer', 'model'), withRemark('weight_clip', '0 is allowed, although the message says positive')] },
      { name: 'tf.compat.v1.train.GradientDescentOptimizer', parameters: of('learning_rate') },
      { name: 'tf.compat.v1.train.AdamOptimizer', parameters: [...of('learning_rate', 'beta1', 'beta2'), withRemark('epsilon', 'outside the bias correction (“epsilon hat”), where tfjs’s own Adam has it inside')], remark: '`tfAdam`' },
    ],
  },
];
