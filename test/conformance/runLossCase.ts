import * as tf from '@tensorflow/tfjs';
import { categorical, compile, type Objective, normal, type Batch, type Distribution, type NetworkOutput } from '../../src/index.ts';
import { difference, numbersOf, type GoldenCase, type GoldenDistribution, type GoldenOption, type GoldenTensor } from './goldenFile.ts';

/**
 * A case of the families `weighted_loss` and `losses`, run as a compiled specification: the function's tensors are what the
 * discriminator returns, its options the term's arguments, Tensors among these declared inputs.
 */
interface Plan {
  /** The term, without its arguments. */
  readonly term: string;
  readonly player: 'generator' | 'discriminator';
  /** TF-GAN's option → the term's argument. */
  readonly options: Readonly<Record<string, string>>;
}

const weights = { real_weights: 'real_weights', generated_weights: 'generated_weights' };

const PLANS: Readonly<Record<string, Plan>> = {
  wasserstein_generator_loss: { term: 'wasserstein', player: 'generator', options: { weights: 'weights' } },
  wasserstein_discriminator_loss: { term: 'wasserstein', player: 'discriminator', options: weights },
  wasserstein_hinge_generator_loss: { term: 'hinge', player: 'generator', options: { weights: 'weights' } },
  wasserstein_hinge_discriminator_loss: { term: 'hinge', player: 'discriminator', options: { ...weights, real_hinge: 'real_hinge', generated_hinge: 'generated_hinge' } },
  least_squares_generator_loss: { term: 'least_squares', player: 'generator', options: { weights: 'weights', real_label: 'real_label' } },
  least_squares_discriminator_loss: { term: 'least_squares', player: 'discriminator', options: { ...weights, real_label: 'real_label', fake_label: 'fake_label' } },
  minimax_generator_loss: { term: 'minimax', player: 'generator', options: { weights: 'weights', label_smoothing: 'label_smoothing' } },
  minimax_discriminator_loss: { term: 'minimax', player: 'discriminator', options: { ...weights, label_smoothing: 'label_smoothing' } },
  modified_generator_loss: { term: 'modified', player: 'generator', options: { weights: 'weights', label_smoothing: 'label_smoothing' } },
  modified_discriminator_loss: { term: 'modified', player: 'discriminator', options: { ...weights, label_smoothing: 'label_smoothing' } },
  relativistic_generator_loss: { term: 'relativistic', player: 'generator', options: {} },
  relativistic_discriminator_loss: { term: 'relativistic', player: 'discriminator', options: {} },
  acgan_generator_loss: { term: 'acgan', player: 'generator', options: { weights: 'weights' } },
  acgan_discriminator_loss: { term: 'acgan', player: 'discriminator', options: { ...weights, label_smoothing: 'label_smoothing' } },
  mutual_information_penalty: { term: 'mi', player: 'generator', options: { weights: 'weights' } },
  cycle_consistency_loss: { term: 'cycle', player: 'generator', options: {} },
  compute_weighted_loss: { term: 'weighted', player: 'generator', options: { weights: 'weights' } },
};

const WEIGHTED = `
/// The bare reduction, as a term.
term weighted(weights = 1) {
  generator = reduce(losses, weights: weights)
}
input losses
`;

/** Null when the case holds, else what is wrong. `compiled` keeps specifications that several cases share. */
export function runLossCase(golden: GoldenCase, compiled: Map<string, Objective>): string | null {
  try {
    let failure: string | null = null;
    tf.tidy(() => {
      failure = runValueCase(golden, compiled);
    });
    return golden.expect.error === undefined ? failure : `no error, but TF-GAN says: ${golden.expect.error.message}`;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = error instanceof Error && error.name === 'SpecError';
    if (golden.expect.error !== undefined && refused) return null;
    return `throws ${message.split('\n')[0]}`;
  }
}

interface Leaf {
  readonly key: string;
  readonly tensor: tf.Tensor;
}

function runValueCase(golden: GoldenCase, compiled: Map<string, Objective>): string | null {
  const plan = PLANS[golden.fn];
  if (plan === undefined) return `unknown function ${golden.fn}`;
  const leaves = leavesOf(golden);
  const { text } = specOf(golden, plan);
  const objective = compiled.get(text) ?? compile(text);
  compiled.set(text, objective);
  const evaluate = (...tensors: tf.Tensor[]): tf.Tensor => {
    const of = (key: string): tf.Tensor => tensors[leaves.findIndex((leaf) => leaf.key === key)];
    const { networks, batch } = bind(golden, of, leaves);
    const options = { seed: 1 };
    return plan.player === 'generator' ? objective.generatorLoss(networks, batch, options) : objective.discriminatorLoss(networks, batch, options);
  };
  const tensors = leaves.map((leaf) => leaf.tensor);
  const { value: expected, grads } = golden.expect;
  const value = evaluate(...tensors);
  if (expected === undefined) return 'nothing is expected';
  if (value.shape.join() !== expected.shape.join()) return `shape [${value.shape}] instead of [${expected.shape}]`;
  const wrong = difference(value.dataSync(), numbersOf(expected), 1e-5, expected.dtype === 'int32' ? 0 : 1e-6);
  if (wrong !== null) return `value ${wrong}`;
  const wanted = Object.entries(grads ?? {});
  if (wanted.length === 0) return null;
  // tfjs raises where there is no path, where TensorFlow answers None: an added zero makes a path for every tensor
  const total = (...xs: tf.Tensor[]) => xs.reduce((sum, x) => tf.add(sum, tf.sum(tf.zerosLike(x))), tf.sum(evaluate(...xs)));
  const slopes = tf.grads(total)(tensors.map((tensor) => tf.cast(tensor, 'float32')));
  for (const [key, gradient] of wanted) {
    const index = leaves.findIndex((leaf) => leaf.key === key);
    if (index < 0) return `no tensor '${key}'`;
    const slope = slopes[index];
    const failure = difference(slope.dataSync(), gradient === null ? Array<number>(slope.size).fill(0) : numbersOf(gradient), 1e-4, 1e-6);
    if (failure !== null) return `gradient of ${key} ${failure}`;
  }
  return null;
}

function specOf(golden: GoldenCase, plan: Plan): { readonly text: string } {
  const args: string[] = [];
  const inputs: string[] = [];
  for (const [option, value] of Object.entries(golden.options)) {
    if (option === 'reduction' || option === 'add_summaries') continue;
    const name = plan.options[option];
    if (name === undefined) return { text: `${plan.term}(${option}: 1)` };
    if (isTensorOption(value)) {
      inputs.push(`input option_${option}`);
      args.push(`${name}: option_${option}`);
    } else args.push(`${name}: ${value === null ? 'none' : printScalar(value)}`);
  }
  const reduction = golden.options.reduction;
  const settings = typeof reduction === 'string' ? [`reduction ${reduction.toLowerCase()}`] : [];
  // TF-GAN's relativistic losses take no reduction: naming one is an error there
  if (plan.term === 'relativistic' && (settings.length > 0 || 'weights' in golden.options)) return { text: 'relativistic(reduction: 1)' };
  const definitions = plan.term === 'weighted' ? WEIGHTED : '';
  return { text: [...settings, ...inputs, definitions, `objective = ${plan.term}(${args.join(', ')}).${plan.player}`].join('\n') };
}

/** A Tensor, or a list of numbers in the place of one. */
function isTensorOption(value: GoldenOption): value is Exclude<GoldenOption, number | boolean | string | null> {
  return value !== null && typeof value === 'object';
}

function printScalar(value: number | boolean | string): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function leavesOf(golden: GoldenCase): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const add = (key: string, tensor: GoldenTensor) => leaves.push({ key, tensor: toTensor(tensor) });
  for (const [key, arg] of Object.entries(golden.args)) {
    if (!Array.isArray(arg) && !('dist' in arg)) add(key, arg as GoldenTensor);
    else
      ([arg].flat() as readonly (GoldenTensor | GoldenDistribution)[]).forEach((element, index) => {
        if ('dist' in element) {
          for (const part of ['logits', 'loc', 'scale'] as const) if (element[part] !== undefined) add(`${key}[${index}].${part}`, element[part]);
        } else add(`${key}[${index}]`, element);
      });
  }
  for (const [key, option] of Object.entries(golden.options)) {
    if (isTensorOption(option)) add(key, 'tensor' in option ? option.tensor : { shape: [option.length], dtype: 'float32', data: option });
  }
  return leaves;
}

function toTensor(golden: GoldenTensor): tf.Tensor {
  return tf.tensor(numbersOf(golden), [...golden.shape], golden.dtype);
}

function bind(golden: GoldenCase, of: (key: string) => tf.Tensor, leaves: readonly Leaf[]) {
  const real = tf.zeros([1, 1]);
  const declared = Object.fromEntries(leaves.filter(({ key }) => key in golden.options).map(({ key }) => [`option_${key}`, of(key)]));
  const has = (key: string) => leaves.some((leaf) => leaf.key === key);
  if (golden.fn === 'cycle_consistency_loss') {
    const x = of('data_x');
    const y = of('data_y');
    const toY = (data: tf.Tensor): NetworkOutput => (data === x ? tf.zeros([1]) : of('reconstructed_data_y'));
    const toX = (data: tf.Tensor): NetworkOutput => (data === y ? tf.zeros([1]) : of('reconstructed_data_x'));
    const judge = () => tf.zeros([1, 1]);
    return { networks: { x2y: { generator: toY, discriminator: judge }, y2x: { generator: toX, discriminator: judge } }, batch: { x, y } };
  }
  const codes = Array.isArray(golden.args.structured_generator_inputs) ? golden.args.structured_generator_inputs.map((_, index) => of(`structured_generator_inputs[${index}]`)) : [];
  const given = golden.args.predicted_distributions ?? [];
  const distributions = () =>
    ((Array.isArray(given) ? given : [given]) as readonly GoldenDistribution[]).map((dist, index): Distribution => {
      const part = (name: string) => of(`predicted_distributions[${index}].${name}`);
      return dist.dist === 'Categorical' ? categorical(part('logits')) : normal(part('loc'), part('scale'));
    });
  const zero = tf.zeros([1, 1]);
  const pick = (isReal: boolean, ...keys: readonly string[]) => {
    const key = keys.find((candidate) => has(candidate) && candidate.includes(isReal ? 'real' : 'gen'));
    return key === undefined ? zero : of(key);
  };
  const discriminator = (data: tf.Tensor): NetworkOutput => {
    const isReal = data === real;
    return {
      logits: pick(isReal, 'discriminator_real_outputs', 'discriminator_gen_outputs'),
      classes: pick(isReal, 'discriminator_real_classification_logits', 'discriminator_gen_classification_logits'),
      codes: distributions(),
    };
  };
  const labels = has('one_hot_labels') ? { labels: of('one_hot_labels') } : {};
  const batch: Batch = { real, generatorInputs: zero, codes, ...labels, ...declared, ...(has('losses') ? { losses: of('losses') } : {}) };
  return { networks: { generator: () => tf.zeros([1, 1]), discriminator }, batch };
}
