import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { check, compile, installGradients, SpecError, type Batch, type Network } from '../../src/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

const generator = (z: tf.Tensor) => ([z].flat() as tf.Tensor[])[0];
const logits = (x: tf.Tensor) => tf.sum(x, 1, true);
const batch: Batch = { real: tf.ones([2, 3]), generatorInputs: [tf.ones([2, 3]), tf.eye(2)], labels: tf.eye(2) };

/** The code, message and place of what a discriminator that returns this makes a specification fail with. */
function failure(text: string, discriminator: Network): string {
  try {
    tf.tidy(() => void compile(text).losses({ generator, discriminator }, batch, { seed: 1 }));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const [{ code, message, span }] = error.diagnostics;
    return `${code} ${span === null ? '' : text.slice(span.start, span.end)}: ${message}`;
  }
  return 'none';
}

describe('a head that a term names and the discriminator lacks', () => {
  it.each([
    ['ebgan + 0.1*pulling_away', 'pulling_away', 'embedding'],
    ['hinge + contrastive', 'contrastive', 'embedding'],
    ['hinge + d2d_ce', 'd2d_ce', 'embedding'],
    ['multi_hinge', 'multi_hinge', 'classes'],
  ])('%s: GL5003 at the term', (text, term, head) => {
    expect(failure(text, logits)).toBe(`GL5003 ${term}: the discriminator has no head '${head}': it returns one output`);
  });

  it('is missing among others, too', () => {
    expect(failure('hinge + contrastive', (x: tf.Tensor) => ({ logits: logits(x), embedding: x }))).toBe("GL5003 contrastive: the discriminator has no head 'proxy': it returns 2 outputs, 'logits', 'embedding'");
  });
});

describe('shapes that do not go together', () => {
  it('a classifier without a class for generated data', () => {
    expect(failure('multi_hinge', (x: tf.Tensor) => [logits(x), tf.zeros([2, 2])])).toMatch(/^GL5002 multi_hinge: .* cannot be computed/);
  });

  it('embeddings and proxies of different widths', () => {
    expect(failure('hinge + contrastive', (x: tf.Tensor) => ({ logits: logits(x), embedding: x, proxy: tf.ones([2, 4]) }))).toBe(
      'GL5002 contrastive: similarities cannot be computed: samples of shape [3] and [4] have no inner product',
    );
  });
});

describe('weights', () => {
  const codes = (text: string) => check(text).diagnostics.map(({ code, message }) => `${code} ${message}`);

  it.each(['r1', 'r2', 'lp', 'zero_centered_gp', 'max_gp', 'dragan', 'pulling_away', 'contrastive', 'd2d_ce'])('%s is auxiliary: 0 removes it, and no weight is negative', (term) => {
    expect(compile(`hinge + 0*${term}`).emit('schedule')).toBe(compile('hinge').emit('schedule'));
    expect(codes(`hinge - ${term}`)).toEqual([`GL3007 the weight of '${term}' is -1: an auxiliary term cannot have a negative one`]);
  });

  it.each(['nonsaturating', 'rpgan', 'ragan_hinge', 'ragan_least_squares', 'ebgan', 'multi_hinge'])('%s is adversarial for both players and takes any weight', (term) => {
    expect(codes(term)).toEqual([]);
    expect(codes(`2*${term}.generator - ${term}.discriminator`)).toEqual([]);
  });

  it('a class loss over both real and generated data is adversarial only where it is not auxiliary', () => {
    expect(codes('acgan')).toEqual(['GL3010 neither player has an adversarial term']);
    expect(codes('top_k')).toEqual(['GL3010 the discriminator has no adversarial term']);
  });

  it('models of the class-conditional terms', () => {
    expect(['multi_hinge', 'hinge + contrastive', 'hinge + d2d_ce'].map((text) => compile(text).model)).toEqual(['acgan', 'acgan', 'acgan']);
    expect(codes('model gan objective = multi_hinge')[0]).toMatch(/^GL3006 'multi_hinge' is not available in a gan model/);
  });
});
