// The objectives of bench/mixtureTable.mjs: every term that TF-GAN does not have, those that are no complete objective together with
// one that is. What differs from the defaults stands beside each; `networks` says which discriminator (mixtureNetworks.mjs).

const R1 = 'r1(gamma: 0.1)';

export const OBJECTIVES = [
  { text: 'nonsaturating' },
  { text: `nonsaturating + ${R1}` },
  { text: 'nonsaturating + r2(gamma: 0.1)' },
  { text: `rpgan + ${R1} + r2(gamma: 0.1)` },
  { text: `ragan_hinge + ${R1}` },
  { text: `ragan_least_squares + ${R1}` },
  { text: 'nonsaturating + 0.1*dragan(scale: 0.2)' },
  { text: 'wasserstein + lp' },
  { text: 'nonsaturating + 0.1*max_gp' },
  { text: 'nonsaturating + 0.1*zero_centered_gp' },
  { text: 'hinge + 0.3*lecam' },
  { text: `nonsaturating + ${R1} + every(4, 0.1*path_length)` },
  { text: `nonsaturating.discriminator + ${R1} + feature_matching`, networks: 'features' },
  { text: 'model cyclegan objective = least_squares + 2*cycle + 0.5*identity' },
  { text: 'multi_hinge', networks: 'classes' },
  { text: `hinge + 0.5*d2d_ce + ${R1}`, networks: 'proxies' },
  { text: `hinge + contrastive + ${R1}`, networks: 'proxies' },
  { text: `model acgan objective = hinge + ${R1}`, networks: 'projection' },
  { text: `ebgan(margin: 1) + 0.1*pulling_away + ${R1}`, networks: 'energy' },
  // equal reconstruction errors ask for no diversity: one mode satisfies BEGAN, unless both players are told the mode
  { text: 'began(gamma: 0.5, lambda: 0.02)', networks: 'autoencoder' },
  { text: 'model acgan objective = began(gamma: 0.5, lambda: 0.02)', networks: 'conditionalAutoencoder' },
  { text: 'nonsaturating + 0.001*historical_averaging' },
  { text: `nonsaturating.discriminator + ${R1} + top_k(fraction: linear(1, 0.5, steps: 1000))` },
  { text: 'hinge + consistency', hooks: true },
  { text: 'hinge + consistency(balanced: true)', hooks: true },
  { text: 'hinge + 0.01*spectral_norm_penalty' },
  { text: 'weight_clip 0.3 objective = wasserstein', discriminatorSteps: 3, rates: [5e-4, 1e-3] },
  { text: `nonsaturating + every(16, ${R1})` },
  { text: 'wasserstein + linear(0.2, 1, 500)*lp' },
  { text: `nonsaturating + cosine(1, 0.1, 1000)*${R1}` },
  { text: `nonsaturating + after(200)*${R1}` },
];
