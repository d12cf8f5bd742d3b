import { expect, it } from 'vitest';
import { checkText } from '../../../test/helpers/checkText.ts';
import { formatStart } from '../../support/source.ts';

/** Everything that a diagnostic says, a line each. */
function told(text: string): string {
  return checkText(text)
    .diagnostics.map(({ code, severity, message, span, label, labels, hint, fix }) =>
      [
        `${severity} ${code} ${formatStart(span!)}: ${message}`,
        ...(label === undefined ? [] : [`  ^ ${label}`]),
        ...(labels ?? []).map((other) => `  ${other.span.source.name}:${formatStart(other.span)} ${other.message}`),
        ...(hint === undefined ? [] : [`  hint: ${hint}`]),
        ...(fix === undefined ? [] : [`  fix: ${fix.description}`]),
      ].join('\n'),
    )
    .join('\n');
}

it('tells a typing error and its mending', () => {
  expect(told('wassertein + 10*gp')).toMatchInlineSnapshot(`
    "error GL2001 1:1: unknown term 'wassertein'; did you mean 'wasserstein'?
      ^ unknown term
      fix: replace by 'wasserstein'"
  `);
});
it('lists the terms where nothing is close', () => {
  expect(told('zzzz')).toMatchInlineSnapshot(`
    "error GL2001 1:1: unknown term 'zzzz'
      ^ unknown term
      hint: Terms: acgan, classification, cycle, gp, hinge, identity, least_squares, mi, minimax, modified, reconstruction, relativistic, wasserstein."
  `);
});
it('offers to declare an unknown weight', () => {
  expect(told('lambda*gp + hinge')).toMatchInlineSnapshot(`
    "error GL2002 1:1: unknown name 'lambda'
      ^ unknown name
      hint: Declare it: 'param lambda = 1' or 'let lambda = 1'."
  `);
});
it('lists the arguments of a term', () => {
  expect(told('hinge + gp(taget: 1) + gp(1, 2, false, 1, 5)')).toMatchInlineSnapshot(`
    "error GL2003 1:12: 'gp' has no argument 'taget'; did you mean 'target'?
      ^ unknown argument
      hint: Arguments of 'gp': epsilon, target, one_sided, weights.
      fix: replace by 'target'
    error GL3005 1:43: too many arguments for 'gp'
      ^ one too many
      hint: Arguments of 'gp': epsilon, target, one_sided, weights."
  `);
});
it('explains the algebra of terms', () => {
  expect(told('hinge*gp')).toMatchInlineSnapshot(`
    "error GL3001 1:1: terms cannot be multiplied with each other: each is a pair of losses
      ^ not a multiple of a term
      hint: A term can be added to terms, and multiplied or divided by a number or a param."
  `);
  expect(told('wasserstein + 10')).toMatchInlineSnapshot(`
    "error GL3002 1:15: a number cannot be added to a term; did you mean 10*…?
      ^ a number
      <spec>:1:1 this is a term: a pair of losses
      hint: Terms are added to terms; a number can only be a weight, as in 10*gp."
  `);
  expect(told('10/gp')).toMatchInlineSnapshot(`
    "error GL3001 1:1: nothing can be divided by a term: it is a pair of losses
      ^ not a multiple of a term
      hint: A term can be added to terms, and multiplied or divided by a number or a param."
  `);
});
it('names the players', () => {
  expect(told('hinge.critic')).toMatchInlineSnapshot(`
    "error GL2002 1:7: a term has no member 'critic'
      ^ not a player
      hint: The players are 'generator' and 'discriminator'."
  `);
  expect(told('hinge + gp.generator')).toMatchInlineSnapshot(`
    "error GL3009 1:12: the term has no part for the generator
      ^ no such part
      hint: It has only a part for the discriminator."
  `);
});
it('names both terms of a contradiction', () => {
  expect(told('least_squares + mi + cycle')).toMatchInlineSnapshot(`
    "error GL3006 1:22: 'cycle' and 'mi' need different models: mi needs infogan, cycle needs cyclegan
      ^ cycle needs cyclegan
      <spec>:1:17 mi needs infogan"
  `);
  expect(told('model gan\nterm t() { discriminator = mean(labels) }\nhinge + t + mi')).toMatchInlineSnapshot(`
    "error GL2002 2:33: 'labels' is unknown in a gan model; labels exist in acgan models
      ^ not in this model
      <spec>:1:1 the model is stated here
    error GL3006 3:13: 'mi' is not available in a gan model: it needs infogan
      ^ uses 'D.codes'
      <spec>:1:1 the model is stated here
      prelude/mi.ganloss:7:49 'D.codes' is used here"
  `);
});
it('leads from the prelude back to the argument', () => {
  expect(told('modified(label_smoothing: 2)')).toMatchInlineSnapshot(`
    "error GL3013 1:27: label_smoothing must lie between 0 and 1, not 2
      ^ out of range
      prelude/modified.ganloss:9:93 it matters here"
  `);
});
it('explains what a clause and a gradient need', () => {
  expect(told('term t() { discriminator = D(real) }\nhinge + t')).toMatchInlineSnapshot(`
    "error GL3011 1:28: the discriminator's part must be a scalar, but this has a value for each sample or element
      ^ a tensor
      hint: Reduce it: 'reduce(…)' follows the file's reduction, 'mean(…)' and 'sum(…)' do what they say."
  `);
  expect(told('term t() { discriminator = mean(grad(D(real), D(real))) }\nhinge + t')).toMatchInlineSnapshot(`
    "error GL3012 1:33: the value does not depend on the variable: its gradient is zero everywhere
      ^ zero everywhere
      hint: Bind the variable with 'let' and use that name in both places: two calls are two values."
  `);
});
it('walks around a circle of definitions', () => {
  expect(told('term a() = b\nterm b() = c\nterm c() = a\nhinge + a')).toMatchInlineSnapshot(`
    "error GL2008 1:6: the term 'a' is defined through itself: a → b → c → a
      ^ leads back here
      <spec>:2:6 by way of this
      <spec>:3:6 by way of this"
  `);
});
it('tells what became of weights of 0 and below', () => {
  expect(told('hinge + 0*gp + 0*cycle + 2*modified + modified')).toMatchInlineSnapshot(`
    "note GL4001 1:9: 'gp' is eliminated: its weight is 0, and TF-GAN's gan_loss leaves out an auxiliary term then
      ^ eliminated
    note GL4005 1:16: 'cycle' is kept though its weight is 0: like TF-GAN, so that a NaN in it stays visible
      ^ kept
      hint: Write 'math fast' to have it removed.
    note GL4003 1:39: equal terms are one: the weights of 'modified' add up to 3
      ^ the same term again
      <spec>:1:28 first here"
  `);
  expect(told('param k = 1\nhinge + gp - 2*k*gp')).toMatchInlineSnapshot(`
    "error GL3007 2:14: the weight of 'gp' is -1 with the default values of its params: an auxiliary term cannot have a negative one
      ^ weighs -1
      <spec>:2:9 also adds to it"
  `);
});
it('finds an objective that a newline did not separate', () => {
  expect(told('let adv = hinge\n(adv + gp)')).toMatchInlineSnapshot(`
    "error GL1005 2:1: the file has no objective: this bracket belongs to the let above it
      ^ an argument list, since newlines are white space
      <spec>:1:5 part of this let
      hint: Write 'objective = (…)'.
      fix: insert 'objective = '"
  `);
});
