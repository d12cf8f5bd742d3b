import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../src/runtime/gradients/installGradients.ts';
import { functionGroups } from './cases/functions.ts';
import { layerGroups } from './cases/layers.ts';
import { type Kink, kinks, kinkTables, slopesOf, stops } from './kinks.ts';
import { oracle, type Results } from './oracle.ts';
import { RIGHT, secondOrderPage, WAYS, worse, type Outcome, type Way } from './page.ts';
import { instantiate, type Instance } from './penalty.ts';
import { compiledResults, distance, tapeResults } from './runs.ts';
import type { SecondOrderCase } from './secondOrderCase.ts';

const groups = [...layerGroups, ...functionGroups];
const rows = groups.flatMap(({ cases }) => cases);
const page = new URL('../../docs/second-order.md', import.meta.url).pathname;

const points = [...kinks, ...stops].map((kink) => [kink.name, kink] as const);

/** A case with what is right of it, for one size of batch. */
interface Expected {
  readonly instance: Instance;
  readonly results: Results;
}

const expected = new Map<SecondOrderCase, readonly Expected[]>();
const slopes = new Map<string, Partial<Record<Way, string>>>();
const found = new Map<SecondOrderCase, Partial<Record<Way, Outcome>>>();

const OF_WAY: Readonly<Record<Way, { readonly backend: string; readonly run: (instance: Instance) => Results }>> = {
  'stock cpu': { backend: 'cpu', run: tapeResults },
  'stock wasm': { backend: 'wasm', run: tapeResults },
  'tape cpu': { backend: 'cpu', run: tapeResults },
  'tape wasm': { backend: 'wasm', run: tapeResults },
  'captured wasm': { backend: 'cpu', run: (instance) => compiledResults(instance, 'wasm') },
  'captured js': { backend: 'cpu', run: (instance) => compiledResults(instance, 'js') },
};

function outcomeOf(way: Way, { instance, results }: Expected): Outcome {
  try {
    return { kind: 'error', error: distance(OF_WAY[way].run(instance), results) };
  } catch (error) {
    return { kind: 'throws', message: (error as Error).message };
  }
}

async function measureKink(kink: Kink, ways: readonly Way[]): Promise<Partial<Record<Way, string>>> {
  const measured: Partial<Record<Way, string>> = { ...slopes.get(kink.name) };
  for (const way of ways) {
    await tf.setBackend(OF_WAY[way].backend);
    measured[way] = slopesOf(kink, way);
  }
  slopes.set(kink.name, measured);
  return measured;
}

async function measure(row: SecondOrderCase, ways: readonly Way[]): Promise<Partial<Record<Way, Outcome>>> {
  const outcomes: Partial<Record<Way, Outcome>> = { ...found.get(row) };
  for (const way of ways) {
    await tf.setBackend(OF_WAY[way].backend);
    outcomes[way] = expected.get(row)!.map((one) => outcomeOf(way, one)).reduce(worse);
  }
  found.set(row, outcomes);
  return outcomes;
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.setBackend('cpu');
  for (const row of rows) {
    expected.set(row, row.batches.map((batch) => {
      const instance = instantiate(row, batch);
      try {
        return { instance, results: oracle(instance) };
      } catch (error) {
        throw new Error(`${row.name}, batch ${batch}: ${(error as Error).message}`, { cause: error });
      }
    }));
  }
}, 300_000);
afterAll(() => tf.disposeVariables());

it('names are told apart', () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

/** What a GAN may hold, and how its rows begin. */
const HELD = [
  'dense', 'conv1d', 'conv2d', 'conv3d', 'conv2dTranspose', 'conv3dTranspose', 'separableConv2d', 'depthwiseConv2d', 'batchNormalization, training', 'batchNormalization, inference', 'layerNormalization', 'instance norm',
  'leakyReLU', 'prelu', 'elu', 'selu', 'relu', 'relu6', 'tanh', 'sigmoid', 'softplus', 'softmax', 'logSoftmax', 'logSigmoid', 'swish', 'gelu', 'mish', 'hardSigmoid',
  'maxPooling1d', 'maxPooling2d', 'averagePooling1d', 'averagePooling2d', 'globalAveragePooling1d', 'globalAveragePooling2d', 'globalMaxPooling1d', 'globalMaxPooling2d',
  'upSampling2d, nearest', 'upSampling2d, bilinear', 'cropping2D', 'zeroPadding2d', 'dropout', 'embedding', 'concatenate layer', 'add layer', 'multiply layer', 'dot layer', 'average layer',
  'flatten', 'reshape', 'permute', 'repeatVector', 'lstm', 'gru', 'simpleRNN', 'attention by matMul and softmax', 'einsum',
  'max', 'min', 'maximum', 'minimum', 'clipByValue', 'where', 'norm', 'moments', 'logSumExp', 'cumsum', 'gather', 'slice', 'pad', 'tile', 'stack', 'unstack',
];

it.each(HELD)('there is a row of %s', (name) => {
  expect(rows.some((row) => row.name === name || row.name.startsWith(`${name},`) || row.name.startsWith(`${name} `))).toBe(true);
});

it('all rows are checked on a batch of one, but for those that say why not', () => {
  for (const { name, batches, note } of rows) expect(batches.includes(1) || note?.includes('batches of') === true, name).toBe(true);
});

// before anything is installed in this process: what they find is a column of the table, which is compared below
describe('stock tfjs', () => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    await measure(row, ['stock cpu', 'stock wasm']);
  });

  it.each(points)('%s at its kink', async (_name, kink) => {
    await measureKink(kink, ['stock cpu', 'stock wasm']);
  });
});

describe('ganloss, against finite differences in float64', () => {
  let undo: () => void;
  beforeAll(() => {
    undo = installGradients();
  });
  afterAll(() => undo());

  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const ways = WAYS.slice(2);
    const outcomes = await measure(row, ways);
    for (const way of ways) {
      const outcome = outcomes[way]!;
      if (row.tapeThrows === true && way.startsWith('tape')) expect(outcome.kind, way).toBe('throws');
      else expect(outcome, way).toSatisfy(({ kind, error }: { kind: string; error?: number }) => kind === 'error' && error! < RIGHT);
    }
  });

  it.each(points)('%s at its kink, alike in all ways', async (_name, kink) => {
    const ways = WAYS.slice(2);
    const measured = await measureKink(kink, ways);
    expect(measured['tape cpu']).not.toBe('throws');
    for (const way of ways) expect(measured[way], way).toBe(measured['tape cpu']);
  });
});

it('docs/second-order.md says so', async () => {
  const text = secondOrderPage(groups, (row) => found.get(row) as Record<Way, Outcome>, kinkTables((kink, way) => slopes.get(kink.name)![way]!), readFileSync(page, { encoding: 'utf8', flag: 'a+' }));
  await expect(text).toMatchFileSnapshot(page);
});
