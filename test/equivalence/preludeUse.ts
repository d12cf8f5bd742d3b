import type { Player } from '../../src/dsl/ast.ts';
import type { Model } from '../../src/dsl/typed.ts';
import type { Choices } from '../../src/ir/testing/choices.ts';

/** A term with arguments, as an objective adds it up. */
export interface Use {
  readonly text: string;
  readonly players: readonly Player[];
  /** Whether a negative weight is allowed. */
  readonly signed: boolean;
}

interface Row {
  readonly players: readonly Player[];
  readonly signed?: boolean;
  /** The arguments with values that fit; the names of declared inputs and params among them. */
  readonly args: Readonly<Record<string, readonly string[]>>;
}

const BOTH: readonly Player[] = ['generator', 'discriminator'];
const NUMBERS = ['0.5', '2', '0', '1', '-1', '1.5'];
/** Weights for losses of one number a sample, [N, 1]. */
const LOGIT_WEIGHTS = ['2', '0.5', '0', '1', 'w_logits', 'w_scalar', 'k'];
/** For losses [N]. */
const VECTOR_WEIGHTS = ['2', '0.5', '1', 'w_vector', 'w_scalar', 'j'];
const SMOOTHING = ['0', '0.1', '0.25', '1'];

const weights = { real_weights: LOGIT_WEIGHTS, generated_weights: LOGIT_WEIGHTS, weights: LOGIT_WEIGHTS };
const vectors = { real_weights: VECTOR_WEIGHTS, generated_weights: VECTOR_WEIGHTS, weights: VECTOR_WEIGHTS };

const ADVERSARIAL: Readonly<Record<string, Row>> = {
  wasserstein: { players: BOTH, args: weights },
  hinge: { players: BOTH, args: { real_hinge: NUMBERS, generated_hinge: NUMBERS, ...weights } },
  least_squares: { players: BOTH, args: { real_label: NUMBERS, fake_label: NUMBERS, ...weights } },
  minimax: { players: BOTH, args: { label_smoothing: SMOOTHING, ...weights } },
  modified: { players: BOTH, args: { label_smoothing: SMOOTHING, ...weights } },
  nonsaturating: { players: BOTH, args: weights },
  relativistic: { players: BOTH, args: {} },
  rpgan: { players: BOTH, args: { weights: LOGIT_WEIGHTS } },
  ebgan: { players: BOTH, args: { margin: NUMBERS, ...weights } },
  ragan_hinge: { players: BOTH, args: {} },
  ragan_least_squares: { players: BOTH, args: {} },
  began: { players: BOTH, args: { gamma: ['0.5', '0.2'], lambda: ['0.001', '0.1'], eta: ['1', '2', '1.5'] } },
};

const GP: Row = { players: ['discriminator'], signed: false, args: { epsilon: ['1e-10', '0.01', '0.1'], target: ['1', '0.5', '2'], one_sided: ['true', 'false'], weights: VECTOR_WEIGHTS } };

const PENALTIES: Readonly<Record<string, Row>> = {
  gp: GP,
  lp: { ...GP, args: { epsilon: GP.args.epsilon, target: GP.args.target, weights: VECTOR_WEIGHTS } },
  zero_centered_gp: { ...GP, args: { weights: VECTOR_WEIGHTS } },
  max_gp: { ...GP, args: {} },
  dragan: { ...GP, args: { scale: ['0.5', '2'], epsilon: GP.args.epsilon, target: GP.args.target, weights: VECTOR_WEIGHTS } },
  r1: { ...GP, args: { gamma: ['2', 'k'], weights: VECTOR_WEIGHTS } },
  r2: { ...GP, args: { gamma: ['2', 'k'], weights: VECTOR_WEIGHTS } },
  top_k: { players: ['generator'], args: { fraction: ['0.4', '1', 'k'], logistic: ['true', 'false'] } },
};

const REGULARISERS: Readonly<Record<string, Row>> = {
  lecam: { ...GP, args: { decay: ['0.5', '0.99'], one_sided: ['true', 'false'] } },
  consistency: { ...GP, args: { balanced: ['true', 'false'] } },
  spectral_norm_penalty: { ...GP, args: { iterations: ['1', '3'] } },
};

const BOTH_REGULARISED: Readonly<Record<string, Row>> = { historical_averaging: { players: BOTH, signed: false, args: {} } };
const PATHS: Readonly<Record<string, Row>> = { path_length: { players: ['generator'], signed: false, args: { decay: ['0.5', '0.01'] } } };

const TEMPERATURES = ['0.5', '1', '2'];

const BESIDE: { readonly [M in Model]: Readonly<Record<string, Row>> } = {
  gan: { ...PATHS, ...BOTH_REGULARISED, feature_matching: { players: ['generator'], args: {} }, pulling_away: { players: ['generator'], signed: false, args: {} } },
  acgan: {
    ...PATHS,
    ...BOTH_REGULARISED,
    acgan: { players: BOTH, signed: false, args: { label_smoothing: SMOOTHING, ...vectors } },
    contrastive: { players: BOTH, signed: false, args: { temperature: TEMPERATURES } },
    d2d_ce: { players: BOTH, signed: false, args: { temperature: TEMPERATURES, positive_margin: ['0.5', '0.98'], negative_margin: ['0.02', '-0.2'] } },
  },
  infogan: { ...BOTH_REGULARISED, mi: { players: BOTH, signed: false, args: { weights: VECTOR_WEIGHTS } } },
  cyclegan: { ...PATHS, cycle: { players: ['generator'], signed: false, args: {} }, identity: { players: ['generator'], args: {} } },
  stargan: { ...BOTH_REGULARISED, reconstruction: { players: ['generator'], args: {} }, classification: { players: BOTH, args: {} } },
};

/** A term of the prelude whose networks have one class more than there are labels: not for objectives that read the classes otherwise. */
export function multiHinge(choices: Choices): Use {
  const margin = choices.element(['', '(margin: 0.5)', '(margin: 2)']);
  return { text: `multi_hinge${margin}`, players: BOTH, signed: true };
}

/** A term of the prelude that the model has, with random arguments. Names that it needs are added to `declared`. */
export function preludeUse(choices: Choices, model: Model, declared: Set<string>, kind: 'adversarial' | 'any'): Use {
  const rows: Readonly<Record<string, Row>> = kind === 'adversarial' ? ADVERSARIAL : { ...PENALTIES, ...REGULARISERS, ...BESIDE[model], ...ADVERSARIAL };
  const name = choices.element(Object.keys(rows));
  const row = rows[name];
  const args = choices.subset(Object.entries(row.args)).map(([formal, values]) => {
    const value = choices.element(values);
    if (/^[a-z]/.test(value) && value !== 'true' && value !== 'false') declared.add(value);
    return `${formal}: ${value}`;
  });
  return { text: args.length === 0 ? name : `${name}(${args.join(', ')})`, players: row.players, signed: row.signed ?? true };
}
