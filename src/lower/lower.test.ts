import { describe, expect, it } from 'vitest';
import { check } from '../compile.ts';
import type { Graph } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import { lower, placesOf, type LowerOptions } from './lower.ts';

function lowered(spec: string, options: LowerOptions = {}) {
  const { objective, diagnostics } = check(spec);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  return lower(objective!, options);
}

const names = (graph: Graph) => graph.outputs.map(({ name }) => name);
const term = (body: string, rest = 'wasserstein + t', model = '') => `${model}\nauxiliary term t(w = 2) { ${body} }\nobjective = ${rest}\n`;

/** Small specifications for what the examples do not say; their graphs are in `test/golden/lowering`. */
const SPECS: Readonly<Record<string, string>> = {
  'weighted by a number': term('discriminator = reduce(D(real), weights: w, reduction: "sum_by_nonzero_weights")'),
  'weighted by a tensor, nonzero': term('discriminator = reduce(D(real), weights: D(fake), reduction: "sum_over_nonzero_weights")'),
  'weighted, of the batch': term('discriminator = reduce(D(real), weights: w, reduction: "sum_over_batch_size")'),
  'weighted, mean': term('discriminator = reduce(D(real), weights: w, reduction: "mean")'),
  'weighted, sum': term('discriminator = reduce(D(real), weights: w, reduction: "sum")'),
  'weighted, none': term('discriminator = mean(reduce(D(real), weights: w, reduction: "none"))'),
  'plain sum': term('discriminator = reduce(D(real), reduction: "sum")'),
  'plain, none': term('discriminator = mean(reduce(D(real), reduction: "none"))'),
  'by what the fake is made from': term('generator = mean(grad(sum(fake), z)^2)'),
  'by what G is called with': term('generator = mean(grad(sum(G(z)), z)^2)'),
  'by what is no made sample': term('discriminator = mean(grad(sum(D(real)), real)^2)'),
  'by what a reconstruction is made from': term('generator = mean(grad(sum(reconstructed), x)^2)', 'wasserstein + t', 'model stargan'),
  'by what F is called with': term('generator = mean(grad(sum(F(y)), y)^2)', 'least_squares + t', 'model cyclegan'),
  'a hook of its own name': term('discriminator = mean(hook("other", real))'),
  'a hook that keeps shapes': term('discriminator = mean(augment(real))'),
  'smoothed classes': term('discriminator = softmax_cross_entropy(labels, D.classes(real), label_smoothing: 0.2)', 'wasserstein + t', 'model acgan'),
  'smoothed logits': term('discriminator = sigmoid_cross_entropy(ones_like(D(real)), D(real), label_smoothing: 0.2)'),
  'lists of weights': term('discriminator = sum(sum_of_each(variables(D)^2)) + sum(mean_of_each(kernels(D)))'),
  'pooled fakes': 'pool tensor_pool(size: 50)\nobjective = wasserstein',
  'pooled fakes of a cyclegan': 'model cyclegan\npool tensor_pool(size: 50)\nobjective = least_squares + 10*cycle',
  'every name and draw': term('discriminator = mean(lerp(real, fake, uniform_per_sample(real)) + uniform_like(real) + normal_like(fake))'),
  'comparisons and choices': term('let a = mean(D(real))\n let b = mean(D(fake))\n discriminator = where(a < b, max(a, b), min(a, -b)) + clip(a, -1, b)'),
  'both players, several terms': 'objective = hinge + 2*gp + 0.5*feature_matching',
  'lazy with state': 'objective = nonsaturating + every(4, 2*path_length)',
  'a cyclegan with everything': 'model cyclegan\nobjective = wasserstein + 10*gp + 10*cycle + 0.5*identity',
  'a head in a cyclegan': term('discriminator = mean(D.features(real))', 'least_squares + t', 'model cyclegan'),
  'heads of one network only': term('discriminator = mean(D.features(real)) + mean(G(z))'),
  'by what an infogan is made from': term('generator = mean(grad(sum(D(fake)), z)^2)', 'wasserstein + t', 'model infogan'),
  'by an expression': term('let between = lerp(real, fake, uniform_per_sample(real))\n discriminator = mean(grad(sum(D(between)), between)^2) + mean(between)'),
  'by a value of no network': term('let d = D(real)\n discriminator = mean(grad(sum(d^2), d))'),
  'the fake of a gan called again': term('generator = mean(G(z)) + mean(D(G(z)))'),
  'what is kept': term('discriminator = mean(D(pool(fake, size: 4))) + ema(mean(D(real)), decay: 0.9) + running_mean(mean(D(fake)))'),
  'what is kept by both': term('generator = ema(mean(D(fake)), decay: 0.5)\n discriminator = ema(mean(D(fake)), decay: 0.5)'),
  'weights of a direction': term('discriminator = sum(sum_of_each(kernels(D)^2))', 'least_squares + t', 'model cyclegan'),
  'weights of a generator': term('generator = sum(sum_of_each(variables(G)^2))'),
  'a spectral norm': term('discriminator = sum(sum_of_each(spectral_norm(kernels(D))))'),
  'state with a gradient in its update': term('state s = 3\n let d = mean(D(real))\n discriminator = s*d\n generator = mean(D(fake))\n update s = s + sum(grad(d, real)^2)'),
  'a weight of its own': 'param lambda = 10\nobjective = wasserstein + lambda*gp + linear(0, 1, 100)*r1',
  'weights of 1 and of -1': 'objective = 1*gp - wasserstein',
  'every tensor function': term('discriminator = sum(similarities(l2_normalize(real), fake)*identity_like(similarities(real, fake))) + mean(log_sum_exp(append(similarities(real, fake), w))) + sum(descending_rank(D(real)))'),
  'all unary functions': term('let x = mean(D(real))\n discriminator = abs(x) + sqrt(x) + exp(x) + log(x) + log1p(x) + tanh(x) + sigmoid(x) + softplus(x) + sign(x) + relu(x) + square(x) + stop_gradient(x) - zeros_like(x)/x + mean(max_per_sample(D(fake)))'),
  'nothing for a player': 'objective = wasserstein.generator',
};

describe('lowering', () => {
  it.each(Object.entries(SPECS))('%s', async (name, spec) => {
    const graphs = lowered(spec, { observe: true });
    const text = `${spec.trim()}\n\n${[graphs.generator, graphs.discriminator].map((graph) => printGraph(graph)).join('\n')}`;
    await expect(text).toMatchFileSnapshot(new URL(`../../test/golden/lowering/${name.replaceAll(/[^a-z]+/gi, '-')}.txt`, import.meta.url).pathname);
  });

  it('observes nothing unasked', () => {
    const { generator, discriminator } = lowered(term('let near = mean(D(real))\n discriminator = near + mean(D(fake))\n generator = near - mean(D(fake))'));
    for (const graph of [generator, discriminator]) expect(names(graph)).toEqual(['loss', 'term.wasserstein', 'term.t']);
  });

  it('takes sums and differences apart when it observes, and nothing else', () => {
    const parts = (clause: string) => names(lowered(term(`discriminator = ${clause}`), { observe: true }).discriminator).filter((name) => name.startsWith('part.t'));
    expect(parts('mean(D(real)) + mean(D(fake))')).toEqual(['part.t.0', 'part.t.1']);
    expect(parts('mean(D(real)) - mean(D(fake))')).toEqual(['part.t.0', 'part.t.1']);
    expect(parts('mean(D(real)) * mean(D(fake))')).toEqual([]);
    expect(parts('-mean(D(real))')).toEqual([]);
  });

  it('computes a term once, or in each direction of a cyclegan', () => {
    const places = (spec: string) => {
      const { objective } = check(spec);
      return objective!.summands.flatMap(({ instance }) => placesOf(objective!, instance).map(({ direction, name }) => `${direction} ${name}`));
    };
    expect(places('objective = wasserstein.discriminator')).toEqual(['null wasserstein']);
    expect(places('model cyclegan\nobjective = least_squares.discriminator')).toEqual(['x2y x2y.least_squares', 'y2x y2x.least_squares']);
    expect(places('model cyclegan\nobjective = cycle')).toEqual(['null cycle']);
  });
});
