import { createTerm, type ObjectiveExpression, type TermArgument } from './objectiveExpression.ts';

type Arguments<Names extends string> = { readonly [Name in Names]?: TermArgument };
type TermBuilder<Names extends string> = (args?: Arguments<Names>) => ObjectiveExpression;
type BothWeights = 'realWeights' | 'generatedWeights' | 'weights';

const builder = <Names extends string>(name: string): TermBuilder<Names> => (args = {}) => createTerm(name, args, new Map());

/** The built-in terms, to be put together as in the language: `terms.wasserstein().plus(terms.gp({ oneSided: true }).times(10))`. */
export const terms = {
  wasserstein: builder<BothWeights>('wasserstein'),
  hinge: builder<'realHinge' | 'generatedHinge' | BothWeights>('hinge'),
  leastSquares: builder<'realLabel' | 'fakeLabel' | BothWeights>('least_squares'),
  minimax: builder<'labelSmoothing' | BothWeights>('minimax'),
  modified: builder<'labelSmoothing' | BothWeights>('modified'),
  nonsaturating: builder<BothWeights>('nonsaturating'),
  relativistic: builder<never>('relativistic'),
  ebgan: builder<'margin' | BothWeights>('ebgan'),
  topK: builder<'fraction' | 'logistic'>('top_k'),
  began: builder<'gamma' | 'lambda' | 'eta'>('began'),
  gp: builder<'epsilon' | 'target' | 'oneSided' | 'weights'>('gp'),
  lecam: builder<'decay' | 'oneSided'>('lecam'),
  pullingAway: builder<never>('pulling_away'),
  consistency: builder<'balanced'>('consistency'),
  spectralNormPenalty: builder<'iterations'>('spectral_norm_penalty'),
  pathLength: builder<'decay'>('path_length'),
  rpgan: builder<'weights'>('rpgan'),
  raganHinge: builder<never>('ragan_hinge'),
  raganLeastSquares: builder<never>('ragan_least_squares'),
  lp: builder<'epsilon' | 'target' | 'weights'>('lp'),
  zeroCenteredGp: builder<'weights'>('zero_centered_gp'),
  maxGp: builder<never>('max_gp'),
  dragan: builder<'scale' | 'target' | 'epsilon' | 'weights'>('dragan'),
  r1: builder<'gamma' | 'weights'>('r1'),
  r2: builder<'gamma' | 'weights'>('r2'),
  featureMatching: builder<never>('feature_matching'),
  historicalAveraging: builder<never>('historical_averaging'),
  acgan: builder<'labelSmoothing' | BothWeights>('acgan'),
  multiHinge: builder<'margin'>('multi_hinge'),
  contrastive: builder<'temperature'>('contrastive'),
  d2dCe: builder<'temperature' | 'positiveMargin' | 'negativeMargin'>('d2d_ce'),
  mi: builder<'weights'>('mi'),
  cycle: builder<never>('cycle'),
  identity: builder<never>('identity'),
  reconstruction: builder<never>('reconstruction'),
  classification: builder<never>('classification'),
} as const;
