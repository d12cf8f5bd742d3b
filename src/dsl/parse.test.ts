import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../support/render.ts';
import { createSource, positionAt } from '../support/source.ts';
import type { Expr } from './ast.ts';
import { format } from './format.ts';
import { MAX_DEPTH, MAX_NESTING, MAX_TEXT } from './limits.ts';
import { parse } from './parse.ts';
import { applyFixes } from '../support/applyFixes.ts';
import { printAst } from './printAst.ts';

const SPEC = new URL('../../test/spec/', import.meta.url);
interface Invalid { readonly file: string; readonly code: string; readonly line: number; readonly column: number }
interface Manifest { readonly valid: readonly { readonly file: string }[]; readonly invalid: readonly Invalid[] }
const manifest = JSON.parse(readFileSync(new URL('manifest.json', SPEC), 'utf8')) as Manifest;
const specText = (file: string): string => readFileSync(new URL(file, SPEC), 'utf8');
const isSyntactic = (code: string): boolean => /^GL100[12346]$/.test(code);

const errorsOf = (text: string): readonly string[] =>
  parse(createSource('test', text)).diagnostics.map(({ code, span, message }) => {
    const { line, column } = positionAt(span!.source, span!.start);
    return `${code} ${line}:${column} ${message}`;
  });
const rendered = (text: string): string => renderDiagnostics(parse(createSource('test.ganloss', text)).diagnostics);
const tree = (text: string): string => {
  expect(errorsOf(text)).toEqual([]);
  return printAst(parse(createSource('test', text)).file);
};

describe('the specifications of the manifest', () => {
  it.each(manifest.valid)('$file has no syntax error', ({ file }) => {
    expect(errorsOf(specText(file))).toEqual([]);
  });

  it.each(manifest.invalid.filter(({ code }) => !isSyntactic(code)))('$file has no syntax error either', ({ file }) => {
    expect(errorsOf(specText(file))).toEqual([]);
  });

  it.each(manifest.invalid.filter(({ code }) => isSyntactic(code)))('$file: $code at $line:$column, and nothing else', ({ file, code, line, column }) => {
    const source = createSource(file, specText(file));
    const { diagnostics } = parse(source);
    expect(diagnostics.map((d) => d.code)).toEqual([code]);
    const { start, end } = diagnostics[0]!.span!;
    const first = positionAt(source, start);
    expect(first.line).toBe(line);
    expect(first.column).toBeLessThanOrEqual(column);
    expect(first.column + Math.max(1, end - start)).toBeGreaterThan(column);
  });
});

describe('the tree', () => {
  it('has every kind of item', () => {
    expect(tree(`import { a, b } from "./x.ganloss"
model gan reduction none math fast
pool tensor_pool(size: 50, probability: .5)
param lambda = -10
input w
let k = 2
/// What it
/// is.
auxiliary term t(a, b = 1e-10,) {
  /// Slopes.
  let s = D.classes(x).generator
  generator = pool(x, size: 5)
  discriminator = one ? !a : "s\\"\\\\"
}
nonnegative term u() = gp
objective = (pool)
`)).toMatchInlineSnapshot(`
  "import from "./x.ganloss"  1:1
    name a  1:10
    name b  1:13
  model gan  2:1
  reduction none  2:11
  math fast  2:26
  pool  3:1
    call  3:6
      callee: name tensor_pool  3:6
      argument size: number 50  3:24
      argument probability: number .5  3:41
  param lambda  4:1
    unary -  4:16
      number 10  4:17
  input w  5:1
  let k  6:1
    number 2  6:9
  /// What it
  /// is.
  auxiliary term t  9:1
    formal a  9:18
    formal b  9:21
      default: number 1e-10  9:25
    /// Slopes.
    let s  11:3
      member generator  11:11
        call  11:11
          callee: member classes  11:11
            name D  11:11
          argument: name x  11:21
    generator  12:3
      call  12:15
        callee: name pool  12:15
        argument: name x  12:20
        argument size: number 5  12:29
    discriminator  13:3
      conditional  13:19
        if: name one  13:19
        then: unary !  13:25
          name a  13:26
        else: string "s\\"\\\\"  13:30
  nonnegative term u  15:1
    value: name gp  15:24
  objective  16:1
    name pool  16:14
  "
`);
  });

  it.each([
    ['a + b - c*d/e', '(((a)+(b))-(((c)*(d))/(e)))'],
    ['-a^2', '(-((a)^(2)))'],
    ['-a*b', '((-(a))*(b))'],
    ['2^-1^2', '((2)^(-((1)^(2))))'],
    ['a^b^c', '((a)^((b)^(c)))'],
    ['!a && b || c == d + 1 < e', '(((!(a))&&(b))||(((c)==((d)+(1)))<(e)))'],
    ['a ? b : c ? d : e', '((a)?(b):((c)?(d):(e)))'],
    ['a ? b ? c : d : e', '((a)?((b)?(c):(d)):(e))'],
    ['a\n.b\n(c)', '(((a).b)((c)))'],
  ])('%s is %s', (text, expected) => {
    const { file, diagnostics } = parse(createSource('test', text));
    expect(diagnostics).toEqual([]);
    const [item] = file.items;
    const show = (expr: Expr): string => {
      switch (expr.kind) {
        case 'name': return `(${expr.name})`;
        case 'number': return `(${expr.text})`;
        case 'member': return `(${show(expr.object)}.${expr.member.name})`;
        case 'call': return `(${show(expr.callee)}(${expr.args.map((arg) => show(arg.value)).join(',')}))`;
        case 'unary': return `(${expr.operator}${show(expr.operand)})`;
        case 'binary': return `(${show(expr.left)}${expr.operator}${show(expr.right)})`;
        case 'conditional': return `(${show(expr.condition)}?${show(expr.whenTrue)}:${show(expr.whenFalse)})`;
        default: return `(${expr.kind})`;
      }
    };
    expect(item?.kind === 'objective' ? show(item.value) : item?.kind).toBe(expected);
  });

  it('has spans that hold parentheses inside, and the documents above', () => {
    const { file } = parse(createSource('test', '\uFEFF/// doc\r\nobjective = (a + b)*c // comment\r\n/// of nothing'));
    const [item] = file.items;
    expect(item?.doc).toEqual(['doc']);
    expect(file.comments.map(({ text }) => text)).toEqual(['// comment', '// of nothing']);
    expect(item?.kind === 'objective' && [item.value.span.start, item.value.span.end]).toEqual([22, 31]);
  });
});

describe('errors', () => {
  it('are all found in one run, each once, in words', () => {
    expect(rendered(`let k = 1e
lett m = 2
wasserstein + * gp(target 1, epsilon = 2, , 3) + 10 hinge
term t() {
  critic = mean(D(real)
  generator = mean(D(fake)) +
}
param
`)).toMatchInlineSnapshot(`
  "error[GL1004]: '1e' is not a number
    --> test.ganloss:1:9
     |
   1 | let k = 1e
     |         ^^
     = help: the exponent has no digits; '1e-3' is a number with one

  error[GL1002]: unexpected 'lett'
    --> test.ganloss:2:1
     |
   2 | lett m = 2
     | ^^^^
     = help: did you mean 'let'?
     = fix: replace by 'let'

  error[GL1002]: an expression is missing after '+'
    --> test.ganloss:3:15
     |
   3 | wasserstein + * gp(target 1, epsilon = 2, , 3) + 10 hinge
     |               ^ expected before '*'

  error[GL1002]: expected ',' or ')', found '1'
    --> test.ganloss:3:27
     |
   3 | wasserstein + * gp(target 1, epsilon = 2, , 3) + 10 hinge
     |                           ^
     = help: a named argument is written 'target: …'

  error[GL1002]: unexpected '='
    --> test.ganloss:3:38
     |
   3 | wasserstein + * gp(target 1, epsilon = 2, , 3) + 10 hinge
     |                                      ^
     = help: an argument takes its value after ':'
     = fix: replace by ':'

  error[GL1002]: expected an argument before ','
    --> test.ganloss:3:43
     |
   3 | wasserstein + * gp(target 1, epsilon = 2, , 3) + 10 hinge
     |                                           ^

  error[GL1002]: expected 'let', 'generator =' or 'discriminator =', found 'critic ='
    --> test.ganloss:5:3
     |
   5 |   critic = mean(D(real)
     |   ^^^^^^^^
     = help: did you mean 'discriminator'?
     = fix: replace by 'discriminator'

  error[GL1003]: expected ')' to close this '('
    --> test.ganloss:5:16
     |
   5 |   critic = mean(D(real)
     |                ^ it is not closed

  error[GL1002]: an expression is missing after '+'
    --> test.ganloss:7:1
     |
   6 |   generator = mean(D(fake)) +
     |                             - it should follow here
   7 | }
     | ^ expected before '}'

  error[GL1002]: expected a name after 'param'
    --> test.ganloss:8:6
     |
   8 | param
     |      ^
  "
`);
  });

  it.each([
    ['wasserstein +', ["GL1002 1:14 an expression is missing after '+'"]],
    ['* gp', ["GL1002 1:1 an expression is missing before '*'"]],
    ['a + */ b', ["GL1002 1:5 an expression is missing after '+'"]],
    ['wasserstein gp', ["GL1002 1:13 expected an operator between 'wasserstein' and 'gp'"]],
    ['wasserstein\ngp', []],
    ['wasserstein,\ngp', ["GL1002 1:12 unexpected ','"]],
    ['a ? b', ["GL1002 1:6 expected ':' and what holds otherwise"]],
    ['gp.', ["GL1002 1:4 expected a name after '.'"]],
    ['gp.5', ["GL1002 1:3 expected a name after '.'"]],
    ['a ** b', ["GL1002 1:3 unexpected '**'"]],
    ['k = 2\nobjective = k*gp', ["GL1002 1:1 unexpected 'k ='"]],
    ['objectve = gp', ["GL1002 1:1 unexpected 'objectve ='"]],
    ['auxilary term a() = gp', ["GL1002 1:1 unexpected 'auxilary'"]],
    ['model = gan', ["GL1002 1:7 unexpected '='"]],
    ['let input = 5', ["GL1002 1:5 'input' is a word of the language and cannot be a name"]],
    ['f(input, model: 2)', ["GL1002 1:3 'input' is a word of the language and cannot be a name"]],
    ['generator = 3\ngp', ["GL1002 1:1 unexpected 'generator'"]],
    ['term t { }', ["GL1002 1:8 expected '(' after 't'"]],
    ['term t()', ["GL1002 1:9 expected '{' or '=' after the term's arguments"]],
    ['term t(a: 1, , 2) = gp', ["GL1002 1:9 unexpected ':'", "GL1002 1:14 expected a name before ','", "GL1002 1:16 expected a name, found '2'"]],
    ['import x from "x"', ["GL1002 1:8 expected '{' after 'import'"]],
    ['import { a b } form "x"', ["GL1002 1:12 expected ',' or '}', found 'b'", "GL1002 1:16 expected 'from', found 'form'"]],
    ['objective gp', ["GL1002 1:11 expected '=' after 'objective'"]],
    ['pool', ["GL1002 1:5 expected a call after 'pool'"]],
    ['()', ["GL1002 1:2 an expression is missing after '('"]],
    ['(a, b)', ["GL1002 1:3 expected an operator or ')', found ','"]],
    ['a)', ["GL1002 1:2 unexpected ')'"]],
    ['f(1}', ["GL1002 1:4 expected ')', found '}'"]],
    ['((a)', ["GL1003 1:1 expected ')' to close this '('"]],
    ['f(a,\nlet b = 2\nobjective = b', ["GL1003 1:2 expected ')' to close this '('"]],
    ['term t() { generator = f(1 }\nobjective = t', ["GL1003 1:25 expected ')' to close this '('"]],
    ['term t() { generator = 1\nobjective = t', ["GL1003 1:10 expected '}' to close this '{'"]],
    ['gp(10 +', ["GL1003 1:3 expected ')' to close this '('"]],
    ['f("abc)\nlet x = 1', ['GL1003 1:3 this string is not closed']],
    ['gp + /* f(', ['GL1003 1:6 this comment is not closed']],
    ['f(1, /* 2)', ['GL1003 1:6 this comment is not closed']],
    ['a § b', ["GL1001 1:3 unexpected character '§'"]],
    ['a + §§ + b', ["GL1001 1:5 unexpected characters '§§'"]],
    ['let § = 5', ["GL1001 1:5 unexpected character '§'"]],
    ['a;', ["GL1001 1:2 unexpected character ';'"]],
    ['a \u0000 b', ['GL1001 1:3 unexpected character U+0000']],
    ['wasserstéin', ["GL1001 1:9 unexpected character 'é'"]],
    ["f('a')", ["GL1001 1:3 unexpected character '\\''"]],
  ] as const)('%j', (text, expected) => {
    expect(errorsOf(text)).toEqual(expected);
  });

  it.each(['1.2.3', '1e', '1e+', '1__0', '1_', '0x1F', '12abc', '1.', '1.e5', '1_.5', '1e5e5'])('%s is one malformed number', (text) => {
    expect(errorsOf(`${text} * gp`)).toEqual([`GL1004 1:1 '${text}' is not a number`]);
  });

  it.each(['0', '.5', '1_000', '1e-10', '1.5e0', '1E+3', '1_0.2_5', '007', '1e999'])('%s is a number', (text) => {
    const { file, diagnostics } = parse(createSource('test', text));
    expect(diagnostics).toEqual([]);
    expect(file.items[0]).toMatchObject({ value: { kind: 'number', text, value: Number(text.replaceAll('_', '')) } });
  });

  it.each([
    ['10gp', '10*gp'], ['0x1F', '31'], ['1_', '1'], ['1__0', '1_0'], ['1.', '1.0'], ['a ** b', 'a ^ b'], ['a;', 'a'], ['f(a = 1)', 'f(a : 1)'],
    ['a × b', 'a * b'], ['term t = a', 'term t() = a'], ['lett k = 1', 'let k = 1'], ['k = 1', 'let k = 1'], ["f('a')", 'f("a")'], ['objective a', 'objective = a'],
  ])('the fix of %s gives %s', (text, fixed) => {
    expect(applyFixes(text, parse(createSource('test', text)).diagnostics)).toBe(fixed);
    expect(errorsOf(fixed)).toEqual([]);
  });

  it('are a hundred at most', () => {
    const { diagnostics } = parse(createSource('test', 'let a = *\n'.repeat(500)));
    expect(diagnostics).toHaveLength(100);
    expect(diagnostics.at(-1)!.hint).toContain('400 more');
  });
});

describe('limits', () => {
  const codesOf = (text: string): readonly string[] => parse(createSource('test', text)).diagnostics.map((d) => d.code);

  it.each([
    ['parentheses', '('.repeat(100_000)], ['closed parentheses', `${'('.repeat(10_000)}a${')'.repeat(10_000)}`], ['calls', 'f('.repeat(10_000)], ['braces', '{'.repeat(10_000)],
    ['sums', `a${'+a'.repeat(10_000)}`], ['powers', `a${'^a'.repeat(10_000)}`], ['signs', `${'-'.repeat(10_000)}a`], ['conditions', 'a?'.repeat(10_000)],
    ['branches', `${'a?b:'.repeat(10_000)}c`], ['members', `a${'.b'.repeat(10_000)}`], ['calls of calls', `a${'()'.repeat(10_000)}`],
    ['a large text', 'a'.repeat(3_000_000)], ['many tokens', 'a\n'.repeat(MAX_TEXT / 2)],
  ])('%s in excess are GL1006, once', (_, text) => {
    expect(codesOf(text)).toEqual(['GL1006']);
  });

  it('allow what people write', () => {
    expect(codesOf(`${'('.repeat(MAX_NESTING)}a${')'.repeat(MAX_NESTING)}`)).toEqual([]);
    expect(codesOf(`${'f('.repeat(MAX_NESTING)}a${')'.repeat(MAX_NESTING)}`)).toEqual([]);
    expect(codesOf(`${'a ? '.repeat(MAX_NESTING)}a${' : b'.repeat(MAX_NESTING)}`)).toEqual([]);
    expect(codesOf(`a${'+a'.repeat(MAX_DEPTH - 1)}`)).toEqual([]);
    expect(codesOf('let k = 1\n'.repeat(10_000))).toEqual([]);
  });

  it.each([`a${'+a'.repeat(MAX_DEPTH - 1)}`, `a${'^a'.repeat(MAX_DEPTH - 1)}`, `${'-'.repeat(MAX_DEPTH - 1)}a`, `${'a?b:'.repeat(MAX_DEPTH - 1)}c`, `${'f('.repeat(MAX_NESTING)}a+b${')'.repeat(MAX_NESTING)}`])('leave trees that can be walked', (text) => {
    const once = format(createSource('test', text)).text;
    expect(format(createSource('test', once))).toEqual({ text: once, diagnostics: [] });
  });
});

describe('no text', () => {
  const harmless = (text: string): void => {
    const source = createSource('test', text);
    const { file, diagnostics } = parse(source);
    expect(typeof printAst(file)).toBe('string');
    for (const { span, labels, fix } of diagnostics) {
      for (const place of [span!, ...(labels ?? []).map((label) => label.span), ...(fix === undefined ? [] : [fix.span])]) {
        expect(place.source).toBe(source);
        expect(Number.isInteger(place.start) && 0 <= place.start && place.start <= place.end && place.end <= text.length).toBe(true);
      }
    }
    expect(typeof renderDiagnostics(diagnostics)).toBe('string');
  };

  it('of random characters makes it throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 80 })), harmless), { numRuns: 400 });
  });

  const TOKENS = ['import', 'from', 'model', 'pool', 'param', 'input', 'let', 'auxiliary', 'term', 'objective', 'generator', 'discriminator', 'none', 'a', 'gp', '1', '.5', '1.2.3', '"s"', '"s', '(', ')', '{', '}', ',', ':', '.', '=', '?', '+', '-', '*', '!', '^', '&&', '==', '§', '\n', '// c\n', '/* c */', '/*', '/// d\n'];
  it('of random tokens makes it throw', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map((tokens) => tokens.join(' ')), harmless), { numRuns: 1000 });
  });

  const specs = ['valid', 'invalid'].flatMap((folder) => readdirSync(new URL(folder, SPEC)).map((name) => specText(`${folder}/${name}`)));
  it('of a specification with tokens deleted, doubled and inserted makes it throw', () => {
    const change = fc.record({ at: fc.nat(), kind: fc.constantFrom('delete', 'double', 'insert'), token: fc.constantFrom(...TOKENS) });
    const mutated = fc.tuple(fc.constantFrom(...specs), fc.array(change, { minLength: 1, maxLength: 4 })).map(([text, changes]) => {
      const tokens = text.match(/\w+|\s+|[^\w\s]/g) ?? [];
      for (const { at, kind, token } of changes) {
        const index = at % (tokens.length + 1);
        if (kind === 'insert') tokens.splice(index, 0, token);
        else tokens.splice(index, 1, ...(kind === 'double' ? [tokens[index] ?? '', tokens[index] ?? ''] : []));
      }
      return tokens.join('');
    });
    fc.assert(fc.property(mutated, harmless), { numRuns: 1000 });
  });
});
