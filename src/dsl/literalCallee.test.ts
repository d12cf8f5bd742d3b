import { expect, it } from 'vitest';
import { createSource } from '../support/source.ts';
import { parse } from './parse.ts';

it('never calls a literal: a bracket after one begins the objective', () => {
  const { file, diagnostics } = parse(createSource('a.ganloss', 'param k = 10\n(wasserstein + k*gp)'));
  expect(diagnostics).toEqual([]);
  expect(file.items.map((item) => item.kind)).toEqual(['param', 'objective']);
});

it('sees a forgotten operator where the bracket stands on the same line', () => {
  const { diagnostics } = parse(createSource('a.ganloss', 'objective = 10(gp)'));
  expect(diagnostics.map(({ code }) => code)).toEqual(['GL1002']);
});
