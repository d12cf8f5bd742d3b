import { describe, expect, it } from 'vitest';
import { check } from '../../dsl/check/check.ts';
import { createSource } from '../../support/source.ts';
import { CODES } from '../../support/codes.ts';
import { loadPrelude } from '../../terms/prelude.ts';
import { CODE_EXAMPLES, type SpecCode } from './codeExamples.ts';

const codes = Object.keys(CODE_EXAMPLES) as SpecCode[];
const prelude = loadPrelude();
const codesOf = (text: string) => check(createSource('example.ganloss', text), { prelude, resolveImport: () => null }).diagnostics.map(({ code }) => code);

describe('the examples of codes', () => {
  it('cover every code that a specification alone can cause', () => {
    expect(codes).toEqual(Object.keys(CODES).filter((code) => /^GL[1-4]/.test(code)));
  });

  it.each(codes)('%s is caused by its example, and by nothing else there', (code) => {
    expect(new Set(codesOf(CODE_EXAMPLES[code].example))).toEqual(new Set([code]));
  });

  it.each(codes.filter((code) => CODE_EXAMPLES[code].mended !== undefined))('%s is gone from the mended example, and nothing new is in it', (code) => {
    expect(codesOf(CODE_EXAMPLES[code].mended!)).toEqual([]);
  });

  it('leaves unmended only what is no error, and the missing file', () => {
    const unmended = codes.filter((code) => CODE_EXAMPLES[code].mended === undefined && CODES[code].severity === 'error');
    expect(unmended).toEqual(['GL2007']);
  });
});
