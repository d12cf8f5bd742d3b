import { expect, it } from 'vitest';
import { compile } from './compile.ts';

const of = (text: string) => compile(text).fingerprint;

it('does not depend on how a specification is written', () => {
  expect(of('// a comment\nparam k = 10\nobjective =\n  wasserstein\n  + k*gp')).toBe(of('param k = 3 wasserstein + k*gp()'));
});

it.each(['wasserstein + 10*gp', 'wasserstein + 9*gp', 'wasserstein + 10*gp(target: 2)', 'math fast wasserstein + 10*gp', 'pool tensor_pool() wasserstein + 10*gp', 'hinge + 10*gp'])('knows %s from the others', (text) => {
  const others = ['wasserstein + 10*gp', 'wasserstein + 9*gp', 'wasserstein + 10*gp(target: 2)', 'math fast wasserstein + 10*gp', 'pool tensor_pool() wasserstein + 10*gp', 'hinge + 10*gp'];
  expect(others.filter((other) => of(other) === of(text))).toEqual([text]);
});
