import { describe, expect, it } from 'vitest';
import { eliminateDeadCode } from './eliminateDeadCode.ts';
import { foldConstants } from './foldConstants.ts';
import { mergeCommon } from './mergeCommon.ts';
import { PASSES } from './pipeline.ts';
import { simplify } from './simplify.ts';
import { graphOf, optimised } from './testing/passHarness.ts';

describe('compute_weighted_loss with weights of 1', () => {
  const weighted = graphOf(
    '%losses: f32[n, ...]',
    'f32[]',
    `  %0 = constant<1> : f32[]
  %1 = broadcast_weights %0, %losses : f32[n, ...]
  %2 = multiply %losses, %1 : f32[n, ...]
  %3 = reduce<add, all> %2 : f32[]
  %4 = constant<0> : f32[]
  %5 = compare<NE> %1, %4 : i1[n, ...]
  %6 = convert %5 : f32[n, ...]
  %7 = reduce<add, all> %6 : f32[]
  %8 = divide_no_nan %3, %7 : f32[]
  return %8`,
  );

  it('is the plain mean', () => {
    expect(optimised(weighted, PASSES)).toMatchInlineSnapshot(`
      "%0 = reduce<add, all> %losses : f32[]
      %1 = size %losses : f32[]
      %2 = divide %0, %1 : f32[]
      return %2
      simplify: scalar weights: broadcast_weights(1, losses): a scalar weight fits losses of any shape
      simplify: multiply by one: losses · broadcast_weights(1, losses): x · 1 is x
      simplify: computed on repeated scalars: broadcast_weights(1, losses) ≠ 0: all elements are equal, so one is computed
      simplify: computed on repeated scalars: convert((broadcast_weights(1, losses) ≠ 0)): all elements are equal, so one is computed
      foldConstants: constant operands: 1 ≠ 0: the value is known beforehand, rounded to float32 as at run time
      foldConstants: constant operands: convert((1 ≠ 0)): the value is known beforehand, rounded to float32 as at run time
      simplify: sum of a broadcast one: reduce<add>(broadcast_like(1, losses)): the sum of n ones is n
      simplify: safe division by a size: divide_no_nan(reduce<add>(losses), reduce<add>(broadcast_like(1, losses))): a batch has at least one element, so its size is not 0"
    `);
  });

  it('counted by select, it is, too', () => {
    const counted = graphOf(
      '%losses: f32[n, ...]',
      'f32[]',
      `  %0 = constant<1> : f32[]
  %1 = constant<0> : f32[]
  %2 = compare<EQ> %0, %1 : i1[]
  %3 = select %2, %1, %0 : f32[]
  %4 = broadcast_weights %3, %losses : f32[n, ...]
  %5 = reduce<add, all> %4 : f32[]
  %6 = multiply %losses, %0 : f32[n, ...]
  %7 = reduce<add, all> %6 : f32[]
  %8 = divide_no_nan %7, %5 : f32[]
  return %8`,
    );
    expect(optimised(counted, PASSES).split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
      "%0 = size %losses : f32[]
      %1 = reduce<add, all> %losses : f32[]
      %2 = divide %1, %0 : f32[]
      return %2"
    `);
  });

  it('a weight that is a parameter stays one', () => {
    const param = graphOf(
      '%losses: f32[n, ...]',
      'f32[]',
      `  %0 = param<w> : f32[]
  %1 = broadcast_weights %0, %losses : f32[n, ...]
  %2 = multiply %losses, %1 : f32[n, ...]
  %3 = reduce<add, all> %2 : f32[]
  %4 = reduce<add, all> %1 : f32[]
  %5 = divide_no_nan %3, %4 : f32[]
  return %5`,
    );
    expect(optimised(param, PASSES)).toMatchInlineSnapshot(`
      "%0 = param<w> : f32[]
      %1 = broadcast_like<trailing> %0, %losses : f32[n, ...]
      %2 = multiply %losses, %0 : f32[n, ...]
      %3 = reduce<add, all> %2 : f32[]
      %4 = reduce<add, all> %1 : f32[]
      %5 = divide_no_nan %3, %4 : f32[]
      return %5
      simplify: scalar weights: broadcast_weights(w, losses): a scalar weight fits losses of any shape
      simplify: repeated scalar as an operand: losses · broadcast_weights(w, losses): a scalar broadcasts by itself"
    `);
  });
});

describe('math', () => {
  const graph = graphOf(
    '%x: f32[3]',
    'f32[3]',
    `  %0 = constant<0> : f32[]
  %1 = multiply %x, %0 : f32[3]
  %2 = subtract %x, %x : f32[3]
  %3 = add %1, %2 : f32[3]
  return %3`,
  );

  it('strict keeps what may be NaN', () => {
    expect(optimised(graph, PASSES)).toMatchInlineSnapshot(`
      "%0 = constant<0> : f32[]
      %1 = multiply %x, %0 : f32[3]
      %2 = subtract %x, %x : f32[3]
      %3 = add %1, %2 : f32[3]
      return %3"
    `);
  });

  it('fast does not', () => {
    expect(optimised(graph, PASSES, 'fast')).toMatchInlineSnapshot(`
      "%0 = constant<0> : f32[]
      %1 = broadcast_in_dim<[]> %0 : f32[3]
      return %1
      simplify: multiply by zero: x · 0: x · 0 is 0 for a finite x
      simplify: subtract a value from itself: x − x: x − x is 0 for a finite x
      simplify: add zero: (x · 0) + (x − x): x + 0 is x for an x that is never −0"
    `);
  });
});

describe('products of constants only', () => {
  it('are left to foldConstants, which ends', () => {
    const graph = graphOf(
      '%x: f32[3]',
      'f32[3]',
      `  %0 = constant<0.5> : f32[]
  %1 = constant<3> : f32[]
  %2 = multiply %0, %1 : f32[]
  %3 = multiply %1, %2 : f32[]
  %4 = multiply %3, %x : f32[3]
  %5 = multiply %4, %0 : f32[3]
  return %5`,
    );
    expect(optimised(graph, [simplify], 'fast')).toContain('multiply %1, %2');
    expect(optimised(graph, PASSES, 'fast').split('\n').slice(0, 3)).toEqual(['%0 = constant<2.25> : f32[]', '%1 = multiply %0, %x : f32[3]', 'return %1']);
  });

  it('stay apart where the joined one is greater than 1 and than the inner one: x times it may overflow', () => {
    const graph = graphOf('%x: f32[3]', 'f32[3]', '  %0 = constant<2> : f32[]\n  %1 = multiply %0, %x : f32[3]\n  %2 = multiply %1, %0 : f32[3]\n  return %2');
    expect(optimised(graph, PASSES, 'fast').split('\n')).toEqual(['%0 = constant<2> : f32[]', '%1 = multiply %0, %x : f32[3]', '%2 = multiply %1, %0 : f32[3]', 'return %2']);
  });
});

describe('integers', () => {
  it('divided by themselves are no one where they are 0', () => {
    const body = '%0 = divide %x, %x : i32[3]\nreturn %0';
    expect(optimised(graphOf('%x: i32[3]', 'i32[3]', body), PASSES, 'fast')).toBe(body);
  });
});

describe('a rule applies to what another rule makes', () => {
  it('in one run of the pass', () => {
    const graph = graphOf(
      '%x: f32[3], %y: f32[3]',
      'f32[3]',
      `  %0 = negate %y : f32[3]
  %1 = negate %0 : f32[3]
  %2 = negate %1 : f32[3]
  %3 = add %x, %2 : f32[3]
  %4 = constant<1> : f32[]
  %5 = divide %3, %4 : f32[3]
  return %5`,
    );
    expect(optimised(graph, [simplify])).toMatchInlineSnapshot(`
      "%0 = subtract %x, %y : f32[3]
      return %0
      simplify: double negation: negate(negate(y)): −(−x) is x
      simplify: add a negated value: x + negate(negate(…)): x and −x differ in their sign bit only, which IEEE arithmetic handles exactly
      simplify: divide by one: (x + negate(…)) / 1: x / 1 is x"
    `);
  });
});

describe('foldConstants', () => {
  it('rounds every result to float32 and writes the shortest number that is it', () => {
    const graph = graphOf(
      '',
      '(loss: f32[], sum: f32[2])',
      `  %0 = constant<0.1> : f32[]
  %1 = constant<3> : f32[]
  %2 = multiply %0, %1 : f32[]
  %3 = constant<[1e30, 16777216]> : f32[2]
  %4 = constant<[1e30, 1]> : f32[2]
  %5 = multiply %3, %4 : f32[2]
  %6 = add %5, %0 : f32[2]
  return %2, %6`,
    );
    expect(optimised(graph, [foldConstants])).toMatchInlineSnapshot(`
      "%0 = constant<0.3> : f32[]
      %1 = constant<[Infinity, 16777216]> : f32[2]
      return %0, %1
      foldConstants: constant operands: 0.1 · 3: the value is known beforehand, rounded to float32 as at run time
      foldConstants: constant operands: [1e+30, 16777216] · [1e+30, 1]: the value is known beforehand, rounded to float32 as at run time
      foldConstants: constant operands: ([1e+30, 16777216] · [1e+30, 1]) + 0.1: the value is known beforehand, rounded to float32 as at run time"
    `);
  });

  it('leaves draws, parameters, state, networks and barriers, and broadcasts that are shorter than their tables', () => {
    const body = `  %0 = constant<2> : f32[]
  %1 = rng_normal<u> %0 : f32[]
  %2 = param<w> : f32[]
  %3 = state_read<s> %0 : f32[]
  %4 = network_call @D(%0) : f32[...]
  %5 = optimization_barrier %0 : f32[]
  %6 = broadcast_in_dim<[]> %0 : f32[3]
  return %1, %2, %3, %4, %5, %6`;
    const graph = graphOf('', '(a: f32[], b: f32[], c: f32[], d: f32[...], e: f32[], f: f32[3])', body);
    expect(optimised(graph, [foldConstants])).toBe(body.split('\n').map((line) => line.trim()).join('\n'));
  });

  it('does not write tables of more than 1024 numbers', () => {
    const body = (size: number) => graphOf('', `f32[${size}]`, `  %0 = constant<[${Array.from({ length: size }, (_, i) => i)}]> : f32[${size}]\n  %1 = negate %0 : f32[${size}]\n  return %1`);
    expect(optimised(body(1024), [foldConstants])).not.toContain('negate %0');
    expect(optimised(body(1025), [foldConstants])).toContain('negate %0');
  });
});

describe('mergeCommon', () => {
  it('merges equal networks, draws of one name and commuted operands, keeps what differs, and joins origins', () => {
    const graph = graphOf(
      '%x: f32[n, ...], %z: any',
      '(loss: f32[n, ...], other: f32[n, ...])',
      `  %0 = network_call @D(%x, %z) : f32[n, ...]    ref 1:1
  %1 = network_call @D(%x, %z) : f32[n, ...]    ref 1:5   // second
  %2 = rng_normal<a> %x : f32[n, ...]           ref 1:1
  %3 = rng_normal<a> %x : f32[n, ...]           ref 1:5
  %4 = rng_normal<b> %x : f32[n, ...]           ref 1:5
  %5 = add %0, %2 : f32[n, ...]                 ref 1:1
  %6 = add %3, %1 : f32[n, ...]                 ref 1:5
  %7 = subtract %5, %4 : f32[n, ...]            ref 1:1
  %8 = subtract %4, %6 : f32[n, ...]            ref 1:5
  return %7, %8`,
    );
    expect(optimised(graph, [mergeCommon])).toMatchInlineSnapshot(`
      "%0 = network_call @D(%x, %z) : f32[n, ...]    ref 1:1, 1:5   // second
      %1 = rng_normal<a> %x : f32[n, ...]           ref 1:1, 1:5
      %2 = rng_normal<b> %x : f32[n, ...]           ref 1:5
      %3 = add %0, %1 : f32[n, ...]                 ref 1:1, 1:5
      %4 = subtract %3, %2 : f32[n, ...]            ref 1:1
      %5 = subtract %2, %3 : f32[n, ...]            ref 1:5
      return %4, %5
      mergeCommon: equal equations: rng_normal<a>(x) + second: it is computed once for all its uses"
    `);
  });

  it('tells constants apart by sign of zero, type and shape, and finds NaN equal to itself', () => {
    const body = `%0 = constant<0> : f32[]
%1 = constant<-0> : f32[]
%2 = constant<0> : i32[]
%3 = constant<0> : f32[1]
%4 = constant<NaN> : f32[]`;
    const graph = graphOf('', '(a: f32[], b: f32[], c: i32[], d: f32[1], e: f32[], f: f32[])', `${body}\n%5 = constant<NaN> : f32[]\nreturn %0, %1, %2, %3, %4, %5`);
    expect(optimised(graph, [mergeCommon])).toBe(`${body}\nreturn %0, %1, %2, %3, %4, %4`);
  });

  it('does not merge a value that a gradient is taken by with an equal one', () => {
    const body = `%0 = negate %x : f32[2]
%1 = negate %x : f32[2]
%2 = add %0, %1 : f32[2]
%3 = gradient %2, %1 : f32[2]
%4 = optimization_barrier %x : f32[2]
%5 = optimization_barrier %x : f32[2]
return %3, %4, %5`;
    expect(optimised(graphOf('%x: f32[2]', '(a: f32[2], b: f32[2], c: f32[2])', body), [mergeCommon])).toBe(body);
  });
});

describe('eliminateDeadCode', () => {
  it('removes what reaches no output, with a remark for each whole expression, and keeps writes of state', () => {
    const graph = graphOf(
      '%real: f32[n, ...], %fake: f32[n, ...], %z: any',
      'f32[n, ...]',
      `  %0 = network_call @D(%fake, %z) : f32[n, ...]
  %1 = network_call @D(%real, %z) : f32[n, ...]
  %2 = negate %1 : f32[n, ...]
  %3 = state_write<mean> %fake : f32[n, ...]
  %4 = state_pool<pool, size: 3> %fake : f32[n, ...]
  return %0`,
    );
    expect(optimised(graph, [eliminateDeadCode])).toMatchInlineSnapshot(`
      "%0 = network_call @D(%fake, %z) : f32[n, ...]
      %1 = state_write<mean> %fake : f32[n, ...]
      return %0
      eliminateDeadCode: unused: negate(D(real, z)): it does not reach an output
      eliminateDeadCode: unused: state_pool<pool>(fake): it does not reach an output"
    `);
  });
});
