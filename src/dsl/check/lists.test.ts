import { describe, expect, it } from 'vitest';
import { checkText, diagnosticOf, problemsOf } from '../../../test/helpers/checkText.ts';
import { printTypedExpr } from '../printTypedExpr.ts';

const ofBody = (body: string) => `term t() { ${body} }\nhinge + t`;
const clauseOf = (body: string) => printTypedExpr(checkText(ofBody(body)).objective!.instances[1]!.clauses.generator!);
const messageOf = (body: string) => {
  const { message, hint } = diagnosticOf(ofBody(body), 'GL3004');
  return hint === undefined ? message : `${message} / ${hint}`;
};

describe('lists', () => {
  it.each([
    'sum(sum_of_each(abs(list(D.features(fake)))))',
    'sum(mean_of_each(list(D.features(fake)) - list(D.features(real))))',
    'sum(sum_of_each(square(2*variables(D) - 1/kernels(G))))',
    'sum(sum_of_each(clip(kernels(D), -1, 1) + lerp(kernels(D), kernels(G), 0.5) + max(kernels(D), 0)))',
    'sum(sum_of_each(mean_over_samples(list(D.features(fake)))*mean(list(real))))',
    'sum(sum_of_each(ema(mean(codes), decay: 0.5) + running_mean(stop_gradient(-codes))))',
    'spectral_norm(real, iterations: 2) + sum(sum_of_each(spectral_norm(kernels(D))))',
    'mean(augment(fake) + hook("other", real))',
  ])('%s is a scalar', (expr) => {
    expect(problemsOf(ofBody(`generator = ${expr}`))).toEqual([]);
    expect(clauseOf(`generator = ${expr}`).replace(/ - -/g, ' + ')).toBe(expr);
  });

  it('are no scalars, and the message says how they become one', () => {
    expect(messageOf('generator = variables(G)')).toBe("the generator's part must be a scalar, not a list of tensors / Make it one number: 'sum(sum_of_each(…))' or 'mean(mean_of_each(…))'.");
    expect(messageOf('generator = mean(variables(G))')).toContain('must be a scalar, not a list of tensors');
    expect(messageOf('state k = 0 generator = k + mean(fake) update k = mean(kernels(D))')).toBe("the update of 'k' must be a scalar, not a list of tensors");
  });

  it.each([
    ['generator = mean(where(kernels(D) > 0, 1, 0))', "an operand of '>' must be a number or a tensor, not a list of tensors"],
    ['generator = mean(where(real > 0, kernels(D), 0))', "'a' of 'where' must be a number or a tensor, not a list of tensors"],
    ['generator = mean(real > 0 ? kernels(D) : 0)', 'a choice made at run time must be between numbers and tensors, not a list of tensors'],
    ['generator = mean(grad(D(real), codes))', "'x' of 'grad' must be a number or a tensor, not a list of tensors"],
    ['generator = reduce(kernels(D))', "'x' of 'reduce' must be a number or a tensor, not a list of tensors"],
    ['generator = mean(D(kernels(D)))', "'D' takes a tensor, not a list of tensors"],
    ['generator = mean(augment(codes))', "'x' of 'augment' must be a tensor with an axis for the samples, not a list of tensors"],
    ['generator = sum(sum_of_each(D(real)))', "'list' of 'sum_of_each' must be a list of tensors, not a tensor"],
    ['generator = sum(sum_of_each(list("x")))', "'x' of 'list' must be a tensor or a list of tensors, not a string"],
    ['generator = sum(sum_of_each(variables(D(real))))', "'network' of 'variables' must be a network, such as D, not a tensor"],
    ['generator = sum(sum_of_each(kernels(D.features)))', "'network' of 'kernels' must be a network, such as D, not a network"],
    ['generator = sum(sum_of_each(abs(hinge)))', "'x' of 'abs' must be a number, a tensor or a list of tensors, not a term"],
    ['generator = mean(D.codes(real) + 1)', "an operand of '+' must be a number, a tensor or a list of tensors, not a list of distributions"],
    ['generator = mean(hook(real, "name"))', "'name' of 'hook' must be a string, not a tensor"],
  ])('%s', (body, message) => {
    expect(diagnosticsOf(body)).toContain(message);
  });

  const diagnosticsOf = (body: string) => checkText(ofBody(body)).diagnostics.filter(({ code }) => code === 'GL3004').map(({ message }) => message);
});

describe('hooks and state', () => {
  it('belong to a term', () => {
    expect(problemsOf('hinge(real_weights: augment(real))')).toEqual(["GL3004 1:21 'augment(real)'"]);
    expect(problemsOf('hinge(real_weights: spectral_norm(real))')).toEqual(["GL3004 1:21 'spectral_norm(real)'"]);
    expect(problemsOf('hinge(real_weights: running_mean(real))')).toEqual(["GL3004 1:21 'running_mean(real)'"]);
  });

  it('refuse what makes no sense', () => {
    expect(problemsOf(ofBody('generator = mean(hook("", fake))'))).toEqual(["GL3013 1:34 '\"\"'"]);
    for (const rounds of ['0', '1.5', '-1']) expect(problemsOf(ofBody(`generator = spectral_norm(fake, iterations: ${rounds})`))[0]).toMatch(/^GL3013/);
  });

  it('are told apart by their place, and state by its let', () => {
    const { instances } = checkText(ofBody('let past = running_mean(mean(fake)) generator = past + running_mean(mean(real)) + mean(augment(fake) - augment(fake))')).objective!;
    expect(printTypedExpr(instances[1]!.clauses.generator!)).toBe('let past = running_mean(mean(fake))\npast + running_mean(mean(real)) + mean(augment(fake) - augment(fake))');
  });
});

describe('models', () => {
  it('have weights of networks wherever they have the network, a stargan’s G among them', () => {
    const text = (network: string) => `term t() { generator = sum(sum_of_each(square(variables(${network})))) }`;
    expect(checkText(`model stargan\n${text('G')}\nhinge + t`).diagnostics).toEqual([]);
    expect(checkText(`model cyclegan\n${text('Dx')}\nhinge + t`).objective!.instances[1]!.scope).toBe('model');
    expect(checkText(`model cyclegan\n${text('D')}\nhinge + t`).objective!.instances[1]!.scope).toBe('direction');
    expect(problemsOf(`model gan\n${text('F')}\nhinge + t`)).toEqual(["GL2002 2:47 'variables(F)'"]);
  });
});
