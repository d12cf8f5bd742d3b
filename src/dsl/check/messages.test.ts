import { expect, it } from 'vitest';
import { checkText } from '../../../test/helpers/checkText.ts';
import { renderDiagnostics } from '../../support/render.ts';

/** What a user reads. */
const told = (text: string): string => renderDiagnostics(checkText(text).diagnostics);

it('tells a typing error and its mending', () => {
  expect(told('wassertein + 10*gp')).toMatchInlineSnapshot(`
    "error[GL2001]: unknown term 'wassertein'; did you mean 'wasserstein'?
      --> <spec>:1:1
       |
     1 | wassertein + 10*gp
       | ^^^^^^^^^^ unknown term
       = fix: replace by 'wasserstein'
    "
  `);
});
it('lists the terms where nothing is close', () => {
  expect(told('zzzz')).toMatchInlineSnapshot(`
    "error[GL2001]: unknown term 'zzzz'
      --> <spec>:1:1
       |
     1 | zzzz
       | ^^^^ unknown term
       = help: Terms: acgan, began, classification, consistency, contrastive, cycle, d2d_ce, dragan, ebgan, feature_matching, gp, hinge, historical_averaging, identity, least_squares, lecam, lp, max_gp, mi, minimax, modified, multi_hinge, nonsaturating, path_length, pulling_away, r1, r2, ragan_hinge, ragan_least_squares, reconstruction, relativistic, rpgan, spectral_norm_penalty, top_k, wasserstein, zero_centered_gp.
    "
  `);
});
it('offers to declare an unknown weight', () => {
  expect(told('lambda*gp + hinge')).toMatchInlineSnapshot(`
    "error[GL2002]: unknown name 'lambda'
      --> <spec>:1:1
       |
     1 | lambda*gp + hinge
       | ^^^^^^ unknown name
       = help: Declare it: 'param lambda = 1' or 'let lambda = 1'.
    "
  `);
});
it('lists the arguments of a term', () => {
  expect(told('hinge + gp(taget: 1) + gp(1, 2, false, 1, 5)')).toMatchInlineSnapshot(`
    "error[GL2003]: 'gp' has no argument 'taget'; did you mean 'target'?
      --> <spec>:1:12
       |
     1 | hinge + gp(taget: 1) + gp(1, 2, false, 1, 5)
       |            ^^^^^ unknown argument
       = help: Arguments of 'gp': epsilon, target, one_sided, weights.
       = fix: replace by 'target'

    error[GL3005]: too many arguments for 'gp'
      --> <spec>:1:43
       |
     1 | hinge + gp(taget: 1) + gp(1, 2, false, 1, 5)
       |                                           ^ one too many
       = help: Arguments of 'gp': epsilon, target, one_sided, weights.
    "
  `);
});
it('explains the algebra of terms', () => {
  expect(told('hinge*gp')).toMatchInlineSnapshot(`
    "error[GL3001]: terms cannot be multiplied with each other: each is a pair of losses
      --> <spec>:1:1
       |
     1 | hinge*gp
       | ^^^^^^^^ not a multiple of a term
       = help: A term can be added to terms, and multiplied or divided by a number or a param.
    "
  `);
  expect(told('wasserstein + 10')).toMatchInlineSnapshot(`
    "error[GL3002]: a number cannot be added to a term; did you mean 10*…?
      --> <spec>:1:15
       |
     1 | wasserstein + 10
       |               ^^ a number
       | ----------- this is a term: a pair of losses
       = help: Terms are added to terms; a number can only be a weight, as in 10*gp.
    "
  `);
  expect(told('10/gp')).toMatchInlineSnapshot(`
    "error[GL3001]: nothing can be divided by a term: it is a pair of losses
      --> <spec>:1:1
       |
     1 | 10/gp
       | ^^^^^ not a multiple of a term
       = help: A term can be added to terms, and multiplied or divided by a number or a param.
    "
  `);
});
it('names the players', () => {
  expect(told('hinge.critic')).toMatchInlineSnapshot(`
    "error[GL2002]: a term has no member 'critic'
      --> <spec>:1:7
       |
     1 | hinge.critic
       |       ^^^^^^ not a player
       = help: The players are 'generator' and 'discriminator'.
    "
  `);
  expect(told('hinge + gp.generator')).toMatchInlineSnapshot(`
    "error[GL3009]: the term has no part for the generator
      --> <spec>:1:12
       |
     1 | hinge + gp.generator
       |            ^^^^^^^^^ no such part
       = help: It has only a part for the discriminator.
    "
  `);
});
it('names both terms of a contradiction', () => {
  expect(told('least_squares + mi + cycle')).toMatchInlineSnapshot(`
    "error[GL3006]: 'cycle' and 'mi' need different models: mi needs infogan, cycle needs cyclegan
      --> <spec>:1:22
       |
     1 | least_squares + mi + cycle
       |                      ^^^^^ cycle needs cyclegan
       |                 -- mi needs infogan
    "
  `);
  expect(told('model gan\nterm t() { discriminator = mean(labels) }\nhinge + t + mi')).toMatchInlineSnapshot(`
    "error[GL2002]: 'labels' is unknown in a gan model; labels exist in acgan models
      --> <spec>:2:33
       |
     1 | model gan
       | --------- the model is stated here
     2 | term t() { discriminator = mean(labels) }
       |                                 ^^^^^^ not in this model

    error[GL3006]: 'mi' is not available in a gan model: it needs infogan
      --> <spec>:3:13
       |
     1 | model gan
       | --------- the model is stated here
      ...
     3 | hinge + t + mi
       |             ^^ uses 'D.codes'
      ::: prelude/mi.ganloss:7:49
       |
     7 |   let likelihood = reduce(mean_of_each(log_prob(D.codes(fake), codes)), weights: weights)
       |                                                 ------------- 'D.codes' is used here
    "
  `);
});
it('leads from the prelude back to the argument', () => {
  expect(told('modified(label_smoothing: 2)')).toMatchInlineSnapshot(`
    "error[GL3013]: label_smoothing must lie between 0 and 1, not 2
      --> <spec>:1:27
       |
     1 | modified(label_smoothing: 2)
       |                           ^ out of range
      ::: prelude/modified.ganloss:9:93
       |
     9 | …ike(real_logits), real_logits, label_smoothing: label_smoothing == none ? 0.25 : label_smoothing, weights: real_weights)
       |                                                  ------------------------------------------------ it matters here
    "
  `);
});
it('explains what a clause and a gradient need', () => {
  expect(told('term t() { discriminator = D(real) }\nhinge + t')).toMatchInlineSnapshot(`
    "error[GL3011]: the discriminator's part must be a scalar, but this has a value for each sample or element
      --> <spec>:1:28
       |
     1 | term t() { discriminator = D(real) }
       |                            ^^^^^^^ a tensor
       = help: Reduce it: 'reduce(…)' follows the file's reduction, 'mean(…)' and 'sum(…)' do what they say.
    "
  `);
  expect(told('term t() { discriminator = mean(grad(D(real), D(real))) }\nhinge + t')).toMatchInlineSnapshot(`
    "error[GL3012]: the value does not depend on the variable: its gradient is zero everywhere
      --> <spec>:1:33
       |
     1 | term t() { discriminator = mean(grad(D(real), D(real))) }
       |                                 ^^^^^^^^^^^^^^^^^^^^^^ zero everywhere
       = help: Bind the variable with 'let' and use that name in both places: two calls are two values.
    "
  `);
});
it('walks around a circle of definitions', () => {
  expect(told('term a() = b\nterm b() = c\nterm c() = a\nhinge + a')).toMatchInlineSnapshot(`
    "error[GL2008]: the term 'a' is defined through itself: a → b → c → a
      --> <spec>:1:6
       |
     1 | term a() = b
       |      ^ leads back here
     2 | term b() = c
       |      - by way of this
     3 | term c() = a
       |      - by way of this
    "
  `);
});
it('tells what became of weights of 0 and below', () => {
  expect(told('hinge + 0*gp + 0*cycle + 2*modified + modified')).toMatchInlineSnapshot(`
    "note[GL4001]: 'gp' is eliminated: its weight is 0, and TF-GAN's gan_loss leaves out an auxiliary term then
      --> <spec>:1:9
       |
     1 | hinge + 0*gp + 0*cycle + 2*modified + modified
       |         ^^^^ eliminated

    note[GL4005]: 'cycle' is kept though its weight is 0: like TF-GAN, so that a NaN in it stays visible
      --> <spec>:1:16
       |
     1 | hinge + 0*gp + 0*cycle + 2*modified + modified
       |                ^^^^^^^ kept
       = help: Write 'math fast' to have it removed.

    note[GL4003]: equal terms are one: the weights of 'modified' add up to 3
      --> <spec>:1:39
       |
     1 | hinge + 0*gp + 0*cycle + 2*modified + modified
       |                                       ^^^^^^^^ the same term again
       |                            -------- first here
    "
  `);
  expect(told('param k = 1\nhinge + gp - 2*k*gp')).toMatchInlineSnapshot(`
    "error[GL3007]: the weight of 'gp' is -1 with the default values of its params: an auxiliary term cannot have a negative one
      --> <spec>:2:14
       |
     2 | hinge + gp - 2*k*gp
       |              ^^^^^^ weighs -1
       |         -- also adds to it
    "
  `);
});
it('finds an objective that a newline did not separate', () => {
  expect(told('let adv = hinge\n(adv + gp)')).toMatchInlineSnapshot(`
    "error[GL1005]: the file has no objective: this bracket belongs to the let above it
      --> <spec>:2:1
       |
     1 | let adv = hinge
       |     --- part of this let
     2 | (adv + gp)
       | ^^^^^^^^^^ an argument list, since newlines are white space
       = help: Write 'objective = (…)'.
       = fix: insert 'objective = '
    "
  `);
});
