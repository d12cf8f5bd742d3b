// node scripts/write-tensorboard-sample.mjs FOLDER: an event file with values of every kind, and what it holds as written.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { createSummaryWriter } from 'ganloss/node';

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const writer = createSummaryWriter(folder);
const written = { scalars: {}, histograms: {}, images: {} };

for (let step = 1; step <= 5; step += 1) {
  for (const [tag, value] of [['generator_loss', Math.fround(1 / step)], ['discriminator/loss ü', -(10 ** step)], ['zero', 0]]) {
    writer.scalar(tag, tf.scalar(value));
    (written.scalars[tag] ??= []).push([step, value]);
  }
  const values = Array.from({ length: 100 }, (_, i) => Math.fround(Math.sin(i * step) * 10 ** (i % 7 - 3)));
  writer.histogram('weights', tf.tensor1d(values));
  (written.histograms.weights ??= []).push([step, values]);
  // bytes, so that what is read must be what was written
  const pixels = Array.from({ length: 2 * 4 * 3 * 3 }, (_, i) => (i * 37 * step) % 256);
  writer.image('samples', tf.tensor4d(pixels, [2, 4, 3, 3], 'int32'));
  for (const index of [0, 1]) (written.images[`samples/image/${index}`] ??= []).push([step, [4, 3, 3], pixels.slice(index * 36, (index + 1) * 36)]);
  await writer.flush(step);
}
await writer.close();
writeFileSync(join(folder, 'written.json'), JSON.stringify({ ...written, file: writer.path }));
