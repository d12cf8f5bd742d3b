import { describe, expect, it } from 'vitest';
import { compile, defineTerm, ganloss, param, terms } from '../index.ts';
import { termRegistry } from '../terms/registry.ts';
import { toSnakeCase } from './objectiveExpression.ts';

describe('terms', () => {
  it('yields the same objective as the text', () => {
    const built = compile(terms.wasserstein().plus(terms.gp({ oneSided: true }).times(10)));
    const written = compile('wasserstein + 10*gp(one_sided: true)');
    expect(built.emit('optimized').replace(/ref .*/g, '')).toBe(written.emit('optimized').replace(/ref .*/g, ''));
  });

  it('has every built-in term with every argument', () => {
    for (const { name, formals } of termRegistry()) {
      const entry = Object.entries(terms).find(([key]) => toSnakeCase(key) === name);
      expect(entry, name).toBeDefined();
      const args = Object.fromEntries(formals.map((formal) => [formal.name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), undefined]));
      expect(() => entry?.[1](args)).not.toThrow();
    }
    expect(Object.keys(terms)).toHaveLength(termRegistry().length);
  });

  it('keeps a half, params and negative weights', () => {
    const lambda = param('lambda', 3);
    const spec = terms.minimax().discriminator.plus(terms.modified().generator.times(-2)).plus(terms.gp().times(lambda)).toSpec();
    expect(spec).toMatchInlineSnapshot(`
      "param lambda = 3

      objective = (minimax).discriminator + ((-2)*((modified).generator)) + (lambda*(gp))"
    `);
    expect(compile(spec).params).toEqual({ lambda: 3 });
  });
});

describe('defineTerm', () => {
  const r1 = defineTerm('my_r1', { gamma: 10 }, ({ f, D, name, args }) => {
    const real = name('real');
    return { discriminator: f.mean(f.sum_per_sample(f.grad(D(real), real).power(2))).times(args.gamma).over(2) };
  });

  it('means what the same term means in the language', () => {
    const built = compile(terms.modified().plus(r1({ gamma: 1 })));
    const written = compile('term my_r1(gamma = 10) { discriminator = mean(sum_per_sample(grad(D(real), real)^2))*gamma/2 } objective = modified + my_r1(gamma: 1)');
    expect(built.stages.program.functions[0].outputs.map(({ name }) => name)).toEqual(written.stages.program.functions[0].outputs.map(({ name }) => name));
    expect(built.emit('schedule')).toBe(written.emit('schedule'));
  });

  it('draws once where an object is used twice', () => {
    const twice = defineTerm('twice', {}, ({ f, D, name }) => {
      const alpha = f.uniform_per_sample();
      return { discriminator: f.mean(D(name('real')).times(alpha).plus(alpha)) };
    });
    expect(compile(terms.wasserstein().plus(twice())).emit('ir').match(/rng_uniform/g)).toHaveLength(1);
  });
});

describe('ganloss``', () => {
  it('puts numbers in', () => {
    expect(ganloss`wasserstein + ${10}*gp`.text).toBe('wasserstein + 10*gp');
    expect(ganloss`wasserstein + ${-1}*wasserstein.generator`.model).toBe('gan');
  });
});
