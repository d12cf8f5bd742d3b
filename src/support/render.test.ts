import { describe, expect, it } from 'vitest';
import { applyFixes } from './applyFixes.ts';
import type { Diagnostic } from './diagnostic.ts';
import { renderDiagnostic, renderDiagnostics } from './render.ts';
import { createSource, type Source, type Span } from './source.ts';

const spec = createSource('wgan.ganloss', 'wassertein + 10*gp(taget: 1)\n');

function spanOf(source: Source, part: string): Span {
  const start = source.text.indexOf(part);
  expect(start).toBeGreaterThanOrEqual(0);
  return { source, start, end: start + part.length };
}

function error(span: Span | null, more: Partial<Diagnostic> = {}): Diagnostic {
  return { code: 'GL2001', severity: 'error', message: 'something is wrong', span, ...more };
}

describe('renderDiagnostic', () => {
  it('shows message, frame, label and hint', () => {
    const diagnostic = error(spanOf(spec, 'wassertein'), {
      message: "unknown term 'wassertein'", label: 'no such term here or in the prelude', hint: "did you mean 'wasserstein'?",
      fix: { span: spanOf(spec, 'wassertein'), replacement: 'wasserstein', description: "replace by 'wasserstein'" },
    });
    expect(renderDiagnostic(diagnostic)).toMatchInlineSnapshot(`
      "error[GL2001]: unknown term 'wassertein'
        --> wgan.ganloss:1:1
         |
       1 | wassertein + 10*gp(taget: 1)
         | ^^^^^^^^^^ no such term here or in the prelude
         = help: did you mean 'wasserstein'?
         = fix: replace by 'wasserstein'"
    `);
  });

  it('shows labels of the same source in one frame, of others in frames of their own', () => {
    const text = 'let k = 1\nlet m = 2\n\n\nlet k = 3\nobjective = k*wasserstein';
    const source = createSource('twice.ganloss', text);
    const prelude = createSource('prelude/gp.ganloss', '/// Gradient penalty.\nterm gp() {\n}\n');
    const diagnostic = error({ source, start: text.lastIndexOf('k = 3'), end: text.lastIndexOf('k = 3') + 1 }, {
      code: 'GL2004', message: "'k' is defined twice", label: 'again',
      labels: [{ span: spanOf(source, 'k = 1'), message: 'first here' }, { span: spanOf(prelude, 'gp'), message: 'unlike this one' }, { span: spanOf(source, '= 3'), message: 'and its value' }],
    });
    expect(renderDiagnostic(diagnostic)).toMatchInlineSnapshot(`
      "error[GL2004]: 'k' is defined twice
        --> twice.ganloss:5:5
         |
       1 | let k = 1
         |     ----- first here
        ...
       5 | let k = 3
         |     ^ again
         |       --- and its value
        ::: prelude/gp.ganloss:2:6
         |
       2 | term gp() {
         |      -- unlike this one"
    `);
  });

  it('points behind the end of a text, with one caret', () => {
    const source = createSource('a.ganloss', 'wasserstein +');
    expect(renderDiagnostic(error({ source, start: 13, end: 13 }, { label: 'an expression is missing' }))).toMatchInlineSnapshot(`
      "error[GL2001]: something is wrong
        --> a.ganloss:1:14
         |
       1 | wasserstein +
         |              ^ an expression is missing"
    `);
  });

  it('keeps its frame under tabs, wide characters and characters that steer a terminal', () => {
    const source = createSource('a.ganloss', '\t/* 梯度 🎯 \u001B[31m é e\u0301 */\tgradpen');
    expect(renderDiagnostic(error(spanOf(source, 'gradpen'), { message: 'odd \u001B[2J message' }))).toMatchInlineSnapshot(`
      "error[GL2001]: odd �[2J message
        --> a.ganloss:1:25
         |
       1 |     /* 梯度 🎯 �[31m é é */    gradpen
         |                                ^^^^^^^"
    `);
  });

  it('cuts long lines around the span', () => {
    const source = createSource('a.ganloss', `${'aaaa + '.repeat(1000)}gradpen${' + bbbb'.repeat(1000)}`);
    const rendered = renderDiagnostic(error(spanOf(source, 'gradpen'), { labels: [{ span: { source, start: 0, end: 4 }, message: 'far away' }] }));
    expect(rendered).toMatchInlineSnapshot(`
      "error[GL2001]: something is wrong
        --> a.ganloss:1:7001
         |
       1 | …aa + aaaa + aaaa + aaaa + aaaa + aaaa + gradpen + bbbb + bbbb + bbbb + bbbb + bbbb + bbbb + bbbb + bbbb + bbbb + bbbb + …
         |                                          ^^^^^^^
       1 | aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + aaaa + a…
         | ---- far away"
    `);
    expect(Math.max(...rendered.split('\n').map((line) => line.length))).toBeLessThan(140);
  });

  it('shows the first line of a span that goes on, and no carriage return', () => {
    const source = createSource('a.ganloss', 'let a = (1 +\r\n  2)\r\n');
    expect(renderDiagnostic(error({ source, start: 8, end: 18 }))).toMatchInlineSnapshot(`
      "error[GL2001]: something is wrong
        --> a.ganloss:1:9
         |
       1 | let a = (1 +
         |         ^^^^"
    `);
  });

  it('has room for long line numbers', () => {
    const source = createSource('a.ganloss', `${'\n'.repeat(99)}gradpen`);
    expect(renderDiagnostic(error(spanOf(source, 'gradpen'), { hint: 'a hint' }))).toMatchInlineSnapshot(`
      "error[GL2001]: something is wrong
          --> a.ganloss:100:1
           |
       100 | gradpen
           | ^^^^^^^
           = help: a hint"
    `);
  });

  it('needs no text', () => {
    expect(renderDiagnostic(error(null, { code: 'GL5001', message: 'the generator is missing', hint: 'pass { generator, discriminator }' }))).toMatchInlineSnapshot(`
      "error[GL5001]: the generator is missing
        = help: pass { generator, discriminator }"
    `);
  });

  it('colours when asked', () => {
    const plain = renderDiagnostic(error(spanOf(spec, 'taget')));
    const colored = renderDiagnostic(error(spanOf(spec, 'taget')), { color: true });
    expect(colored).toContain('\u001B[31m');
    expect(colored.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain);
  });
});

describe('renderDiagnostics', () => {
  it('separates by empty lines', () => {
    expect(renderDiagnostics([])).toBe('');
    const one = error(null);
    expect(renderDiagnostics([one, one])).toBe('error[GL2001]: something is wrong\n\nerror[GL2001]: something is wrong\n');
  });

  it('shows the first of very many', () => {
    const text = renderDiagnostics(Array.from({ length: 20_000 }, () => error(null)));
    expect(text.match(/something is wrong/g)).toHaveLength(200);
    expect(text.endsWith('something is wrong\n\n… and 19800 more\n')).toBe(true);
  });
});

describe('applyFixes', () => {
  const fix = (start: number, end: number, replacement: string, source = spec): Diagnostic => error({ source, start, end }, { fix: { span: { source, start, end }, replacement, description: '' } });

  it('replaces, inserts and removes at once', () => {
    expect(applyFixes(spec.text, [fix(19, 24, 'target'), fix(0, 10, 'wasserstein'), error(null), fix(28, 28, ' ')])).toBe('wasserstein + 10*gp(target: 1) \n');
  });

  it('takes the first of overlapping fixes, and two insertions at one place only once', () => {
    expect(applyFixes(spec.text, [fix(0, 10, 'A'), fix(5, 12, 'B'), fix(0, 10, 'C')])).toBe('A + 10*gp(taget: 1)\n');
    expect(applyFixes(spec.text, [fix(0, 0, '('), fix(0, 0, '(')])).toBe(`(${spec.text}`);
  });

  it('ignores fixes of other texts', () => {
    expect(applyFixes(spec.text, [fix(0, 1, 'X', createSource('other', 'other'))])).toBe(spec.text);
  });
});
