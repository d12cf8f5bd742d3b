import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../test/helpers/checkText.ts';
import { compile } from '../../compile.ts';

describe('schedules', () => {
  it.each<readonly [string, ...string[]]>([
    ['hinge + linear(0, 10, 1000)*gp'],
    ['hinge + gp*cosine(10, 0, 1_000)/(1 + after(500))'],
    ['hinge + gp(target: linear(1, 2, 100))'],
    ['let warm_up = linear(0, 1, 100)\nobjective = hinge + 10*warm_up*gp'],
    ['let n = 100\nobjective = hinge + linear(0, n/10, steps: 2*n)*gp'],
    ['param k = 2\nobjective = hinge + k*linear(0, 1, 100)*gp'],
    ['term t() { discriminator = linear(0, 1, 10)*mean(D(real)) }\nobjective = hinge + t'],
    ['linear(-1, 1, 10)*hinge'],
    ['hinge + linear(0, 1)*gp', "GL3005 1:9 'linear(0, 1)'"],
    ['hinge + linear(0, 1, 2, 3)*gp', "GL3005 1:25 '3'"],
    ['hinge + linear(0, 1, 0)*gp', "GL3013 1:22 '0'"],
    ['hinge + linear(0, 1, 2.5)*gp', "GL3013 1:22 '2.5'"],
    ['hinge + linear(0, 1e999, 10)*gp', "GL3013 1:19 '1e999'"],
    ['hinge + after(-1)*gp', "GL3013 1:15 '-1'"],
    ['param k = 1\nobjective = hinge + linear(0, k, 10)*gp', "GL3004 2:31 'k'"],
    ['hinge + linear(0, gp, 10)*gp', "GL3004 1:19 'gp'"],
    // a scalar of the step is no number that is known while compiling, no tensor and no term
    ['param k = linear(0, 1, 10)\nobjective = k*hinge', "GL3004 1:11 'linear(0, 1, 10)'"],
    ['hinge + linear(0, 1, 10)', "GL3002 1:9 'linear(0, 1, 10)'"],
    ['linear(0, 1, 10)', "GL3004 1:1 'linear(0, 1, 10)'"],
    ['minimax(label_smoothing: linear(0, 1, 10))', "GL3004 1:26 'linear(0, 1, 10)'"],
    ['term t() { discriminator = mean(sum_per_sample(after(3))) }\nobjective = hinge + t', "GL3004 1:48 'after(3)'"],
    ['let linear = 1\nobjective = hinge', "GL2004 1:5 'linear'"],
    // over all their steps
    ['hinge + linear(10, -1, 100)*gp', "GL3007 1:9 'linear(10, -1, 100)*gp'"],
    ['hinge + (linear(0, 1, 50) - linear(0, 1, 10))*gp', "GL3007 1:9 '(linear(0, 1, 50) - linear(0, 1, 10))*gp'"],
    ['hinge + (after(10) - after(11))*gp'],
    ['hinge + (after(11) - after(10))*gp', "GL3007 1:9 '(after(11) - after(10))*gp'"],
    ['hinge + gp/linear(1, 0, 10)', "GL3008 1:9 'gp/linear(1, 0, 10)'"],
    ['param k = 1\nobjective = hinge + (k - linear(0, 2, 100))*gp', "GL3007 2:21 '(k - linear(0, 2, 100))*gp'"],
  ])('%s', (text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('are part of what an objective means, and printed', () => {
    const objective = compile('hinge + linear(0, 10, 1000)*gp');
    expect(objective.fingerprint).not.toBe(compile('hinge + linear(0, 10, 1001)*gp').fingerprint);
    expect(objective.emit('objective')).toContain('linear(0, 10, 1000) * gp  [0 at first]');
    expect(objective.emit('optimized')).toContain('schedule<linear, [0, 10, 1000]>');
    expect(objective.emit('tfjs')).toContain('linear(step, 0, 10, 1000)');
  });

  it('that are equal make equal terms', () => {
    expect(compile('hinge + gp(target: linear(1, 2, 3)) + gp(target: linear(1, 2, 3))').stages.typed.instances.map(({ label }) => label)).toEqual(['hinge', 'gp']);
    expect(compile('hinge + linear(1, 2, 3)*gp + linear(1, 2, 3)*gp').emit('objective')).toContain('(2*linear(1, 2, 3)) * gp');
  });
});

describe('every', () => {
  it.each<readonly [string, ...string[]]>([
    ['hinge + every(16, gp)'],
    ['hinge + 5*every(n: 16, term: gp)'],
    ['hinge + every(16, 5*gp + gp(target: 2))'],
    ['let lazy = every(4, gp)\nobjective = hinge + lazy'],
    ['term lazy(n = 4) = every(n, gp)\nobjective = hinge + lazy(8)'],
    ['hinge + every(1, gp)'],
    ['hinge + every(4, gp) + every(4, gp)', "GL4003 1:33 'gp'"],
    ['hinge + gp + every(4, gp)'],
    ['every(2, hinge.discriminator) + hinge.generator'],
    ['hinge + every(16)', "GL3005 1:9 'every(16)'"],
    ['hinge + every(16, gp, gp)', "GL3005 1:23 'gp'"],
    ['hinge + every(0, gp)', "GL3013 1:15 '0'"],
    ['hinge + every(1.5, gp)', "GL3013 1:15 '1.5'"],
    ['hinge + every(-4, gp)', "GL3013 1:15 '-4'"],
    ['hinge + every(gp, 16)', "GL3004 1:15 'gp'", "GL3004 1:19 '16'"],
    ['hinge + every(16, 3)', "GL3004 1:19 '3'"],
    ['hinge + every(16, gpp)', "GL2001 1:19 'gpp'"],
    ['hinge + every(4, every(4, gp))', "GL3004 1:18 'every(4, gp)'"],
    ['hinge + every(4, mi + every(2, gp))', "GL3004 1:18 'mi + every(2, gp)'"],
    ['hinge + every', "GL3004 1:9 'every'"],
    ['hinge + evry(4, gp)', "GL2001 1:9 'evry'"],
    ['param n = 4\nobjective = hinge + every(n, gp)', "GL3004 2:27 'n'"],
    ['term t() { discriminator = every(4, mean(D(real))) }\nobjective = hinge + t', "GL3004 1:37 'mean(D(real))'"],
    ['term every() = hinge\nobjective = hinge', "GL2004 1:6 'every'"],
    ['hinge - every(4, gp)', "GL3007 1:9 'every(4, gp)'"],
  ])('%s', (text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('multiplies the weight, and keeps the name where no other needs it', () => {
    const { instances, summands } = compile('hinge + 5*every(16, gp) + every(4, acgan)').stages.typed;
    expect(instances.map(({ label, every }) => [label, every])).toEqual([['hinge', 1], ['gp', 16], ['acgan', 4]]);
    expect(summands.map(({ instance, player, defaultWeight }) => [instance.name, player, defaultWeight])).toEqual([
      ['hinge', 'generator', 1], ['hinge', 'discriminator', 1], ['gp', 'discriminator', 80], ['acgan', 'generator', 4], ['acgan', 'discriminator', 4],
    ]);
  });

  it('makes terms of its own: with draws of their own, and merged with each other', () => {
    const objective = compile('hinge + gp + every(4, gp) + 2*every(4, gp)');
    expect(objective.stages.typed.instances.map(({ label }) => label)).toEqual(['hinge', 'gp', 'every(4, gp)']);
    expect(objective.emit('ir').match(/rng_uniform<[^>]*>/g)).toEqual(['rng_uniform<gp.0>', 'rng_uniform<"every(4, gp).0">']);
    expect(objective.terms.find(({ name }) => name === 'every(4, gp)')?.weight({})).toBe(12);
  });

  it('is part of what an objective means, and printed', () => {
    const objective = compile('hinge + every(4, gp)');
    expect(objective.fingerprint).not.toBe(compile('hinge + 4*gp').fingerprint);
    expect(objective.fingerprint).not.toBe(compile('hinge + 4/5*every(5, gp)').fingerprint);
    expect(objective.emit('objective')).toContain('term gp: every 4 steps, auxiliary');
    expect(objective.emit('tfjs')).toContain('const gp = every(step, 4, () => {');
    expect(objective.emit('schedule')).toContain('every 4 steps, else 0');
  });
});
