import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { EXAMPLES, trainExample } from './capturedRuns.ts';
import { expectClose } from '../../src/runtime/compiled/testing/expectClose.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// every example, several steps, all that is reported and all that is trained
it.each(EXAMPLES)('%s compiled to js does what the tape does', async (name) => {
  const tape = await trainExample(name, { mode: 'tape' });
  expect(tape.metrics.every(({ generatorLoss, discriminatorLoss }) => Number.isFinite(generatorLoss + discriminatorLoss))).toBe(true);
  expectClose(await trainExample(name, { mode: 'captured', target: 'js' }), tape, 'js');
});
