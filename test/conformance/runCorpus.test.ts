import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../src/index.ts';
import { listOf, objectOf, type Json } from './corpus/json.ts';
import { runCorpus } from './runCorpus.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  return installGradients();
});

const family = (name: string): Json => JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as Json;

/** The corpus with this one case, changed. */
function withCase(name: string, id: string, change: (golden: Json) => Json): Json {
  const document = objectOf(family(name), 'the file');
  const found = listOf(document.cases, 'the cases').find((golden) => objectOf(golden, 'a case').id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return { ...document, cases: [change(found)] };
}

/** The value at a path, changed. */
function at(path: readonly (string | number)[], change: (value: Json) => Json): (golden: Json) => Json {
  return (golden) => {
    const [first, ...rest] = path;
    if (first === undefined) return change(golden);
    if (typeof first === 'number') return listOf(golden, 'a list').map((entry, index) => (index === first ? at(rest, change)(entry) : entry));
    const object = objectOf(golden, 'an object');
    return { ...object, [first]: at(rest, change)(object[first] ?? null) };
  };
}

const by = (factor: number) => (value: Json): Json => Number(value) * factor;
const failures = async (document: Json) => (await runCorpus(document, { through: 'both' })).failures.flatMap(({ reasons }) => reasons);

describe('the runner', () => {
  it.each([
    ['a loss', 'gan_loss', 'gan/vec/wasserstein+gp', at(['expect', 'discriminator_loss', 'data', 0], by(1.00002)), /discriminator_loss\[0\]: .* instead of/],
    ['a gradient', 'gan_loss', 'gan/vec/wasserstein+gp', at(['expect', 'discriminator_grads', '0.w', 'data', 0], by(1.01)), /gradient of discriminator_loss by discriminator 0\.w\[0\]/],
    ['a field of a model', 'gan_loss', 'gan/vec/wasserstein+gp', at(['expect', 'intermediate', 'generated_data', 'data', 0], by(1.001)), /generated_data\[0\]/],
    ['whether alpha is drawn', 'gan_loss', 'gan/vec/wasserstein+gp', at(['expect', 'alpha_used'], () => false), /alpha_used: true instead of false/],
    ['a tag', 'gan_loss', 'gan/summaries/wasserstein', at(['expect', 'summaries', 0, 'tag'], (tag) => `${String(tag)}_1`), /tags of the summaries/],
    ['an error', 'errors', 'error/gan_model/batch-differs', at(['expect', 'error', 'message'], () => 'Generator output shape ((3, 4)) must be the same shape as real data ((5, 4)).'), /does not say \[5,4\]/],
    ['an error that does not come', 'losses', 'loss/wass.G/6/SUM', at(['expect'], () => ({ error: { type: 'ValueError', message: 'no' } })), /no error, but TF-GAN says: no/],
    ['a variable after a step', 'trajectories', 'traj/wgan-gp/vec/sgd/1-1', at(['expect', 'calls', 1, 'changed', 'discriminator', '0.w', 'data', 0], by(1.001)), /1: discriminator\/0\.w\[0\]/],
    ['the order of train ops', 'trajectories', 'traj/wgan-gp/vec/sgd/1-1', at(['expect', 'calls', 0, 'run'], () => ['discriminator']), /call 0/],
    ['an output of a pool', 'tensor_pool', 'pool/size1-prob1', at(['expect', 'outputs', 1, 'data', 0], by(-1)), /output 1, part 0\[0\]/],
  ])('notices a difference in %s', async (_, name, id, change, reason) => {
    expect(await failures(withCase(name, id, (golden) => golden))).toEqual([]);
    expect((await failures(withCase(name, id, change))).join('\n')).toMatch(reason);
  });

  it.each([
    ['a field', at(['no_such_field'], () => 1), /'no_such_field', which the runner does not know/],
    ['an expectation', at(['expect', 'no_such_value'], () => 1), /'no_such_value', which the runner does not know/],
    ['a layer', at(['discriminator', 'layers', 0, 'op'], () => 'capsule'), /a layer of kind capsule/],
    ['a field of a layer', at(['discriminator', 'layers', 0, 'dilation'], () => 2), /'dilation', which the runner does not know/],
    ['an option', at(['options', 'no_such_option'], () => 1), /unexpected keyword argument 'noSuchOption'/],
    ['a model', at(['model'], () => 'FlowGANModel'), /a model FlowGANModel/],
    ['a dtype', at(['real_data', 'dtype'], () => 'complex64'), /of type complex64/],
  ])('fails a case with %s that it does not know', async (_, change, reason) => {
    expect((await failures(withCase('gan_loss', 'gan/vec/wasserstein+gp', change))).join('\n')).toMatch(reason);
  });

  it.each([['family', 'no_such_family'], ['format', 'tfgan-golden/2']])('fails every case of an unknown %s', async (field, value) => {
    const report = await runCorpus({ ...objectOf(family('tensor_pool'), 'the file'), [field]: value }, { through: 'both' });
    expect([report.cases, report.failed]).toEqual([21, 21]);
  });

  it.each([['no object', 'text'], ['without cases', { format: 'tfgan-golden/1', family: 'losses' }], ['without a family', { format: 'tfgan-golden/1', cases: [] }]])('fails a file that is %s', async (_, document) => {
    const report = await runCorpus(document, { through: 'both' });
    expect([report.cases, report.failed]).toEqual([1, 1]);
  });

  it('takes float32 noise for noise, and nothing more', async () => {
    // an entry that is 0.1 % off moves far less when the variables change in their last bits
    const change = at(['expect', 'x2y', 'generator_grads', '0.filter', 'data', 0], by(1.001));
    expect(await failures(withCase('cyclegan_loss', 'cycle/img/default', change))).toEqual([expect.stringContaining('0.filter[0]'), expect.stringContaining('as a specification')]);
  });
});
