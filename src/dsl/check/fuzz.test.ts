import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkText } from '../../../test/helpers/checkText.ts';
import { preludeSources } from '../../terms/prelude.ts';

const folders = ['valid', 'invalid'].map((name) => new URL(`../../../test/spec/${name}/`, import.meta.url));
const specs = folders.flatMap((folder) => readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8')));
const texts = [...specs, ...preludeSources.map((source) => `${source.text}\nobjective = hinge`)];

/** Words that make sense somewhere, so that mutated texts get past the parser. */
const WORDS = 'wasserstein gp mi cycle acgan hinge D G F Dx real fake z x y labels codes label target reconstructed generator discriminator reduce mean sum grad ema pool where lerp sqrt none true false let param input term auxiliary nonnegative objective model reduction math import pool tensor_pool uniform_per_sample sigmoid_cross_entropy log_prob 0 1 -1 2 1e999 0.5 "mean" "x" ( ) { } , : . = + - * / ^ ? < > == && ! k t weights size decay'.split(' ');

const tokensOf = (text: string): readonly string[] => text.match(/[A-Za-z_]\w*|[\d.]+(?:e[+-]?\d+)?|"[^"\n]*"|\/\/[^\n]*|\s+|[^\s\w]/g) ?? [];

/** A spec with a few tokens replaced, doubled, swapped or dropped. */
const mutated = fc
  .tuple(fc.constantFrom(...texts), fc.array(fc.record({ at: fc.nat(), kind: fc.constantFrom('replace', 'insert', 'drop', 'swap', 'paste'), word: fc.constantFrom(...WORDS), other: fc.constantFrom(...texts) }), { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => {
    const tokens = [...tokensOf(text)];
    for (const { at, kind, word, other } of edits) {
      const i = tokens.length === 0 ? 0 : at % tokens.length;
      if (kind === 'replace') tokens[i] = word;
      if (kind === 'insert') tokens.splice(i, 0, word, ' ');
      if (kind === 'drop') tokens.splice(i, 1);
      if (kind === 'swap') [tokens[i], tokens[0]] = [tokens[0] ?? '', tokens[i] ?? ''];
      if (kind === 'paste') tokens.splice(i, 0, ' ', ...tokensOf(other), '\n');
    }
    return tokens.join('');
  });

/** What holds of every text: diagnostics that point into it, in order; an objective exactly when there is no error. */
function expectSound(text: string): void {
  const { objective, diagnostics } = checkText(text);
  let last = 0;
  for (const { span, message } of diagnostics) {
    expect(span?.source.name).toBe('<spec>');
    expect(span!.start).toBeGreaterThanOrEqual(last);
    expect(span!.end).toBeGreaterThanOrEqual(span!.start);
    expect(span!.end).toBeLessThanOrEqual(text.length);
    expect(message).not.toMatch(/undefined|\[object|NaN\b.*NaN/);
    last = span!.start;
  }
  expect(objective === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  for (const summand of objective?.summands ?? []) expect(Number.isFinite(summand.defaultWeight)).toBe(true);
}

it('gives diagnostics and nothing else for mutated specs', () => {
  fc.assert(fc.property(mutated, expectSound), { numRuns: 400 });
});

it('gives diagnostics and nothing else for random words', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(' ')), expectSound), { numRuns: 200 });
});

it('gives the same answer every time', () => {
  for (const text of texts) expect(JSON.stringify(checkText(text).diagnostics.map(({ code, message }) => [code, message]))).toBe(JSON.stringify(checkText(text).diagnostics.map(({ code, message }) => [code, message])));
});
