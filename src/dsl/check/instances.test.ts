import { describe, expect, it } from 'vitest';
import { checkText, problemsOf, weightsOf } from '../../../test/helpers/checkText.ts';
import { nodesOf } from '../childrenOf.ts';
import { printTypedExpr } from '../printTypedExpr.ts';
import type { TermInstance, TypedExpr } from '../typed.ts';

function instancesOf(text: string): readonly TermInstance[] {
  const { objective, diagnostics } = checkText(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return objective!.instances;
}

const discriminatorOf = (text: string, name: string): TypedExpr => instancesOf(text).find((instance) => instance.name === name)!.clauses.discriminator!;

describe('term instances', () => {
  it('are one for equal arguments, however they are written', () => {
    const text = 'param k = 1\nhinge + gp(weights: k) + gp(1e-10, 1, false, k) + gp(target: 2/2, weights: k) + gp(weights: 2*k)';
    expect(weightsOf(text)).toEqual({
      'hinge.generator': 1,
      'hinge.discriminator': 1,
      'gp(weights: k).discriminator': 3,
      'gp(weights: 2*k).discriminator': 1,
    });
  });

  it('tell inputs, params and structures apart by name and shape', () => {
    const labels = instancesOf('input v\ninput w\nhinge(v) + hinge(w) + hinge(v, w) + hinge(v + w) + hinge(w + v) + hinge(v + w)').map(({ label }) => label);
    expect(labels).toEqual(['hinge(real_hinge: v)', 'hinge(real_hinge: w)', 'hinge(real_hinge: v, generated_hinge: w)', 'hinge(real_hinge: v + w)', 'hinge(real_hinge: w + v)']);
  });

  it('have unique labels even where the label hides the difference', () => {
    const long = (n: number) => `hinge(real_weights: ${Array.from({ length: 12 }, () => 'input_weights').join(' + ')} + ${n})`;
    const labels = instancesOf(`input input_weights\n${long(1)} + ${long(2)}`).map(({ label }) => label);
    expect(labels).toEqual(['hinge(real_weights: …)', 'hinge(real_weights: …)#2']);
  });

  it('keep one draw a call, and share what a let names', () => {
    const clause = discriminatorOf(
      'term t() { let a = normal_like(real) discriminator = mean(D(real + a) - D(fake + a)) + mean(D(normal_like(real))) }\nhinge + t',
      't',
    );
    const draws = nodesOf([clause]).filter((node) => node.kind === 'draw');
    expect(draws.map((node) => node.kind === 'draw' && node.draw)).toEqual([0, 1]);
    expect(draws[0]!.name).toBe('a');
  });

  it('have one leaf for each name of the model, param and input', () => {
    const clause = discriminatorOf('param k = 1\ninput w\nterm t() { discriminator = mean(k*w*D(real) + w*D(real + k)) }\nhinge + t', 't');
    const leaves = nodesOf([clause]).filter((node) => node.kind === 'model' || node.kind === 'param' || node.kind === 'input');
    expect(leaves.map((node) => 'name' in node && node.name)).toEqual(['k', 'w', 'real']);
  });

  it('share leaves with tensors that are given as arguments', () => {
    const clause = discriminatorOf('term slope(y) { discriminator = mean(grad(y, real)^2) }\nhinge + slope(D(real))', 'slope');
    const reals = nodesOf([clause]).filter((node) => node.kind === 'model');
    expect(reals).toHaveLength(1);
    expect(nodesOf([clause]).some((node) => node.kind === 'grad' && node.by === reals[0])).toBe(true);
  });

  it('give state keys of their own', () => {
    const clause = discriminatorOf('term t() { discriminator = ema(mean(D(real)), decay: 0.9) + mean(D(pool(fake, size: 3))) + ema(mean(D(fake)), decay: 0.9) }\nhinge + t', 't');
    expect(nodesOf([clause]).flatMap((node) => (node.kind === 'ema' || node.kind === 'pooled' ? [node.key] : []))).toEqual(['ema0', 'pool1', 'ema2']);
  });

  it('are named by their lets, once, without losing identity', () => {
    const clause = discriminatorOf('term t(w = 1) { let x = real let v = w let y = D(x) let z2 = y let g = grad(y, x) discriminator = mean(v*g*z2) }\ninput i\nhinge + t(i)', 't');
    expect(printTypedExpr(clause)).toMatchInlineSnapshot(`
      "let y = D(real)
      let g = grad(y, real)
      mean(i*g*y)"
    `);
  });

  it('do not name what a choice at compile time only passes on', () => {
    const clause = discriminatorOf('term t() { let p = real + fake let q = where(true, p, real) discriminator = mean(grad(D(q), p)) }\nhinge + t', 't');
    expect(printTypedExpr(clause)).toMatchInlineSnapshot(`
      "let p = real + fake
      mean(grad(D(p), p))"
    `);
  });

  it('say where the root file uses them first, and where they are defined', () => {
    const [composite, own] = instancesOf('term w(k) = wasserstein + k*o\nterm o() { discriminator = mean(D(real)^2) }\nw(2) + o');
    expect([composite!.span.start, composite!.definition.source.name]).toEqual([12, 'prelude/wasserstein.ganloss']);
    expect([own!.span.start, own!.definition.start, own!.definition.source.name]).toEqual([28, 30, '<spec>']);
  });

  it('keep the term’s documentation', () => {
    const [own] = instancesOf('/// Pulls outputs to zero,\n/// softly.\n/// @formula E[D(real)^2]\n/// @paper Someone,\n/// 2020\nterm o() { discriminator = mean(D(real)^2) }\no + hinge');
    expect(own!.doc).toEqual({ summary: 'Pulls outputs to zero, softly.', formula: 'E[D(real)^2]', paper: 'Someone, 2020', tfgan: null });
  });

  it('know which clauses judge by the discriminator’s output', () => {
    const text = 'term own() { discriminator = mean(grad(D(real), real)^2) }\nterm f() { generator = mean(D.features(fake)) }\nhinge + minimax + gp + acgan + own + f';
    const judged = Object.fromEntries(instancesOf(text).map(({ name, adversarial }) => [name, adversarial]));
    expect(judged).toEqual({
      hinge: { generator: true, discriminator: true },
      minimax: { generator: true, discriminator: true },
      gp: { generator: false, discriminator: false },
      acgan: { generator: false, discriminator: false },
      own: { generator: false, discriminator: false },
      f: { generator: false, discriminator: false },
    });
  });

  it('are of a direction or of the whole cyclegan', () => {
    const scopes = instancesOf('model cyclegan\nterm own() { generator = mean(abs(G(x) - y)) + mean(Dx(x)) }\nwasserstein + gp + cycle + identity + own').map(({ name, scope }) => `${name}: ${scope}`);
    expect(scopes).toEqual(['wasserstein: direction', 'gp: direction', 'cycle: model', 'identity: model', 'own: model']);
  });
});

describe('compile-time values', () => {
  it('are computed, whatever they are made of', () => {
    expect(weightsOf('let k = 2^3^0 + max(1, sqrt(16), -3)*(7 > 2 && "a" != "b" ? 1 : 0) - clip(9, 0, 1)\nk*hinge.generator')).toEqual({ 'hinge.generator': 5 });
    expect(weightsOf('let k = lerp(1, 3, 0.5) + where(1 == 1, 10, 20) + absolute_difference(3, 5) + squared_difference(1, 4) + sum(1) + mean(2)\nk*hinge.generator')).toEqual({
      'hinge.generator': 2 + 10 + 2 + 9 + 1 + 2,
    });
  });

  it('tell whether an argument was given', () => {
    const text = 'term t(s = none) { discriminator = s == none ? mean(D(real)) : s != none ? mean(s*D(real)) : 0 }\n';
    expect(printTypedExpr(discriminatorOf(`${text}hinge + t`, 't'))).toBe('mean(D(real))');
    expect(printTypedExpr(discriminatorOf(`input w\n${text}hinge + t(w)`, 't'))).toBe('mean(w*D(real))');
  });

  it('choose objectives, terms as arguments and names as networks', () => {
    expect(weightsOf('let strong = false\nstrong ? hinge : 2*wasserstein.generator')).toEqual({ 'wasserstein.generator': 2 });
    expect(weightsOf('term scaled(t, k = 2) = k*t\nscaled(wasserstein.generator) + scaled(hinge.generator, k: 3) + scaled(wasserstein.generator, 5)')).toEqual({
      'wasserstein.generator': 7,
      'hinge.generator': 3,
    });
    expect(printTypedExpr(discriminatorOf('term on(net) { discriminator = mean(net(real)) }\nhinge + on(D.features)', 'on'))).toBe('mean(D.features(real))');
  });

  it('become run-time choices where a param or a tensor decides', () => {
    const clause = discriminatorOf('param k = 1\nterm t() { discriminator = mean(k > 1 && !(k == 3) ? D(real) : 0) + (k < 2 ? 1 : k) }\nhinge + t', 't');
    expect(printTypedExpr(clause)).toBe('mean(k > 1 && !(k == 3) ? D(real) : 0) + (k < 2 ? 1 : k)');
  });
});

describe('weights', () => {
  it('of params are never eliminated, not even at 0', () => {
    expect(weightsOf('param k = 0\nhinge.generator + k*gp + 0*k*mi')).toEqual({ 'hinge.generator': 1, 'gp.discriminator': 0, 'mi.generator': 0, 'mi.discriminator': 0 });
  });

  it('that cancel are a literal 0', () => {
    expect(weightsOf('param k = 3\nhinge.generator + k*gp - k*gp')).toEqual({ 'hinge.generator': 1 });
  });

  it('at 0 remove one half and leave the other', () => {
    expect(weightsOf('modified.generator + 0*acgan.generator + acgan.discriminator')).toEqual({ 'modified.generator': 1, 'acgan.discriminator': 1 });
  });

  it('of terms of params print as one expression', () => {
    const { objective } = checkText('param a = 1\nparam b = 2\nobjective = (b*a*hinge + 2*hinge + a*b*hinge - hinge/4)*b');
    expect(printTypedExpr(objective!.summands[0]!.weight)).toBe('2*(a*b*b) + 1.75*b');
  });
});

describe('limits', () => {
  it('merge sums of sums as they are made', () => {
    const levels = Array.from({ length: 60 }, (_, i) => `term t${i + 1}() = t${i} + t${i}`).join('\n');
    expect(weightsOf(`term t0() = wasserstein.generator\n${levels}\nt60`)).toEqual({ 'wasserstein.generator': 2 ** 60 });
  });

  it('stop where different instances multiply', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `term t${i + 1}(k = 1) = t${i}(2*k) + t${i}(2*k + 1)`).join('\n');
    expect(problemsOf(`term t0(k = 1) = wasserstein(k)\n${levels}\nt30`)).toEqual(["GL1006 1:18 'wasserstein(k)'"]);
  });

  it('stop where terms, lets or tensors nest without end', () => {
    const chain = (make: (i: number) => string) => Array.from({ length: 2000 }, (_, i) => make(i)).reverse().join('\n');
    expect(problemsOf(`${chain((i) => `term t${i + 1}() = t${i}`)}\nterm t0() = hinge\nt2000`).map((problem) => problem.slice(0, 6))).toEqual(['GL1006']);
    expect(problemsOf(`${chain((i) => `let t${i + 1} = t${i} + 1`)}\nlet t0 = 1\nhinge*t2000`).map((problem) => problem.slice(0, 6))).toEqual(['GL1006']);
    const lets = Array.from({ length: 1000 }, (_, i) => `let t${i + 1} = t${i} + 1`).join('\n');
    expect(problemsOf(`term t() { let t0 = D(real)\n${lets}\ndiscriminator = mean(t1000) }\nhinge + t`).map((problem) => problem.slice(0, 6))).toEqual(['GL1006']);
  });

  it('report every mistake of a large file, with suggestions for the first ones', () => {
    const { diagnostics } = checkText(`${Array.from({ length: 2000 }, (_, i) => `let a${i} = b${i}`).join('\n')}\nhinge`);
    expect(diagnostics).toHaveLength(2000);
    expect(diagnostics[0]!.message).toContain('did you mean');
    expect(diagnostics[1999]!.message).toBe("unknown name 'b1999'");
  });

  it('show long circles by their beginning', () => {
    const { diagnostics } = checkText(`${Array.from({ length: 50 }, (_, i) => `let a${i} = a${(i + 1) % 50}`).join('\n')}\nhinge`);
    expect(diagnostics.map(({ message }) => message)).toEqual(["the let 'a0' is defined through itself: a0 → a1 → a2 → a3 → a4 → a5 → a6 → … → a0"]);
    expect(diagnostics[0]!.labels).toHaveLength(7);
  });

  it('do not mind shared expressions of any size', () => {
    const squares = (first: string) => `let t0 = ${first}\n${Array.from({ length: 60 }, (_, i) => `let t${i + 1} = t${i}*t${i}`).join('\n')}`;
    expect(weightsOf(`param l = 1\n${squares('l')}\nt60*hinge.generator`)).toEqual({ 'hinge.generator': 1 });
    expect(weightsOf(`input w\n${squares('w')}\nhinge(real_weights: t60).generator + hinge(t60).generator`)).toEqual({ 'hinge(real_weights: …).generator': 1, 'hinge(real_hinge: …).generator': 1 });
  });
});
