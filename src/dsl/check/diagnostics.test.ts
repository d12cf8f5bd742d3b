import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../test/helpers/checkText.ts';

/** A text and all that is reported about it: code, start, and the text of the primary span. */
type Case = readonly [text: string, ...problems: readonly string[]];

function cases(title: string, rows: readonly Case[]): void {
  describe(title, () => {
    it.each(rows.map(([text, ...problems]) => ({ text, problems })))('$text', ({ text, problems }) => {
      expect(problemsOf(text)).toEqual(problems);
    });
  });
}

cases('names', [
  ['gradpen', "GL2001 1:1 'gradpen'"],
  ['wasserstein + gradpen(target: 1)', "GL2001 1:15 'gradpen'"],
  ['wasserstein - 2*gradpen/3', "GL2001 1:17 'gradpen'"],
  ['gradpen*2', "GL2001 1:1 'gradpen'"],
  ['gradpen.discriminator', "GL2001 1:1 'gradpen'"],
  ['lambda*gp + wasserstein', "GL2002 1:1 'lambda'"],
  ['gp*lambda + wasserstein', "GL2002 1:4 'lambda'"],
  ['gp/lambda + wasserstein', "GL2002 1:4 'lambda'"],
  ['wasserstein + gp(target: goal)', "GL2002 1:26 'goal'"],
  ['wasserstein + gp(target: f(goal))', "GL2002 1:26 'f'", "GL2002 1:28 'goal'"],
  ['let a = wassertein\nobjective = a', "GL2001 1:9 'wassertein'"],
  ['let a = lamda\nparam lambda = 1\nobjective = a*lambda*hinge', "GL2002 1:9 'lamda'"],
  ['let a = zzzzz\nobjective = hinge', "GL2002 1:9 'zzzzz'"],
  ['term t() { generator = mean(smean(fake)) }\nhinge + t', "GL2002 1:29 'smean'"],
  ['term t() { generator = mean(D(fakes) + fakes) }\nhinge + t', "GL2002 1:29 'D(fakes)'", "GL2002 1:40 'fakes'"],
  ['term t() { generator = mean(D.classes(fakes)) }\nhinge + t', "GL2002 1:29 'D.classes(fakes)'"],
  ['hinge.critic', "GL2002 1:7 'critic'"],
  ['hinge + 2*hinge.Generator', "GL2002 1:17 'Generator'"],
  ['term t() { generator = mean(fake.shape) }\nhinge + t', "GL2002 1:34 'shape'"],
  ['term t() { generator = mean(G.features(z)) }\nhinge + t', "GL2002 1:31 'features'"],
  // the branch that is not taken is read, but not computed
  ['true ? hinge : wassertein', "GL2001 1:16 'wassertein'"],
  ['let k = true || nope\nk ? hinge : gp', "GL2002 1:17 'nope'"],
  ['false ? modified(label_smoothing: 2) : hinge'],
  ['(false ? 0/0 : 1)*hinge'],
]);

cases('weight_clip', [
  ['weight_clip 0.01\nhinge'],
  ['let c = 0.01\nweight_clip 2*c\nhinge'],
  ['weight_clip 0\nhinge', "GL3013 1:13 '0'"],
  ['weight_clip -0.01\nhinge', "GL3013 1:13 '-0.01'"],
  ['weight_clip 1e999\nhinge', "GL3013 1:13 '1e999'"],
  ['weight_clip "0.01"\nhinge', "GL3004 1:13 '\"0.01\"'"],
  ['param c = 0.01\nweight_clip c\nhinge', "GL3004 2:13 'c'"],
  ['weight_clip linear(1, 0.01, 10)\nhinge', "GL3004 1:13 'linear(1, 0.01, 10)'"],
  ['weight_clip c\nhinge', "GL2002 1:13 'c'"],
  ['weight_clip 0.01\nweight_clip 0.02\nhinge', "GL2005 2:1 'weight_clip 0.02'"],
]);

cases('definitions', [
  ['let k = 1\nparam k = 2\nk*hinge', "GL2004 2:7 'k'"],
  ['let k = 1\nterm k() = gp\nk*hinge', "GL2004 2:6 'k'"],
  ['input real\nhinge', "GL2004 1:7 'real'"],
  ['let D = 1\nhinge', "GL2004 1:5 'D'"],
  ['let mean = 1\nhinge', "GL2004 1:5 'mean'"],
  ['param tensor_pool = 1\nhinge', "GL2004 1:7 'tensor_pool'"],
  ['term wasserstein() = hinge\nwasserstein', "GL2004 1:6 'wasserstein'"],
  ['term t(a, a) = a*gp\nhinge + t(1, 2)', "GL2004 1:11 'a'"],
  ['term t(fake = 1) { generator = mean(fake) }\nhinge + t', "GL2004 1:8 'fake'"],
  ['let k = 1\nterm t(k = 2) = k*gp\nk*hinge + t', "GL2004 2:8 'k'"],
  ['term t(k = 2) = k*gp\nlet k = 1\nk*hinge + t', "GL2004 1:8 'k'"],
  ['term t() { let a = 1 let a = 2 generator = a }\nhinge + t', "GL2004 1:26 'a'"],
  ['term t(a = 1) { let a = 2 generator = a }\nhinge + t', "GL2004 1:21 'a'"],
  ['term t() { generator = mean(D(fake)) generator = 1 }\nhinge + t', "GL2004 1:38 'generator'"],
  // what a doubly defined name means is open: its uses are no further mistakes
  ['let gp = 1\nhinge + gp', "GL2004 1:5 'gp'"],
  ['let k = 1\nlet k = hinge\nk*k + 1/0*k', "GL2004 2:5 'k'", "GL3003 3:9 '0'"],
  ['let mean = 1\nterm t() { generator = mean(D(fake)) }\nhinge + t', "GL2004 1:5 'mean'"],
  ['term t() { let abs = 1 generator = mean(abs(D(fake))) + nope }\nhinge + t', "GL2004 1:16 'abs'", "GL2002 1:57 'nope'"],
  // names that only other models bind are free, as DESIGN's own gp uses x and target
  ['term t(target = 1) { let x = D(fake) generator = target*mean(x) }\nhinge + t'],
  ['let x = 2\nx*hinge'],
  ['let x = 2\nx*hinge + 10*cycle', "GL2004 1:5 'x'"],
  ['model stargan\nparam target = 2\ntarget*hinge', "GL2004 2:7 'target'"],
]);

cases('recursion', [
  ['term a() = a\nhinge', "GL2008 1:6 'a'"],
  ['term a() = b + gp\nterm b() = 2*c\nterm c() = a\nhinge + c + b', "GL2008 1:6 'a'"],
  ['term a() = b\nterm b() = a\nterm c() = d\nterm d() = c\nhinge + a + c', "GL2008 1:6 'a'", "GL2008 3:6 'c'"],
  ['let a = b\nlet b = a + 1\na*hinge', "GL2008 1:5 'a'"],
  ['term a(k = 1) = k > 3 ? hinge : a(k + 1)\na', "GL2008 1:6 'a'"],
  ['term t() { let a = b let b = a generator = mean(a) }\nhinge + t', "GL2008 1:16 'a'"],
  ['term t() { let a = mean(b) let b = D(fake) generator = a }\nhinge + t'],
]);

cases('arguments', [
  ['gp(taget: 1) + hinge', "GL2003 1:4 'taget'"],
  ['gp(taget: 1, one_side: true) + hinge', "GL2003 1:4 'taget'", "GL2003 1:14 'one_side'"],
  ['gp(1, epsilon: 2) + hinge', "GL2003 1:7 'epsilon'"],
  ['hinge(1, 2, 3, 4, 5, 6, 7)', "GL3005 1:22 '6'"],
  ['gp(target: 2, 3) + hinge', "GL3005 1:15 '3'"],
  ['term t(k) = k*gp\nhinge + t', "GL3005 2:9 't'"],
  ['term t(k) = k*gp\nhinge + t()', "GL3005 2:9 't()'"],
  ['term t(a, b) = a*gp + b*hinge\nhinge + t(b: 1)', "GL3005 2:9 't(b: 1)'"],
  ['term t() { generator = mean() + clip(1, 2) }\nhinge + t', "GL3005 1:24 'mean()'", "GL3005 1:33 'clip(1, 2)'"],
  ['term t() { generator = mean(D(fake, z)) }\nhinge + t', "GL3005 1:37 'z'"],
  ['term t() { generator = mean(max(D(fake))) }\nhinge + t', "GL3005 1:29 'max(D(fake))'"],
  ['gp.discriminator(target: 2) + hinge', "GL3004 1:1 'gp.discriminator'"],
  ['let k = 2\nk(3)*hinge', "GL3004 2:1 'k'"],
  ['gp(target: wasserstein) + hinge', "GL3004 1:12 'wasserstein'"],
  ['gp(target: "1") + hinge', "GL3004 1:12 '\"1\"'"],
  ['gp(weights: none) + hinge', "GL3004 1:13 'none'"],
  ['param one = 1\ngp(one_sided: one) + hinge', "GL3004 2:15 'one'"],
  ['param goal = 1\ngp(target: goal) + hinge'],
  ['gp(target: 1e999) + hinge', "GL3013 1:12 '1e999'"],
]);

cases('algebra', [
  ['hinge*gp', "GL3001 1:1 'hinge*gp'"],
  ['2*hinge*gp*gp', "GL3001 1:1 '2*hinge*gp'"],
  ['hinge/gp', "GL3001 1:1 'hinge/gp'"],
  ['1/hinge + gp', "GL3001 1:1 '1/hinge'"],
  ['2^gp', "GL3001 1:1 '2^gp'"],
  ['10 + hinge', "GL3002 1:1 '10'"],
  ['hinge - 10', "GL3002 1:9 '10'"],
  ['param k = 1\nhinge + 2*k', "GL3002 2:9 '2*k'"],
  ['hinge + "x"', "GL3004 1:9 '\"x\"'"],
  ['hinge + true', "GL3004 1:9 'true'"],
  ['hinge + real', "GL3004 1:9 'real'"],
  ['hinge*real', "GL3004 1:7 'real'"],
  ['input w\nw*hinge', "GL3004 2:1 'w'"],
  ['-"x"*hinge', "GL3004 1:2 '\"x\"'"],
  ['!2 ? hinge : gp', "GL3004 1:2 '2'"],
  ['2 ? hinge : gp', "GL3004 1:1 '2'"],
  ['(1 + true)*hinge', "GL3004 1:6 'true'"],
  ['(hinge > 1 ? 1 : 2)*hinge', "GL3004 1:2 'hinge'"],
  ['param k = 1\nobjective = k > 1 ? hinge : gp', "GL3004 2:21 'hinge'"],
  ['hinge == gp ? hinge : gp', "GL3004 1:1 'hinge'"],
  ['("a" + true)*gp', "GL3004 1:2 '\"a\"'"],
  ['(hinge && gp)*gp', "GL3004 1:2 'hinge'"],
  ['10', "GL3004 1:1 '10'"],
  ['"hinge"', "GL3004 1:1 '\"hinge\"'"],
  ['gp/0', "GL3003 1:4 '0'"],
  ['gp/(1 - 1)', "GL3003 1:5 '1 - 1'"],
  ['(1/0)*gp', "GL3003 1:4 '0'"],
  ['let nil = 0\ngp/nil', "GL3003 2:4 'nil'"],
  ['1e999*hinge', "GL3008 1:1 '1e999'"],
  ['hinge*1e308*10', "GL3008 1:1 'hinge*1e308*10'"],
  ['1e308*hinge + 1e308*hinge', "GL3008 1:15 '1e308*hinge'"],
  ['param k = 0\nhinge/k', "GL3008 2:1 'hinge/k'"],
  ['(-8)^0.5*hinge', "GL3008 1:1 '(-8)^0.5'"],
  ['param k = 1e999\nk*hinge', "GL3008 1:11 '1e999'"],
  ['param k = "x"\nk*hinge', "GL3004 1:11 '\"x\"'"],
  ['gp.generator + hinge', "GL3009 1:4 'generator'"],
  ['(gp + cycle.generator).discriminator.generator + hinge', "GL3009 1:38 'generator'"],
  ['(gp + mi.generator).generator + hinge'],
]);

cases('values that terms refuse', [
  ['modified(label_smoothing: -0.1)', "GL3013 1:27 '-0.1'"],
  ['modified(label_smoothing: 1)'],
  ['let s = 2\nmodified(label_smoothing: s)', "GL3013 2:27 's'"],
  ['term t(s) = modified(label_smoothing: s)\nt(7)', "GL3013 2:3 '7'"],
  ['param s = 0.5\nmodified(label_smoothing: s)', "GL3004 2:27 's'"],
  ['term t() { generator = mean(ema(D(fake), decay: 1.5)) }\nhinge + t', "GL3013 1:49 '1.5'"],
  ['term t() { generator = mean(D(pool(fake, size: 2.5))) }\nhinge + t', "GL3013 1:48 '2.5'"],
  ['term t() { generator = reduce(D(fake), reduction: "avg") }\nhinge + t', "GL2006 1:51 '\"avg\"'"],
]);

cases('clauses', [
  ['term t() { generator = D(fake) }\nhinge + t', "GL3011 1:24 'D(fake)'"],
  ['term t() { generator = D.score(fake) }\nhinge + t', "GL3011 1:24 'D.score(fake)'"],
  ['term t() { generator = D(fake) > 0 }\nhinge + t', "GL3004 1:24 'D(fake) > 0'"],
  ['term t() { generator = hinge }\nhinge + t', "GL3004 1:24 'hinge'"],
  ['term t() { generator = D }\nhinge + t', "GL3004 1:24 'D'"],
  ['term t() { generator = mean }\nhinge + t', "GL3004 1:24 'mean'"],
  ['term t() { }\nhinge + t', "GL3009 1:6 't'"],
  ['term t() = 10\nhinge + t', "GL3004 1:12 '10'"],
  ['reduction none\nterm t() { generator = -reduce(D(fake))/2 + 1 }\nhinge + t'],
  ['reduction none\nterm t() { generator = abs(reduce(D(fake)) + mean(z)) }\nhinge + t'],
  ['reduction none\nterm t() { generator = reduce(D(fake)) + D(fake) }\nhinge + t', "GL3011 2:24 'reduce(D(fake)) + D(fake)'"],
  ['reduction none\nterm t() { generator = reduce(D(fake), reduction: "mean")*D(fake) }\nhinge + t', "GL3011 2:24 'reduce(D(fake), reduction: \"mean\")*D(fake)'"],
]);

cases('grad', [
  ['term t() { discriminator = mean(grad(D(fake), real)) }\nhinge + t', "GL3012 1:33 'grad(D(fake), real)'"],
  ['term t() { discriminator = mean(grad(D(stop_gradient(real)), real)) }\nhinge + t', "GL3012 1:33 'grad(D(stop_gradient(real)), real)'"],
  ['term t() { discriminator = mean(grad(ones_like(real), real)) }\nhinge + t', "GL3012 1:33 'grad(ones_like(real), real)'"],
  ['term t() { discriminator = mean(grad(D(real), D(real))) }\nhinge + t', "GL3012 1:33 'grad(D(real), D(real))'"],
  ['term t() { let d = D(real) discriminator = mean(grad(d^2, d)) }\nhinge + t'],
  ['term t() { discriminator = mean(grad(D(real), real)^2) }\nhinge + t'],
  ['term t() { generator = mean(grad(D(fake), z)) }\nhinge + t'],
  ['term t() { generator = mean(grad(D(real), z)) }\nhinge + t', "GL3012 1:29 'grad(D(real), z)'"],
  ['term t() { let g = grad(D(real), real) discriminator = mean(grad(sum(g^2), real)) }\nhinge + t'],
  ['model stargan\nterm t() { generator = mean(grad(D(reconstructed), fake)) }\nhinge + t'],
  ['term t() { discriminator = mean(grad(D(real), 1)) }\nhinge + t', "GL3012 1:33 'grad(D(real), 1)'"],
]);

cases('settings', [
  ['model gann\nhinge', "GL2006 1:7 'gann'"],
  ['math exact\nhinge', "GL2006 1:6 'exact'"],
  ['math fast\nmath fast\nhinge', "GL2005 2:1 'math fast'"],
  ['pool tensor_pool\npool tensor_pool(size: 1)\nhinge', "GL2005 2:1 'pool tensor_pool(size: 1)'"],
  ['pool tensor_pool(50, 0.5)\nhinge'],
  ['pool tensor_pool(size: 0, probability: 1)\nhinge'],
  ['pool tensor_pool(size: 1.5)\nhinge', "GL3013 1:24 '1.5'"],
  ['pool tensor_pool(probability: 2)\nhinge', "GL3013 1:31 '2'"],
  ['pool tensor_pool(sise: 2)\nhinge', "GL2003 1:18 'sise'"],
  ['pool tensor_pool(size: "x")\nhinge', "GL3004 1:24 '\"x\"'"],
  ['pool tensor_poll(size: 2)\nhinge', "GL2002 1:6 'tensor_poll'"],
  ['pool 50\nhinge', "GL3004 1:6 '50'"],
]);

cases('the objective', [
  ['', "GL1005 1:1 ''"],
  ['let k = 1', "GL1005 1:1 'l'"],
  ['let k =', "GL1002 1:8 ''"],
  // a number is never called; a name is, since newlines are white space
  ['let k = 2\n(hinge + gp)*k'],
  ['let adv = hinge\n(adv + gp)', "GL1005 2:1 '(adv + gp)'"],
  ['let adv = hinge\nobjective = (adv + gp)'],
  ['objective = hinge\nobjective = gq', "GL2009 2:1 'objective = gq'", "GL2001 2:13 'gq'"],
]);

cases('models', [
  ['mi + cycle', "GL3006 1:6 'cycle'"],
  ['hinge + reconstruction + 2*cycle + mi', "GL3006 1:28 'cycle'"],
  ['model gan\nhinge + mi', "GL3006 2:9 'mi'"],
  ['model gan\nhinge + mi + acgan', "GL3006 2:9 'mi'", "GL3006 2:14 'acgan'"],
  ['model gan\nterm t() { generator = mean(labels) + mean(D.classes(fake)) }\nhinge + t', "GL2002 2:29 'labels'", "GL2002 2:44 'D.classes(fake)'"],
  ['model gan\nhinge(real_weights: labels)', "GL2002 2:21 'labels'"],
  ['term t() { generator = mean(labels) }\nhinge + t + mi', "GL3006 2:13 'mi'"],
  ['term t() { generator = mean(labels)*mean(mean_of_each(codes)) }\nhinge + t', "GL3006 1:55 'codes'"],
  ['model cyclegan\nterm t() { generator = mean(y)*mean(fake) }\nhinge + t', "GL3006 2:29 'y'"],
  ['term t() { generator = mean(y)*mean(fake) }\nhinge + t', "GL3006 1:29 'y'"],
]);

cases('warnings and notes', [
  ['wasserstein.generator', "GL3010 1:1 'wasserstein.generator'"],
  ['gp', "GL3010 1:1 'gp'"],
  ['0*gp', "GL4001 1:1 '0*gp'", "GL3010 1:1 '0*gp'"],
  ['hinge + 0*gp', "GL4001 1:9 '0*gp'"],
  ['hinge + 0*cycle', "GL4005 1:9 '0*cycle'"],
  ['hinge + 0*minimax', "GL4005 1:9 '0*minimax'"],
  ['math fast\nhinge + 0*minimax', "GL4001 2:9 '0*minimax'"],
  ['hinge + gp + gp', "GL4003 1:14 'gp'"],
  ['hinge + gp(target: 1) + gp(1e-10)', "GL4003 1:25 'gp(1e-10)'"],
  ['hinge + gp(target: 2) + gp'],
  ['hinge - gp + 2*gp', "GL4003 1:16 'gp'"],
  ['hinge + gp - gp', "GL4003 1:14 'gp'", "GL4001 1:14 'gp'"],
  ['let k = 1\nparam p = 2\ninput i\nterm t() = gp\nhinge', "GL4002 1:5 'k'", "GL4002 2:7 'p'", "GL4002 3:7 'i'", "GL4002 4:6 't'"],
  ['term t() { let a = 1 let b = a generator = mean(D(fake)) }\nhinge + t', "GL4002 1:26 'b'"],
  ['hinge - gp', "GL3007 1:9 'gp'"],
  ['hinge + 2*(-gp)/3', "GL3007 1:9 '2*(-gp)/3'"],
  ['hinge - 2*cycle', "GL3007 1:9 '2*cycle'"],
  ['-hinge'],
  ['hinge - reconstruction'],
  ['param k = -1\nhinge + k*gp', "GL3007 2:9 'k*gp'"],
  ['param k = 1\nhinge + k*gp - 2*k*gp', "GL3007 2:16 '2*k*gp'"],
]);
