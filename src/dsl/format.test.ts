import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSource } from '../support/source.ts';
import type { File } from './ast.ts';
import { format } from './format.ts';
import { parse } from './parse.ts';
import { fileText, scatter, specFile } from './testPrograms.ts';

const formatted = (text: string): string => {
  const { text: result, diagnostics } = format(createSource('test', text));
  expect(diagnostics).toEqual([]);
  return result;
};

/** The tree without its spans: what formatting must keep. */
function shape(file: File): unknown {
  return JSON.parse(JSON.stringify(file, (key, value: unknown) => (/span$/i.test(key) ? undefined : value)));
}

const treeOf = (text: string): unknown => {
  const { file, diagnostics } = parse(createSource('test', text));
  expect(diagnostics).toEqual([]);
  return shape(file);
};

describe('format', () => {
  it('gives the canonical form', () => {
    const text = `
import {a,b,} from "./x.ganloss"
model   gan   pool tensor_pool( size:50 )


param lambda=10   // runtime
/// Doc of
///  a term.
term gp(epsilon=1e-10,target = 1) { // opening
  let x      = lerp(real,fake,uniform_per_sample())
  /// slopes
  let slopes = (sqrt((sum_per_sample(grad(D(x), x)^2) + epsilon)))


  // before
  discriminator = reduce((one_sided ? max(0, excess) : excess)^2, weights: weights)/2*gamma /* after */
  // last
}
auxiliary term empty() {}
objective=wasserstein+lambda * gp(target: 1, // radius
    // own
  epsilon: 1e-8, aaaaaaaaaaaaaaaaaaaaaaaaa: !(-a == 2), bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: "s\\"")-(a-b)*-c^-d^2`;
    expect(formatted(text)).toMatchInlineSnapshot(`
      "import { a, b } from "./x.ganloss"
      model gan
      pool tensor_pool(size: 50)

      param lambda = 10 // runtime
      /// Doc of
      ///  a term.
      term gp(epsilon = 1e-10, target = 1) { // opening
        let x = lerp(real, fake, uniform_per_sample())
        /// slopes
        let slopes = sqrt(sum_per_sample(grad(D(x), x)^2) + epsilon)

        // before
        discriminator = reduce(
          (one_sided ? max(0, excess) : excess)^2,
          weights: weights,
        )/2 * gamma /* after */
        // last
      }
      auxiliary term empty() {}
      objective = wasserstein
        + lambda*gp(
            target: 1, // radius
            // own
            epsilon: 1e-8,
            aaaaaaaaaaaaaaaaaaaaaaaaa: !(-a == 2),
            bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: "s\\"",
          )
        - (a - b)*-c^-d^2
      "
    `);
  });

  it.each([
    ['(a^b)^c^(d^e)', '(a^b)^c^d^e'],
    ['-(a^2) + (-a)^2 - (-(-b))', '-a^2 + (-a)^2 - --b'],
    ['2^(-1)*3', '2^-1*3'],
    ['a-(b-c)-(d+e)', 'a - (b - c) - (d + e)'],
    ['a*(b*c)/(d/e)*f', 'a * (b*c)/(d/e) * f'],
    ['(a||b)&&(c||(d&&e))', '(a || b) && (c || d && e)'],
    ['(a?b:c)?(d?e:f):(g?h:i)', '(a ? b : c) ? d ? e : f : g ? h : i'],
    ['(2).e5 + (2).y + (f)(x).y + (a+b)(c)', '(2).e5 + 2.y + f(x).y + (a + b)(c)'],
    ['(a<b)==(c<d)', 'a < b == (c < d)'],
    ['(pool)', '(pool)'],
  ])('%s becomes %s', (text, expected) => {
    expect(formatted(text)).toBe(`${expected}\n`);
    expect(treeOf(expected)).toEqual(treeOf(text));
  });

  it('breaks long sums before their operators', () => {
    const names = Array.from({ length: 9 }, (_, i) => `a_rather_long_name_${i}`);
    expect(formatted(`objective = ${names.join('+')}`)).toBe(`objective = ${names.join('\n  + ')}\n`);
  });

  it('leaves a text with syntax errors alone', () => {
    const source = createSource('test', 'wasserstein   + * gp');
    const result = format(source);
    expect(result.text).toBe(source.text);
    expect(result.diagnostics.map((d) => d.code)).toEqual(['GL1002']);
  });

  it('makes nothing of nothing', () => {
    expect(formatted('  \n ')).toBe('');
    expect(formatted('// only a comment')).toBe('// only a comment\n');
  });

  it('keeps the tree of any program and is idempotent', () => {
    fc.assert(fc.property(specFile, (file) => {
      const text = fileText(file);
      expect(treeOf(text)).toEqual(shape(file));
      const once = formatted(text);
      expect(treeOf(once)).toEqual(shape(file));
      expect(formatted(once)).toBe(once);
    }), { numRuns: 150 });
  });

  it('keeps tree and comments whatever blanks and comments stand between the tokens', () => {
    fc.assert(fc.property(specFile.chain((file) => scatter(fileText(file))), (text) => {
      const once = formatted(text);
      expect(treeOf(once)).toEqual(treeOf(text));
      expect(formatted(once)).toBe(once);
    }), { numRuns: 250 });
  });
});
