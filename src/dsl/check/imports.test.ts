import { describe, expect, it } from 'vitest';
import { checkText, diagnosticOf, problemsOf, weightsOf } from '../../../test/helpers/checkText.ts';
import { createSource, formatStart } from '../../support/source.ts';
import { loadPrelude } from '../../terms/prelude.ts';
import { check } from './check.ts';

describe('imports', () => {
  it('lend terms and lets, with what these are made of', () => {
    const lib = 'let half = 1/2\nterm inner(k) { discriminator = k*half*mean(D(real)^2) }\nterm penalty(k = 4) = k*inner(k)\nlet strength = 3 + half';
    expect(weightsOf('import { penalty, strength } from "lib"\nhinge.generator + strength*penalty(2)', { lib })).toEqual({ 'hinge.generator': 1, 'inner.discriminator': 7 });
  });

  it('reach through files, and two ways to a file are one', () => {
    const files = { a: 'import { c } from "c"\nterm a() = c', b: 'import { c } from "c"\nterm b() = 2*c', c: 'term c() = gp' };
    expect(weightsOf('import { a } from "a"\nimport { b } from "b"\nhinge.generator + a + b', files)).toEqual({ 'hinge.generator': 1, 'gp.discriminator': 3 });
  });

  it('place terms where the root file uses them', () => {
    const { objective } = checkText('import { a } from "lib"\nhinge + 2*a', { lib: 'term a() = gp + mi' });
    expect(objective!.summands.map(({ instance, span }) => `${instance.name} ${formatStart(instance.span)} ${formatStart(span)}`)).toEqual([
      'hinge 2:1 2:1',
      'hinge 2:1 2:1',
      'gp 2:11 2:11',
      'mi 2:11 2:11',
      'mi 2:11 2:11',
    ]);
  });

  it.each([
    ['a name that is not there', 'import { aa } from "lib"\nhinge + aa', { lib: 'term ab() = gp' }, ["GL2001 1:10 'aa'"]],
    ['a param', 'import { p } from "lib"\nhinge*p', { lib: 'param p = 2' }, ["GL2007 1:10 'p'"]],
    ['a term that uses a param of its file', 'import { a } from "lib"\nhinge + a', { lib: 'param p = 2\nterm a() = p*gp' }, ["GL2007 2:9 'a'"]],
    ['nothing', 'import { a } from "nowhere"\nhinge + 2*a(3)', {}, ["GL2007 1:19 '\"nowhere\"'"]],
    ['itself', 'import { a } from "<spec>"\nhinge + a', { '<spec>': '' }, ["GL2007 1:19 '\"<spec>\"'"]],
    ['a circle', 'import { a } from "a"\nhinge + a', { a: 'import { b } from "b"\nterm a() = b', b: 'import { a } from "a"\nterm b() = a' }, ["GL2007 1:19 '\"a\"'"]],
    ['a file that does not parse', 'import { a } from "a"\nhinge + a', { a: 'term a() = gp +' }, ["GL1002 1:19 '\"a\"'"]],
    ['a built-in name', 'import { gp } from "a"\nhinge + gp', { a: 'term gq() = mi term gp() = mi' }, ["GL2004 1:10 'gp'", "GL2004 1:20 '\"a\"'"]],
    ['a name twice', 'import { a, a } from "a"\nhinge + a', { a: 'term a() = gp' }, ["GL2004 1:13 'a'"]],
    ['a name that is defined', 'import { a } from "a"\nlet a = 2\nhinge*a', { a: 'term a() = gp' }, ["GL2004 2:5 'a'"]],
    ['a term that goes in a circle', 'import { a } from "a"\nhinge + a', { a: 'term a() = b\nterm b() = a' }, ["GL2008 1:19 '\"a\"'"]],
    ['a term with a mistake', 'import { a } from "a"\nhinge + 2*a(3)', { a: 'term a(k) { generator = k*mean(D(fakes)) }' }, ["GL2002 2:11 'a(3)'"]],
    ['a term that refuses the argument', 'import { a } from "a"\nlet s = 7\nhinge + a(s)', { a: 'term a(s = 0) = modified(label_smoothing: s)' }, ["GL3013 3:11 's'"]],
    ['a let with a mistake', 'import { k } from "a"\nhinge*k', { a: 'let k = 1/0' }, ["GL3003 2:7 'k'"]],
    ['something that is not used', 'import { a } from "a"\nhinge', { a: 'term a() = gp' }, ["GL4002 1:10 'a'"]],
    ['a term of another model', 'import { a } from "a"\nmodel gan\nhinge + a', { a: 'term a() { generator = mean(labels) }' }, ["GL3006 3:9 'a'"]],
    ['a negative weight', 'import { a } from "a"\nhinge + a(2)', { a: 'term a(k) = -k*gp' }, ["GL3007 2:9 'a(2)'"]],
  ] as const)('%s', (_, text, files, problems) => {
    expect(problemsOf(text, files)).toEqual(problems);
  });

  it('show the place inside as a label', () => {
    const { span, labels } = diagnosticOf('import { a } from "a"\nhinge + a', 'GL2002', { a: 'term a() {\n  generator = mean(fakes)\n}' });
    expect(formatStart(span!)).toBe('2:9');
    expect(labels!.map((label) => `${label.span.source.name}:${formatStart(label.span)} ${label.message}`)).toEqual(['a:2:20 unknown name']);
  });

  it('say why a file may not be read', () => {
    const resolveImport = () => ({ error: 'it lies outside the project' });
    const { diagnostics } = check(createSource('spec', 'import { a } from "../a"\nhinge + a'), { prelude: loadPrelude(), resolveImport });
    expect(diagnostics.map(({ message }) => message)).toEqual(['"../a" cannot be imported: it lies outside the project']);
  });
});
