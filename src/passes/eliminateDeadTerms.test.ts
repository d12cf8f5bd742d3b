import { describe, expect, it } from 'vitest';
import { eliminateDeadTerms } from './eliminateDeadTerms.ts';
import { PASSES } from './pipeline.ts';
import { at, createCodes, isFiniteCode } from './testing/codes.ts';
import { compareAt, finitenessLost } from './testing/compareColumns.ts';
import { ALL_CODES, CODE_VALUES } from './testing/eightBits.ts';
import { graphOf, optimised } from './testing/passHarness.ts';

const graph = graphOf(
  '%a: f32[], %b: f32[], %c: f32[]',
  '(loss: f32[], term.a: f32[])',
  `  %0 = constant<0> : f32[]
  %1 = exponential %b : f32[]    // cycle
  %2 = multiply %0, %1 : f32[]
  %3 = add %a, %2 : f32[]
  %4 = constant<3> : f32[]
  %5 = multiply %4, %c : f32[]
  %6 = add %3, %5 : f32[]
  return %6, %a`,
);

describe('eliminateDeadTerms', () => {
  it('keeps a term of weight 0 under math strict and says so', () => {
    expect(optimised(graph, PASSES)).toMatchInlineSnapshot(`
      "%0 = constant<0> : f32[]
      %1 = exponential %b : f32[]     // cycle
      %2 = multiply %0, %1 : f32[]
      %3 = add %a, %2 : f32[]
      %4 = constant<3> : f32[]
      %5 = multiply %4, %c : f32[]
      %6 = add %3, %5 : f32[]
      return %6, %a
      eliminateDeadTerms: zero weight kept: 0 · cycle: TF-GAN multiplies by 0, so that a NaN in the term stays visible; \`math fast\` removes it"
    `);
  });

  it('removes it under math fast, with all that only it needed', () => {
    expect(optimised(graph, PASSES, 'fast')).toMatchInlineSnapshot(`
      "%0 = constant<3> : f32[]
      %1 = multiply %0, %c : f32[]
      %2 = add %a, %1 : f32[]
      return %2, %a
      eliminateDeadTerms: zero weight removed: 0 · cycle: 0 times a finite loss is 0
      eliminateDeadCode: unused: exponential(b): it does not reach an output"
    `);
  });

  it('leaves a constant when nothing else is there', () => {
    const nothing = graphOf('%a: f32[]', 'f32[]', '  %0 = constant<0> : f32[]\n  %1 = multiply %a, %0 : f32[]\n  %2 = add %1, %1 : f32[]\n  return %2');
    expect(optimised(nothing, PASSES, 'fast').split('\n').slice(0, 2)).toEqual(['%0 = constant<0> : f32[]', 'return %0']);
  });

  it('looks only at the sums that make a loss, of one direction too', () => {
    const inside = (output: string) => graphOf('%a: f32[]', `(${output}: f32[])`, '  %0 = constant<0> : f32[]\n  %1 = multiply %0, %a : f32[]\n  %2 = add %a, %1 : f32[]\n  return %2');
    expect(optimised(inside('term.a'), [eliminateDeadTerms], 'fast')).toContain('multiply');
    expect(optimised(inside('loss.x2y'), [eliminateDeadTerms], 'fast')).toContain('zero weight removed');
    const nested = graphOf('%a: f32[]', 'f32[]', '  %0 = constant<0> : f32[]\n  %1 = multiply %0, %a : f32[]\n  %2 = exponential %1 : f32[]\n  return %2');
    expect(optimised(nested, [eliminateDeadTerms], 'fast')).toContain('multiply');
  });

  it('keeps a finite sum finite, and the same up to the sign of zero, at all pairs of 8 bits', () => {
    const sum = graphOf('%x: f32[], %y: f32[]', '(loss: f32[])', '  %0 = constant<0> : f32[]\n  %1 = multiply %0, %x : f32[]\n  %2 = add %1, %y : f32[]\n  return %2');
    const result = eliminateDeadTerms.run(sum, { math: 'fast', remark: () => undefined });
    const columns = ALL_CODES.length;
    const inputs = new Map([['x', Uint8Array.from({ length: columns ** 2 }, (_, i) => ALL_CODES[Math.floor(i / columns)])], ['y', Uint8Array.from({ length: columns ** 2 }, (_, i) => ALL_CODES[i % columns])]]);
    const comparison = compareAt(sum, result, inputs, columns ** 2);
    const change = { before: sum.outputs[0].value, after: result.outputs[0].value };
    const codes = createCodes();
    expect(finitenessLost(codes, comparison, change)).toBe(-1);
    const [before, after] = [codes.columnOf(comparison.before.made, change.before, comparison.before.columns)!, codes.columnOf(comparison.after.made, change.after, comparison.after.columns)!];
    for (let i = 0; i < columns ** 2; i++) {
      const finite = isFiniteCode(inputs.get('x')![i]) && isFiniteCode(inputs.get('y')![i]);
      if (finite && CODE_VALUES[at(before, i)] !== CODE_VALUES[at(after, i)]) expect.fail(`0·${CODE_VALUES[inputs.get('x')![i]]} + ${CODE_VALUES[inputs.get('y')![i]]}`);
    }
  });
});
