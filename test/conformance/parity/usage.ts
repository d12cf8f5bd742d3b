import { isList, objectOf, type Json } from '../corpus/json.ts';

/** The symbols and parameters (`symbol.parameter`) of TF-GAN that a case exercises. */
export function usageOf(family: string, value: Json): ReadonlySet<string> {
  const used = new Set<string>();
  const golden = objectOf(value, 'a case');
  const use = (symbol: string, parameters: readonly string[] = []): void => {
    used.add(symbol);
    for (const parameter of parameters) used.add(`${symbol}.${parameter}`);
  };
  const rows: Readonly<Record<string, () => void>> = {
    weighted_loss: () => use('tf.compat.v1.losses.compute_weighted_loss', ['losses', ...keys(golden.options)]),
    losses() {
      use(`losses.wargs.${text(golden.fn)}`, [...keys(golden.args), ...keys(golden.options), ...(golden.record_collection === true && text(golden.fn) !== 'cycle_consistency_loss' ? ['loss_collection'] : [])]);
    },
    gradient_penalty() {
      const args = objectOf(golden.args, 'args');
      use('losses.wargs.wasserstein_gradient_penalty', [...keys(args).filter((name) => args[name] !== null), 'discriminator_fn', ...keys(golden.options)]);
    },
    gan_loss: () => ganLoss(golden.options),
    cyclegan_loss: () => cycleganLoss(golden.options),
    stargan_loss: () => starganLoss(golden.options),
    combine_adversarial_loss: combine,
    trajectories,
    tensor_pool: () => use('features.tensor_pool', keys(golden.options)),
    errors: errorCall,
  };
  rows[family]?.();
  return used;

  function model(): void {
    const kind = text(golden.model);
    const networks = ['generator_fn', 'discriminator_fn', ...keys(golden.model_options)];
    if (kind === 'CycleGANModel') use('cyclegan_model', [...networks, 'data_x', 'data_y']);
    else if (kind === 'StarGANModel') use('stargan_model', [...networks, 'input_data', 'input_data_domain_label']);
    else if (kind === 'InfoGANModel') use('infogan_model', [...networks, 'real_data', 'unstructured_generator_inputs', 'structured_generator_inputs']);
    else if (kind === 'ACGANModel') use('acgan_model', [...networks, 'real_data', 'generator_inputs', 'one_hot_labels']);
    else use('gan_model', [...networks, 'real_data', 'generator_inputs']);
  }

  /** A loss function of a model, by name or called with options of its own. */
  function lossFunctions(options: Json | undefined, otherwise: string): void {
    const given = objectOf(options ?? {}, 'options');
    for (const player of ['generator', 'discriminator']) {
      const name = `${player}_loss_fn`;
      const option = given[name] ?? `${otherwise}_${player}_loss`;
      const own = typeof option === 'string' ? { fn: option } : objectOf(option, name);
      use(`losses.wargs.${text(own.fn)}`, keys(own.options as Json | undefined));
      use('losses (of a model)', ['model', ...(keys(own.options as Json | undefined).length > 0 ? ['options'] : [])]);
    }
  }

  function ganLoss(options: Json | undefined): void {
    model();
    use('gan_loss', ['model', ...keys(options), ...(golden.pool === undefined ? [] : ['tensor_pool_fn'])]);
    lossFunctions(options, 'wasserstein');
  }

  function cycleganLoss(options: Json | undefined): void {
    model();
    const own = ['generator_loss_fn', 'discriminator_loss_fn', 'cycle_consistency_loss_fn', 'cycle_consistency_loss_weight'];
    use('cyclegan_loss', ['model', ...keys(options).map((name) => (own.includes(name) ? name : '**kwargs'))]);
    lossFunctions(options, 'least_squares');
    use('losses.wargs.cycle_consistency_loss');
  }

  function starganLoss(options: Json | undefined): void {
    model();
    use('stargan_loss', ['model', ...keys(options)]);
    const given = objectOf(options ?? {}, 'options');
    for (const player of ['generator', 'discriminator']) {
      const option = given[`${player}_loss_fn`] ?? `wasserstein_${player}_loss`;
      use(`losses.stargan_${player}_loss_wrapper`, ['loss_fn']);
      const own = typeof option === 'string' ? { fn: option } : objectOf(option, 'a loss function');
      use(`losses.wargs.${text(own.fn)}`, keys(own.options as Json | undefined));
    }
    if (given.gradient_penalty_weight !== null) use('losses.stargan_gradient_penalty_wrapper', ['loss_fn']);
    for (const fn of [given.reconstruction_loss_fn ?? 'absolute_difference', given.classification_loss_fn ?? 'softmax_cross_entropy']) use(`tf.compat.v1.losses.${text(fn).replace(/_none$/, '')}`);
  }

  function combine(): void {
    const options = keys(golden.options);
    if (golden.gan_loss_options !== undefined) {
      ganLoss(golden.gan_loss_options);
      use('losses.combine_adversarial_loss', ['gan_loss', 'gan_model', 'non_adversarial_loss', ...options]);
    } else use('losses.wargs.combine_adversarial_loss', ['main_loss', 'adversarial_loss', ...(golden.variables === 'default' ? [] : ['variables']), ...options]);
    for (const term of [golden.main, golden.adversarial]) {
      const fn = term === undefined ? '' : text(objectOf(term, 'a loss').fn);
      if (fn === 'absolute_difference' || fn === 'mean_squared_error') use(`tf.compat.v1.losses.${fn}`);
      else if (fn.endsWith('_loss')) use(`losses.wargs.${fn}`, ['discriminator_gen_outputs', 'reduction']);
    }
  }

  function trajectories(): void {
    const losses: Readonly<Record<string, () => void>> = { CycleGANModel: () => cycleganLoss(golden.options), StarGANModel: () => starganLoss(golden.options) };
    (losses[text(golden.model)] ?? (() => ganLoss(golden.options)))();
    use('gan_train_ops', ['model', 'loss', 'generator_optimizer', 'discriminator_optimizer']);
    use('GANTrainSteps', ['generator_train_steps', 'discriminator_train_steps']);
    use(`get_${text(golden.hooks)}_train_hooks`, ['train_steps']);
    for (const optimizer of Object.values(objectOf(golden.optimizers, 'optimizers'))) {
      const { name, clip, ...settings } = objectOf(optimizer, 'an optimizer');
      use(`tf.compat.v1.train.${text(name)}`, Object.keys(settings));
      if (clip !== undefined) use('features.clip_variables', ['optimizer', 'variables', 'weight_clip']);
    }
  }

  function errorCall(): void {
    const call = text(golden.call);
    const calls: Readonly<Record<string, () => void>> = {
      gan_loss: () => ganLoss(golden.options),
      cyclegan_loss: () => cycleganLoss(golden.options),
      stargan_loss: () => starganLoss(golden.options),
      combine_adversarial_loss: combine,
      clip_discriminator_weights: () => use('features.clip_discriminator_weights', ['optimizer', 'model', 'weight_clip']),
    };
    if (Object.hasOwn(calls, call)) calls[call]();
    else if (call.startsWith('losses.')) {
      use(`losses.wargs.${call.slice('losses.'.length)}`, keys(golden.options));
      use('losses (of a model)', ['model', ...(keys(golden.options).length > 0 ? ['options'] : [])]);
    }
    if (golden.generator !== undefined || golden.nets !== undefined) model();
  }
}

function keys(value: Json | undefined): readonly string[] {
  return value === undefined || value === null || typeof value !== 'object' || isList(value) ? [] : Object.keys(value);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
