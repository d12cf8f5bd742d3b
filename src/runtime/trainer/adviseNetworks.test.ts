import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { createTrainer } from './createTrainer.ts';

const L = tf.layers;

type Layers = readonly tf.layers.Layer[];

const dense = (units: number, activation?: 'sigmoid'): tf.layers.Layer => L.dense({ units, activation });
const sequential = (width: number, layers: Layers): tf.Sequential => tf.sequential({ layers: [L.inputLayer({ inputShape: [width] }), ...layers] });

function warningsOf(spec: string, discriminator: tf.LayersModel | ((x: tf.Tensor) => tf.Tensor), options: { readonly training?: boolean } = {}): readonly string[] {
  const warnings: string[] = [];
  const scale = tf.variable(tf.scalar(1));
  const networks = { generator: sequential(2, [dense(3)]), discriminator: discriminator instanceof tf.LayersModel ? discriminator : Object.assign(discriminator, { variables: [scale] }) };
  createTrainer(compile(spec), networks, { optimizers: { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) }, noise: 2, warn: (message) => warnings.push(message), ...options }).dispose();
  return warnings;
}

const codes = (warnings: readonly string[]) => warnings.map((message) => message.slice(0, 6));

afterEach(() => tf.disposeVariables());

describe('batch normalisation in a discriminator', () => {
  const normalised = () => sequential(3, [dense(4), L.batchNormalization({ name: 'norm' }), dense(1)]);

  it.each(['wasserstein + 10*gp', 'hinge + r1', 'minimax + every(4, 10*gp)', 'param lambda = 0\nwasserstein + lambda*gp'])('under %s', (spec) => {
    const warnings = warningsOf(spec, normalised());
    expect(codes(warnings)).toEqual(['GL5010']);
    expect(warnings[0]).toContain("layer 'norm'");
    expect(warnings[0]).toContain('1704.00028');
  });

  it('in a model within the model', () => {
    expect(codes(warningsOf('wasserstein + gp', sequential(3, [sequential(3, [L.batchNormalization()]), dense(1)])))).toEqual(['GL5010']);
  });

  it('is no concern without a penalty, in inference, or where samples are normalised one by one', () => {
    expect(warningsOf('wasserstein', normalised())).toEqual([]);
    expect(warningsOf('wasserstein + gp', normalised(), { training: false })).toEqual([]);
    expect(warningsOf('wasserstein + gp', sequential(3, [dense(4), L.layerNormalization(), dense(1)]))).toEqual([]);
  });
});

describe('a sigmoid at the end of a discriminator', () => {
  const squashed = () => sequential(3, [dense(4), dense(1, 'sigmoid')]);

  it.each(['minimax', 'modified', 'minimax.discriminator + modified.generator', 'relativistic', 'rpgan', 'wasserstein.generator + minimax.discriminator'])('before %s', (spec) => {
    const warnings = warningsOf(spec, squashed());
    expect(codes(warnings)).toEqual(['GL5011']);
    expect(warnings[0]).toContain('takes logits');
  });

  it('as a layer of its own, behind others that only move numbers, within another model', () => {
    const inner = sequential(3, [dense(1), L.activation({ activation: 'sigmoid', name: 'end' }), L.reshape({ targetShape: [1, 1] })]);
    for (const layers of [[inner, L.flatten()], [dense(3), inner]]) expect(warningsOf('minimax', sequential(3, layers))[0]).toContain("layer 'end'");
  });

  it('is no concern before losses of probabilities, or within the network', () => {
    expect(warningsOf('least_squares', squashed())).toEqual([]);
    expect(warningsOf('minimax', sequential(3, [dense(4, 'sigmoid'), dense(1)]))).toEqual([]);
  });

  it('of a cyclegan, by direction', () => {
    const warnings: string[] = [];
    const pair = (end: tf.layers.Layer) => ({ generator: sequential(3, [dense(3)]), discriminator: sequential(3, [end]) });
    const optimizers = { generator: tf.train.sgd(0.1), discriminator: tf.train.sgd(0.1) };
    createTrainer(compile('minimax + 10*cycle'), { x2y: pair(dense(1)), y2x: pair(dense(1, 'sigmoid')) }, { optimizers, warn: (message) => warnings.push(message) }).dispose();
    expect(codes(warnings)).toEqual(['GL5011']);
    expect(warnings[0]).toContain('the y2x.discriminator ends');
  });
});

it('a network that is a function is not looked into', () => {
  expect(warningsOf('minimax + gp', (x) => tf.sigmoid(tf.sum(x, 1, true)))).toEqual([]);
});
