import { describe, expect, it } from 'vitest';
import { checkText } from '../../test/helpers/checkText.ts';
import { parse } from '../dsl/parse.ts';
import { printTypedExpr } from '../dsl/printTypedExpr.ts';
import { loadPrelude, preludeSources } from './prelude.ts';
import { termRegistry } from './registry.ts';

const registry = termRegistry();

describe('the prelude', () => {
  it('parses without a word', () => {
    for (const source of preludeSources) expect(parse(source).diagnostics, source.name).toEqual([]);
  });

  it('has one term a file, named like the file', () => {
    for (const { source, file } of loadPrelude()) {
      expect(file.items.map((item) => (item.kind === 'term' ? `prelude/${item.name.name}.ganloss` : item.kind))).toEqual([source.name]);
    }
  });

  it('documents every term with a summary, a formula and its paper', () => {
    for (const { name, doc } of registry) {
      expect(doc.summary, name).not.toBe('');
      expect(doc.formula, name).toMatch(/[DG]/);
      expect(doc.paper, name).toMatch(/\d{4}/);
    }
  });

  it('uses nothing that a user could not write', () => {
    const renamed = preludeSources.map((source) => source.text.replace(/term (\w+)/, 'term my_$1'));
    for (const [i, text] of renamed.entries()) {
      const { name } = registry[i]!;
      const own = checkText(`${text}\nobjective = my_${name}`).objective!.instances[0]!;
      const builtIn = checkText(name).objective!.instances[0]!;
      for (const player of ['generator', 'discriminator'] as const) {
        const [a, b] = [own.clauses[player], builtIn.clauses[player]];
        expect(a === null ? null : printTypedExpr(a)).toBe(b === null ? null : printTypedExpr(b));
      }
      expect([own.modifier, own.adversarial, own.scope]).toEqual([builtIn.modifier, builtIn.adversarial, builtIn.scope]);
    }
  });
});

describe('the registry', () => {
  it('lists terms, arguments, models and players', () => {
    const rows = registry.map(({ name, formals, modifier, models, players }) => {
      const args = formals.map((formal) => `${formal.name} = ${formal.default}`).join(', ');
      return `${modifier === null ? '' : `${modifier} `}${name}(${args}): ${players.join(', ')}; ${models.join(' ')}`;
    });
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "wasserstein(real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      hinge(real_hinge = 1, generated_hinge = 1, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      least_squares(real_label = 1, fake_label = 0, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      minimax(label_smoothing = none, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      modified(label_smoothing = none, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      nonsaturating(real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      relativistic(): discriminator, generator; gan infogan acgan cyclegan stargan
      rpgan(weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      ragan_hinge(): discriminator, generator; gan infogan acgan cyclegan stargan
      ragan_least_squares(): discriminator, generator; gan infogan acgan cyclegan stargan
      ebgan(margin = 10, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      began(gamma = 0.5, lambda = 0.001, eta = 1): discriminator, generator; gan infogan acgan cyclegan stargan
      top_k(fraction = 0.5, logistic = true): generator; gan infogan acgan cyclegan stargan
      auxiliary gp(epsilon = 1e-10, target = 1, one_sided = false, weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary lp(epsilon = 1e-10, target = 1, weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary zero_centered_gp(weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary max_gp(): discriminator; gan infogan acgan cyclegan stargan
      auxiliary dragan(scale = 0.5, target = 1, epsilon = 1e-10, weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary r1(gamma = 10, weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary r2(gamma = 10, weights = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary lecam(decay = 0.99, one_sided = false): discriminator; gan infogan acgan cyclegan stargan
      auxiliary consistency(balanced = false): discriminator; gan infogan acgan cyclegan stargan
      auxiliary spectral_norm_penalty(iterations = 1): discriminator; gan infogan acgan cyclegan stargan
      auxiliary path_length(decay = 0.01): generator; gan infogan acgan cyclegan
      auxiliary pulling_away(): generator; gan infogan acgan cyclegan stargan
      auxiliary historical_averaging(): discriminator, generator; gan infogan acgan stargan
      feature_matching(): generator; gan infogan acgan cyclegan stargan
      auxiliary acgan(label_smoothing = 0, real_weights = 1, generated_weights = 1, weights = 1): discriminator, generator; acgan
      multi_hinge(margin = 1): discriminator, generator; acgan
      auxiliary contrastive(temperature = 1): discriminator, generator; acgan
      auxiliary d2d_ce(temperature = 0.5, positive_margin = 0.98, negative_margin = 0.02): discriminator, generator; acgan
      auxiliary mi(weights = 1): discriminator, generator; infogan
      nonnegative cycle(): generator; cyclegan
      identity(): generator; cyclegan
      reconstruction(): generator; stargan
      classification(): discriminator, generator; stargan"
    `);
  });

  it('tells the arguments that must be given, and leaves a term out of models that lack its names', () => {
    expect(registry.find(({ name }) => name === 'gp')!.formals).toEqual([
      { name: 'epsilon', default: '1e-10' },
      { name: 'target', default: '1' },
      { name: 'one_sided', default: 'false' },
      { name: 'weights', default: '1' },
    ]);
    expect(registry.find(({ name }) => name === 'acgan')!.models).toEqual(['acgan']);
  });
});

describe('what TF-GAN does beyond the formulas', () => {
  const clause = (use: string, player: 'generator' | 'discriminator') => printTypedExpr(checkText(use).objective!.instances[0]!.clauses[player]!);

  it('smooths real labels by 0.25 for the discriminator, and not at all for the generator', () => {
    expect(clause('modified', 'discriminator')).toContain('label_smoothing: 0.25');
    expect(clause('modified', 'generator')).not.toContain('label_smoothing');
    expect(clause('minimax(label_smoothing: 0.5)', 'discriminator').match(/label_smoothing: 0.5/g)).toHaveLength(1);
    expect(clause('minimax(label_smoothing: 0.5)', 'generator').match(/label_smoothing: 0.5/g)).toHaveLength(1);
  });

  it('judges ones in the place of D(real) in the minimax generator’s loss', () => {
    expect(clause('minimax', 'generator')).toMatchInlineSnapshot(`
      "let fake_logits = D(fake)
      let ones = ones_like(fake_logits)
      let no_real = sigmoid_cross_entropy(ones_like(ones), ones, reduction: "sum_by_nonzero_weights")
      let unmasked = sigmoid_cross_entropy(zeros_like(fake_logits), fake_logits, reduction: "sum_by_nonzero_weights")
      -(no_real + unmasked)"
    `);
  });

  it('keeps cycle, classification, reconstruction and relativistic away from the file’s reduction', () => {
    for (const use of ['cycle', 'classification', 'reconstruction']) expect(clause(`reduction sum objective = ${use}`, 'generator')).toContain('"sum_by_nonzero_weights"');
    expect(clause('reduction sum objective = relativistic', 'generator')).not.toContain('"sum"');
    expect(clause('reduction sum objective = wasserstein', 'generator')).toContain('"sum"');
  });

  it('weighs real and generated outputs of the discriminator, and the generator’s, apart', () => {
    const text = 'input r input f input g objective = hinge(real_weights: r, generated_weights: f, weights: g)';
    expect(clause(text, 'discriminator')).toMatchInlineSnapshot(`
      "let on_fake = reduce(relu(1 + D(fake)), weights: f, reduction: "sum_by_nonzero_weights")
      let on_real = reduce(relu(1 - D(real)), weights: r, reduction: "sum_by_nonzero_weights")
      on_fake + on_real"
    `);
    expect(clause(text, 'generator')).toMatchInlineSnapshot(`"reduce(-D(fake), weights: g, reduction: "sum_by_nonzero_weights")"`);
  });
});
