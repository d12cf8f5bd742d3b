import { describe, expect, it } from 'vitest';
import { checkText, problemsOf } from '../../../../test/helpers/checkText.ts';
import { printTypedExpr } from '../../printTypedExpr.ts';
import { FUNCTIONS, functionSpec, isFunctionName, type FunctionName } from './functions.ts';

const names = Object.keys(FUNCTIONS).filter(isFunctionName);

/** A well-typed argument for each kind of formal, in the body of an infogan's term. */
const ARGUMENT = {
  numeric: 'D(real)',
  mapped: 'log_prob(D.codes(fake), codes)',
  batch: 'D(fake)',
  mapped_batch: 'list(D(fake))',
  network: 'D',
  scalar: '0.5',
  number: '0.5',
  string: '"mean"',
  condition: 'D(real) > 0',
  list: 'codes',
  distributions: 'D.codes(fake)',
  values: 'codes',
} as const;

/** Calls that a rule of their own would refuse with the arguments above. */
const EXCEPTIONS: { readonly [N in FunctionName]?: string } = { grad: 'grad(D(real), real)', pool: 'pool(fake, size: 3)', spectral_norm: 'spectral_norm(kernels(D), iterations: 2)', linear: 'linear(0, 1, steps: 10)', cosine: 'cosine(0, 1, steps: 10)', after: 'after(10)' };

function callOf(name: FunctionName): string {
  const args = functionSpec(name).formals.map((formal) => `${formal.name}: ${ARGUMENT[formal.accepts]}`);
  return EXCEPTIONS[name] ?? `${name}(${args.join(', ')})`;
}

const clauseOf = (body: string) => checkText(`term t() { generator = ${body} }\nhinge + t`).objective!.instances[1]!.clauses.generator!;
/** What is reported about a call in the body of a term. */
const problemsOfCall = (call: string) => problemsOf(`term t() { let value = ${call} generator = mean(D(fake)) }\nhinge + t`);
const UNUSED = "GL4002 1:16 'value'";

describe('every function', () => {
  it.each(names)('%s takes what its row says', (name) => {
    expect(problemsOfCall(callOf(name))).toEqual([UNUSED]);
    expect(functionSpec(name).summary).not.toBe('');
  });

  it.each(names)('%s refuses a string, or a number where it wants a string', (name) => {
    const [formal] = functionSpec(name).formals;
    const wrong = `${name}(${functionSpec(name).formals.map((other) => `${other.name}: ${other === formal ? (other.accepts === 'string' ? '1' : '"x"') : ARGUMENT[other.accepts]}`).join(', ')})`;
    expect(problemsOfCall(wrong)).toEqual([expect.stringMatching(/^GL3004 1:\d+ '("x"|1)'$/)]);
  });

  it.each(names)('%s asks for its arguments and takes no more', (name) => {
    const { formals, variadic } = functionSpec(name);
    expect(problemsOfCall(`${name}()`)).toEqual([formals.some((formal) => formal.required) ? `GL3005 1:24 '${name}()'` : UNUSED]);
    if (variadic === true) return;
    const ones = [...formals, 1].map(() => '1').join(', ');
    expect(problemsOfCall(`${name}(${ones})`)).toEqual([expect.stringMatching(/^GL3005 1:\d+ '1'$/)]);
  });
});

describe('functions', () => {
  it.each([
    ['reduce(D(fake))', 'reduce(D(fake), reduction: "sum_by_nonzero_weights")'],
    ['reduce(D(fake), D(real), "mean")', 'reduce(D(fake), weights: D(real), reduction: "mean")'],
    ['mean(sum_per_sample(fake) + mean_per_sample(real))', 'mean(sum_per_sample(fake) + mean_per_sample(real))'],
    ['mean(max(D(fake), 0, z))', 'mean(max(max(D(fake), 0), z))'],
    ['mean(absolute_difference(D(fake), 1))', 'mean(abs(D(fake) - 1))'],
    ['mean(squared_difference(2, 1)*D(fake))', 'mean(1*D(fake))'],
    ['mean(uniform_per_sample()*fake)', 'mean(uniform_per_sample(fake)*fake)'],
    ['mean(where(true, D(fake), 1))', 'mean(D(fake))'],
    ['mean(where(D(fake) > 0, D(fake), 1))', 'mean(D(fake) > 0 ? D(fake) : 1)'],
    ['sigmoid_cross_entropy(1, D(fake), weights: 2)', 'sigmoid_cross_entropy(1, D(fake), weights: 2, reduction: "sum_by_nonzero_weights")'],
    ['mean(mean_of_each(D.features(fake)))', 'mean(mean_of_each(D.features(fake)))'],
    ['grad(mean(D(fake))^2, z) > 0 ? 1 : 2', null],
  ])('%s', (body, printed) => {
    if (printed === null) expect(problemsOf(`term t() { generator = ${body} }\nhinge + t`)[0]).toMatch(/^GL3011/);
    else expect(printTypedExpr(clauseOf(body))).toBe(printed);
  });

  it('keep draws and state inside terms', () => {
    expect(problemsOf('let a = normal_like(real)\nhinge(real_weights: a)')).toEqual(["GL3004 1:9 'normal_like(real)'"]);
    expect(problemsOf('param d = 0.5\nhinge(real_weights: ema(D(real), decay: d))')).toEqual(["GL3004 2:21 'ema(D(real), decay: d)'"]);
    expect(problemsOf('term t(a = uniform_per_sample()) = hinge(real_weights: a)\nt')).toEqual(["GL3004 1:12 'uniform_per_sample()'"]);
  });

  it('refuse scalars where samples are summed', () => {
    expect(problemsOf('term t() { generator = mean(sum_per_sample(mean(fake))) }\nhinge + t')).toEqual(["GL3004 1:44 'mean(fake)'"]);
    expect(problemsOf('term t() { generator = softmax_cross_entropy(1, D(fake)) }\nhinge + t')).toEqual(["GL3004 1:46 '1'"]);
  });

  it('need an expression of their own in a cyclegan’s whole-model term', () => {
    const text = (call: string) => `term t() { generator = mean(Dx(x + ${call})) }\nhinge + t`;
    expect(problemsOf(text('uniform_per_sample(x)'))).toEqual([]);
    expect(problemsOf(text('uniform_per_sample()'))).toEqual(["GL3006 1:29 'Dx(x + uniform_per_sample())'"]);
  });
});
