import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../support/codes.ts';
import { termRegistry } from '../../terms/registry.ts';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

const cwd = temporaryFolder();
const explain = (...argv: readonly string[]) => runCli(['explain', ...argv], { cwd });
const explainText = (stdin: string, ...argv: readonly string[]) => runCli(['explain', ...argv, '-'], { cwd, stdin });

describe('explain FILE', () => {
  it('shows both losses, where each term comes from, and what is not computed', async () => {
    writeFileSync(join(cwd, 'wgan-gp.ganloss'), 'wasserstein + 10*gp\n');
    const { exit, stdout, stderr } = await explain('wgan-gp.ganloss');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "wgan-gp.ganloss   model gan
        wasserstein + 10*gp

        L_D = E[D(fake)] − E[D(real)] + 10·gp
              gp = E[(√(‖∇D(point)‖² + 1e−10) − 1)²]
              point = real + α(fake − real)
              α ~ U[0, 1) per sample
        L_G = E[−D(fake)]

        term          D   G   weight   source
        wasserstein   ●   ●        1   Arjovsky et al., 2017 · TF-GAN wasserstein_discriminator_loss, wasserstein_generator_loss
        gp            ●   –       10   Gulrajani et al., 2017 · TF-GAN wasserstein_gradient_penalty

        removed     generator: gp (no part for the generator)
                    generator: D(real) and D(point) (its loss does not need them)
        simplified  discriminator: gradient(D(point, z), point) ^ 2 (x^2 is x · x)
                    discriminator: slopes / 1 (x / 1 is x)
                    discriminator: excess ^ 2 (x^2 is x · x)
        needs       second derivatives of the discriminator
      "
    `);
  });

  it('shows settings, params, inputs, what was merged and what was removed', async () => {
    const text = `reduction sum_over_batch_size
pool tensor_pool(size: 50, probability: 0.5)
/// how much the slope counts
param lambda = 10
input importance
/// Zero-centred.
/// @paper Mescheder et al., 2018, Which Training Methods for GANs do actually Converge?
term slopes() { discriminator = mean(sum_per_sample(grad(D(real), real)^2)) }
term own() { generator = mean(abs(fake)) }
objective = hinge(real_weights: importance) + lambda*gp + slopes + slopes + own + 0*gp(target: 2)`;
    expect((await explainText(text)).stdout).toMatchInlineSnapshot(`
      "<stdin>   model gan, reduction sum_over_batch_size, pool tensor_pool(size: 50, probability: 0.5)
        hinge(real_weights: importance) + lambda*gp + slopes + slopes + own + 0*gp(target: 2)

        L_D = E[relu(1 + D(fake))] + E[relu(1 − D(real)); weights importance] + lambda·gp + 2·slopes
              gp = E[(√(‖∇D(point)‖² + 1e−10) − 1)²]
              slopes = E[‖∇D(real)‖²]
              point = real + α(fake − real)
              α ~ U[0, 1) per sample
        L_G = E[−D(fake)] + own
              own = E[abs(fake)]

        term          D   G   weight   source
        hinge         ●   ●        1   Miyato et al., 2018 · TF-GAN wasserstein_hinge_discriminator_loss, wasserstein_hinge_generator_loss
        gp            ●   –   lambda   Gulrajani et al., 2017 · TF-GAN wasserstein_gradient_penalty
        slopes        ●   –        2   Mescheder et al., 2018
        own           –   ●        1   defined at 9:1

        params      lambda = 10   how much the slope counts
        inputs      importance
        removed     'gp(target: 2)' is eliminated: its weight is 0, and TF-GAN's gan_loss leaves out an auxiliary term then
                    discriminator: own (no part for the discriminator)
                    generator: gp and slopes (no part for the generator)
                    generator: D(real) and D(point) (its loss does not need them)
        merged      equal terms are one: the weights of 'slopes' add up to 2
        simplified  discriminator: divide_no_nan(reduce<add>((… · …)), size(maximum(0, …))) (a batch has at least one element, so its size is not 0)
                    discriminator: gradient(D(point, pooled_z), point) ^ 2 (x^2 is x · x)
                    discriminator: slopes / 1 (x / 1 is x)
                    discriminator: excess ^ 2 (x^2 is x · x)
                    discriminator: gradient(D(real, z), real) ^ 2 (x^2 is x · x)
        needs       second derivatives of the discriminator
      "
    `);
  });

  it('shows what is kept at weight 0', async () => {
    const { stdout } = await explainText('least_squares + 0*cycle');
    expect(stdout).toContain("kept        'cycle' is kept though its weight is 0");
  });

  it('counts nested gradients', async () => {
    const text = 'term t() { discriminator = mean(sum_per_sample(grad(sum_per_sample(grad(D(real), real)^2), real)^2)) }\nobjective = hinge + t';
    expect((await explainText(text)).stdout).toContain('needs       third derivatives of the discriminator');
  });

  it('reports the errors of a file that has some', async () => {
    expect(await explainText('gp^2')).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('error[GL3001]') });
  });

  it('prints JSON', async () => {
    const { stdout } = await explainText('wasserstein + 10*gp', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      file: '<stdin>',
      model: 'gan',
      terms: [{ term: 'wasserstein', discriminator: true, generator: true, weight: '1' }, { term: 'gp', discriminator: true, generator: false, weight: '10' }],
      needs: ['second derivatives of the discriminator'],
    });
    expect(JSON.parse((await explainText('gp^2', '--json')).stdout)).toMatchObject({ diagnostics: [{ code: 'GL3001' }] });
  });
});

describe('explain CODE', () => {
  it('shows an example, what it causes, and how to mend it', async () => {
    expect(await explain('gl3001')).toMatchInlineSnapshot(`
      {
        "exit": 0,
        "stderr": "",
        "stdout": "error[GL3001]: product or quotient of terms

      A term stands for two losses, one for each player. Such pairs can be added up and multiplied by
      numbers, but there is no product, quotient or power of two of them.

      Add the terms, or multiply one by a number.

      For example:

        wasserstein * gp

        error[GL3001]: terms cannot be multiplied with each other: each is a pair of losses
          --> example.ganloss:1:1
           |
         1 | wasserstein * gp
           | ^^^^^^^^^^^^^^^^ not a multiple of a term
           = help: A term can be added to terms, and multiplied or divided by a number or a param.

      Put right:

        wasserstein + 10*gp
      ",
      }
    `);
  });

  it.each(Object.keys(CODES))('knows %s', async (code) => {
    const { exit, stdout } = await explain(code);
    expect(exit).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`${CODES[code as keyof typeof CODES].severity}[${code}]: ${CODES[code as keyof typeof CODES].meaning}`);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(1000);
    expect(JSON.parse((await explain(code, '--json')).stdout)).toMatchObject({ code });
  });

  it('names the codes near one that there is not', async () => {
    expect(await explain('GL4444')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: there is no code GL4444
      There are GL4001, GL4002, GL4003, GL4005.
      ",
        "stdout": "",
      }
    `);
    expect((await explain('GL9')).exit).toBe(2);
  });
});

describe('explain TERM', () => {
  it('shows its arguments, formula, sources and text', async () => {
    expect(await explain('gp')).toMatchInlineSnapshot(`
      {
        "exit": 0,
        "stderr": "",
        "stdout": "gp(epsilon = 1e-10, target = 1, one_sided = false, weights = 1)

      The gradient penalty of WGAN-GP: between real and generated data the discriminator's slope is kept
      near \`target\`, or, one-sided, below it.

        formula   D: E[(|grad D(x)|/target - 1)^2] at x = real + a*(fake - real), a uniform for each
                  sample
        players   discriminator
        models    gan, infogan, acgan, cyclegan, stargan
        weight    auxiliary: a literal weight of 0 removes it, a negative one is an error
        paper     Gulrajani et al., 2017, Improved Training of Wasserstein GANs
                  (https://arxiv.org/abs/1704.00028); one-sided: https://arxiv.org/abs/1709.08894
        TF-GAN    wasserstein_gradient_penalty

      prelude/gp.ganloss:
        auxiliary term gp(epsilon = 1e-10, target = 1, one_sided = false, weights = 1) {
          let point = lerp(real, fake, uniform_per_sample())
          let slopes = sqrt(sum_per_sample(grad(D(point), point)^2) + epsilon)
          let excess = slopes/target - 1
          discriminator = reduce((one_sided ? max(0, excess) : excess)^2, weights: weights)
        }
      ",
      }
    `);
  });

  it.each(termRegistry().map(({ name }) => name))('knows %s', async (name) => {
    const { exit, stdout } = await explain(name);
    expect(exit).toBe(0);
    expect(stdout.startsWith(`${name}(`)).toBe(true);
    expect(JSON.parse((await explain(name, '--json')).stdout)).toMatchObject({ name });
  });

  it('suggests terms', async () => {
    expect(await explain('wassertein')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: 'wassertein' is neither a file, nor a code, nor a term; did you mean 'wasserstein'?
      The terms are wasserstein, hinge, least_squares, minimax, modified, nonsaturating, relativistic, rpgan, ragan_hinge, ragan_least_squares, ebgan, began, top_k, gp, lp, zero_centered_gp, max_gp, dragan, r1, r2, lecam, consistency, spectral_norm_penalty, path_length, pulling_away, historical_averaging, feature_matching, acgan, multi_hinge, contrastive, d2d_ce, mi, cycle, identity, reconstruction, classification.
      ",
        "stdout": "",
      }
    `);
  });
});
