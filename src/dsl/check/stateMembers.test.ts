import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../test/helpers/checkText.ts';
import { compile } from '../../compile.ts';

/** A term of hinge's company whose body is the text. */
const inTerm = (body: string): string => `term t(a = 1) { ${body} }\nhinge + t`;

describe('states and updates', () => {
  it.each<readonly [string, ...string[]]>([
    ['state k = 0 discriminator = k*mean(D(real)) update k = k + 1'],
    ['state k = a/2 discriminator = k*mean(D(real)) update k = 3'],
    ['state k = 0 state n = 1 discriminator = k*mean(D(real)) update n = n + 1 update k = n'],
    // contextual words stay names
    ['let state = 2 let update = state discriminator = update*mean(D(real))'],
    ['discriminator = mean(D(real)) update k = 1', "GL2002 1:54 'k'"],
    ['state key = 0 discriminator = key*mean(D(real)) update kei = 1', "GL2002 1:72 'kei'"],
    ['let k = 0 discriminator = k*mean(D(real)) update k = 1', "GL2002 1:66 'k'"],
    ['discriminator = a*mean(D(real)) update a = 1', "GL2002 1:56 'a'"],
    ['state k = 0 discriminator = k*mean(D(real)) update k = 1 update k = 2', "GL2004 1:81 'k'"],
    ['state k = 0 let k = 1 discriminator = k*mean(D(real)) update k = 1', "GL2004 1:33 'k'"],
    ['state k = k + 1 discriminator = k*mean(D(real)) update k = 1', "GL2008 1:23 'k'"],
    ['state k = m let m = k discriminator = k*mean(D(real)) update k = 1', "GL2008 1:23 'k'"],
    ['state k = mean(D(real)) discriminator = k*mean(D(real)) update k = 1', "GL3004 1:27 'mean(D(real))'"],
    ['state k = 1e999 discriminator = k*mean(D(real)) update k = 1', "GL3013 1:27 '1e999'"],
    ['state k = 0 discriminator = k*mean(D(real)) update k = D(real)', "GL3011 1:72 'D(real)'"],
    ['state k = 0 discriminator = k*mean(D(real)) update k = k > 1', "GL3004 1:72 'k > 1'"],
    ['state k = 0 discriminator = k*mean(D(real)) update k = hinge', "GL3004 1:72 'hinge'"],
    ['state k = 0 discriminator = k*mean(D(real)) update k = nothing', "GL2002 1:72 'nothing'"],
    ['state k = 0 discriminator = k*mean(D(real))', "GL4002 1:23 'k'"],
    ['state k = 0 discriminator = mean(D(real)) update k = k + 1', "GL4002 1:23 'k'"],
    ['state = 0 discriminator = mean(D(real))', "GL1002 1:17 'state ='"],
    ['state k discriminator = mean(D(real))', "GL1002 1:25 'discriminator'"],
  ])('%s', (body, ...problems) => {
    expect(problemsOf(inTerm(body))).toEqual(problems);
  });

  it('are of a term, not of a file', () => {
    expect(problemsOf('state k = 0\nhinge')).toEqual(["GL1002 1:1 'state'"]);
  });

  it('are part of what an objective means', () => {
    const fingerprint = (initial: number, step: number) => compile(`term t() { state k = ${initial} discriminator = k*mean(D(real)) update k = k + ${step} }\nhinge + t`).fingerprint;
    expect(new Set([fingerprint(0, 1), fingerprint(0, 2), fingerprint(1, 1)]).size).toBe(3);
    expect(fingerprint(0, 1)).toBe(fingerprint(0, 1));
  });

  it('decide the model with the names of their updates', () => {
    expect(compile('term t() { state k = 0 discriminator = k*mean(D(real)) update k = mean(D.classes(real)*labels) }\nhinge + t').model).toBe('acgan');
  });
});
