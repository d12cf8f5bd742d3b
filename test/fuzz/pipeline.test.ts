import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, compile, EMIT_KINDS, format, renderDiagnostics, SpecError, type Diagnostic, type Span } from '../../src/index.ts';
import { randomObjective } from '../equivalence/randomObjective.ts';

// No input makes any stage throw what is not a diagnostic, or take longer than a person waits.

const folders = ['../../examples/', '../spec/valid/', '../spec/invalid/', '../../src/terms/prelude/'].map((path) => new URL(path, import.meta.url));
const SPECS = folders.flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith('.ganloss')).map((file) => readFileSync(new URL(file, folder), 'utf8')));

const WORDS =
  'wasserstein gp mi cycle acgan hinge minimax identity D G F Dx Dy real fake z x y labels codes label target reconstructed generator discriminator reduce mean sum grad ema pool where clip lerp sqrt log_prob mean_of_each sum_of_each list variables kernels spectral_norm running_mean augment hook weight_clip none true false let param input term auxiliary nonnegative objective model reduction math import from fast gan infogan tensor_pool uniform_per_sample normal_like stop_gradient softmax_cross_entropy 0 1 -1 2 1e999 1e-400 0.5 0x1 1_ "mean" "none" "unfinished /* */ // /// ( ) { } [ ] , : . = + - * / ^ ? < > <= == != ! && || k t a \\ \u0000 \ufeff é 🎯 \ud800'.split(' ');

const tokensOf = (text: string): readonly string[] => text.match(/[A-Za-z_]\w*|[\d.]+(?:e[+-]?\d+)?|"[^"\n]*"|\/\/[^\n]*|\s+|[^\s\w]/g) ?? [];

/** A specification with tokens deleted, duplicated, swapped, inserted, or with a piece of another. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SPECS),
    fc.array(fc.record({ at: fc.nat(), to: fc.nat(), kind: fc.constantFrom('delete', 'duplicate', 'swap', 'insert', 'replace', 'graft'), word: fc.constantFrom(...WORDS), other: fc.constantFrom(...SPECS) }), { minLength: 1, maxLength: 4 }),
  )
  .map(([text, edits]) => {
    const tokens = [...tokensOf(text)];
    for (const { at, to, kind, word, other } of edits) {
      const i = at % Math.max(1, tokens.length);
      const j = to % Math.max(1, tokens.length);
      if (kind === 'delete') tokens.splice(i, 1);
      if (kind === 'duplicate') tokens.splice(j, 0, ' ', tokens[i] ?? '');
      if (kind === 'swap') [tokens[i], tokens[j]] = [tokens[j] ?? '', tokens[i] ?? ''];
      if (kind === 'insert') tokens.splice(i, 0, ' ', word, ' ');
      if (kind === 'replace') tokens[i] = word;
      if (kind === 'graft') tokens.splice(i, 0, '\n', ...tokensOf(other).slice(0, 1 + (to % 40)), '\n');
    }
    return tokens.join('');
  });

const soup = fc.array(fc.constantFrom(...WORDS, '\n', '\t'), { maxLength: 60 }).map((words) => words.join(' '));
const unicode = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.nat(0xffff), { maxLength: 100 }).map((units) => String.fromCharCode(...units)));

/** What holds of every text. */
function expectSound(text: string): void {
  const { objective, diagnostics } = check(text);
  for (const diagnostic of diagnostics) expectInside(diagnostic);
  expect(renderDiagnostics(diagnostics)).toBeTypeOf('string');
  expectFormats(text);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(objective === null).toBe(errors.length > 0);
  if (objective === null) {
    expect(() => compile(text)).toThrow(SpecError);
    return;
  }
  const compiled = compile(text);
  for (const kind of EMIT_KINDS) expect(compiled.emit(kind)).not.toBe('');
}

function expectInside({ span, labels = [], fix }: Diagnostic): void {
  const spans = [span, ...labels.map((label) => label.span), fix?.span].filter((part): part is Span => part !== null && part !== undefined);
  for (const { source, start, end } of spans) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(source.text.length);
  }
}

/** A text with syntax errors is left as it is; what was formatted stays as it is. */
function expectFormats(text: string): void {
  const formatted = format(text);
  for (const diagnostic of formatted.diagnostics) expectInside(diagnostic);
  if (formatted.diagnostics.length > 0) expect(formatted.text).toBe(text);
  else expect(format(formatted.text)).toEqual({ text: formatted.text, diagnostics: [] });
}

describe('no text throws but diagnostics', () => {
  it('unicode', () => {
    fc.assert(fc.property(unicode, expectSound), { numRuns: 200, seed: 11 });
  });

  it('tokens in any order', () => {
    fc.assert(fc.property(soup, expectSound), { numRuns: 200, seed: 12 });
  });

  it('mutated specifications', () => {
    fc.assert(fc.property(mutated, expectSound), { numRuns: 400, seed: 13 });
  });

  it('well-typed specifications', () => {
    fc.assert(fc.property(randomObjective('bodies'), ({ text }) => expectSound(text)), { numRuns: 40, seed: 14 });
  });
});

const repeat = (text: string, count: number) => text.repeat(count);

describe('deep and large texts', () => {
  it.each<[string, string]>([
    ['parentheses', `${repeat('(', 100_000)}wasserstein${repeat(')', 100_000)}`],
    ['open parentheses', repeat('(', 200_000)],
    ['closed parentheses', repeat(')', 50_000)],
    ['braces', repeat('term t() {', 20_000)],
    ['negations', `${repeat('-', 50_000)}wasserstein`],
    ['powers', `${repeat('2^', 30_000)}2*wasserstein`],
    ['conditions', `${repeat('true ? ', 20_000)}wasserstein${repeat(' : gp', 20_000)}`],
    ['members', `wasserstein${repeat('.generator', 20_000)}`],
    ['calls', `wasserstein${repeat('()', 50_000)}`],
    ['a long sum', `wasserstein${repeat(' + gp', 30_000)}`],
    ['a long sum within limits', `wasserstein${repeat(' + 2*gp', 400)}`],
    ['a product of parameters', `param k = 1\nobjective = ${repeat('k*', 400)}wasserstein`],
    ['powers of a parameter', `param k = 1\nobjective = ${repeat('(k + 1)*', 300)}wasserstein`],
    ['a chain of lets', `${Array.from({ length: 3000 }, (_, i) => `let a${i} = ${i === 0 ? 'wasserstein' : `a${i - 1} + a${i - 1}`}`).join('\n')}\nobjective = a2999`],
    ['doubling terms', `${Array.from({ length: 60 }, (_, i) => `term t${i}() = ${i === 0 ? 'wasserstein' : `t${i - 1} + t${i - 1}`}`).join('\n')}\nobjective = t59`],
    ['doubling tensors', `term t() {\n${Array.from({ length: 200 }, (_, i) => `let a${i} = ${i === 0 ? 'D(real)' : `a${i - 1} * a${i - 1}`}`).join('\n')}\ndiscriminator = mean(a199)\n}\nobjective = wasserstein + t`],
    ['nested slopes', `term t() {\ndiscriminator = mean(${repeat('square(grad(', 40)}D(real)${repeat(', real))', 40)})\n}\nobjective = wasserstein + t`],
    ['nested slopes without a network', `term t() {\ndiscriminator = mean(${repeat('grad(', 8)}exp(sum(real^9))${repeat(', real)', 8)})\n}\nobjective = wasserstein + t`],
    ['many terms', `${Array.from({ length: 300 }, (_, i) => `gp(target: ${i + 1})`).join(' + ')} + wasserstein`],
    ['a comment of megabytes', `/*${repeat('x', 4_000_000)}*/ wasserstein`],
    ['a string of megabytes', `model "${repeat('x', 4_000_000)}" wasserstein`],
    ['a name of megabytes', repeat('x', 3_000_000)],
    ['a number of many digits', `${repeat('9', 100_000)}*wasserstein`],
    ['lines without end', repeat('\n', 200_000)],
    ['errors without end', repeat('§ ', 60_000)],
    ['unknown names without end', repeat('nothing + ', 20_000)],
    ['a long argument list', `gp(${repeat('target: 1, ', 20_000)})`],
  ])('%s', (_what, text) => {
    // what takes quadratic time runs into the test's time limit
    expectSound(text);
  });
});
