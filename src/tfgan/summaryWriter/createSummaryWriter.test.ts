import * as tf from '@tensorflow/tfjs';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSummaryWriter } from './createSummaryWriter.ts';
import { decodeEvents } from './testing/decodeEvents.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A writer into memory. */
function open() {
  const pieces: Uint8Array[] = [];
  const writer = createSummaryWriter((bytes) => void pieces.push(bytes), { now: () => 1_700_000_000_500 });
  return { writer, pieces, read: () => decodeEvents(Uint8Array.from(pieces.flatMap((piece) => [...piece]))) };
}

const pixelsOf = (png: Uint8Array): readonly number[] => [...decode(png, { checkCrc: true }).data];

describe('a file of events', () => {
  it('starts with its version and has an event a step, values in the order in which their tags came first', async () => {
    const { writer, read, pieces } = open();
    writer.scalar('generator_loss', tf.scalar(1.5));
    writer.scalar('ü/loss', -2);
    writer.scalar('generator_loss', tf.scalar(2.5));
    await writer.flush(7);
    writer.scalar('late', NaN, 300_000_000_000);
    writer.scalar('early', 0, 3);
    await writer.flush();
    expect(pieces).toHaveLength(2);
    expect(read()).toEqual([
      { wallTime: 1_700_000_000.5, step: 0, fileVersion: 'brain.Event:2', values: [] },
      { wallTime: 1_700_000_000.5, step: 7, fileVersion: null, values: [{ tag: 'generator_loss', scalar: 2.5 }, { tag: 'ü/loss', scalar: -2 }] },
      { wallTime: 1_700_000_000.5, step: 300_000_000_000, fileVersion: null, values: [{ tag: 'late', scalar: NaN }] },
      { wallTime: 1_700_000_000.5, step: 3, fileVersion: null, values: [{ tag: 'early', scalar: 0 }] },
    ]);
  });

  it('has what was given to places in their order', async () => {
    const { writer, read } = open();
    writer.scalar('first', 1);
    const [second, third] = writer.places(2);
    writer.scalar('fourth', 4);
    third.scalar('third', tf.scalar(3));
    second.scalar('second', tf.scalar(0));
    second.scalar('second', tf.scalar(2));
    await writer.flush(1);
    expect(read()[1].values.map(({ tag, scalar }) => [tag, scalar])).toEqual([['first', 1], ['second', 2], ['third', 3], ['fourth', 4]]);
  });

  it('is not begun before something is written', async () => {
    const { writer, pieces } = open();
    await writer.flush(1);
    writer.scalar('a', 1);
    writer.discard();
    await writer.close();
    expect(pieces).toEqual([]);
  });
});

describe('histograms', () => {
  it("are TensorFlow's, bucket for bucket", async () => {
    const { writer, read } = open();
    writer.histogram('h', tf.tensor1d([0, 0, -1.5, 2, 2.1, 1e-13, -3e5, 0.25]));
    writer.histogram('none', []);
    await writer.flush(1);
    const [{ histogram }, empty] = read()[1].values;
    // what tf.compat.v1.summary.histogram of TensorFlow 2.15 gave
    expect(histogram!.numbers).toEqual([-300000, 2.0999999046325684, 8, -299997.15000009537, 90000000010.7225]);
    expect(histogram!.limits).toEqual([
      -322928.0885342754, -293570.989576614, -1.624957930213695, -1.47723448201245, 0, 1e-12, 0.24153964213356663, 0.2656936063469233, 1.9661990955585713, 2.1628190051144287,
      1.7976931348623157e308,
    ]);
    expect(histogram!.counts).toEqual([0, 1, 0, 1, 0, 3, 0, 1, 0, 2, 0]);
    const { limits, counts } = empty.histogram!;
    expect([limits, counts]).toEqual([[Number.MAX_VALUE], [0]]);
  });

  it('refuse what is not finite, writing nothing of that flush', async () => {
    const { writer, pieces } = open();
    writer.scalar('a', 1);
    writer.histogram('h', tf.tensor1d([1, NaN]));
    await expect(writer.flush(1)).rejects.toThrow("the histogram 'h' has a value that is NaN");
    expect(pieces).toEqual([]);
  });
});

describe('pictures', () => {
  it("have TensorFlow's brightness and tags", async () => {
    const { writer, read } = open();
    writer.image('one', tf.tensor3d([0, 0.5, 2, NaN], [2, 2, 1]));
    writer.image('signed', tf.tensor2d([-1, 0.5, 0.25, 0], [2, 2]));
    writer.image('batch', tf.tensor4d([-1, 0, 1, 5], [4, 1, 1, 1]), undefined, { range: [-1, 1] });
    writer.image('bytes', { shape: [1, 1, 3], data: Uint8Array.of(1, 2, 3) });
    writer.image('ints', tf.tensor4d([9, 300], [1, 1, 1, 2], 'int32'), undefined, { maxOutputs: 1 });
    await writer.flush(1);
    const { values } = read()[1];
    expect(values.map(({ tag, image }) => [tag, image!.height, image!.width, image!.channels, pixelsOf(image!.png)])).toEqual([
      ['one', 2, 2, 1, [0, 63, 255, 255]],
      ['signed', 2, 2, 1, [1, 191, 159, 128]],
      ['batch/image/0', 1, 1, 1, [0]],
      ['batch/image/1', 1, 1, 1, [128]],
      ['batch/image/2', 1, 1, 1, [255]],
      ['bytes', 1, 1, 3, [1, 2, 3]],
      ['ints/image', 1, 1, 2, [9, 255]],
    ]);
  });

  it('refuse another shape', async () => {
    const { writer } = open();
    writer.image('line', tf.tensor1d([1, 2]));
    await expect(writer.flush(1)).rejects.toThrow('not [2]');
  });
});

describe('tensors', () => {
  it('are collected inside a tape, read after it, and freed', async () => {
    const { writer, read } = open();
    const before = tf.memory().numTensors;
    const collect = () =>
      tf.tidy(() => {
        const gradient = tf.grad((x: tf.Tensor) => {
          const loss = tf.sum(tf.square(x));
          writer.scalar('loss', loss);
          writer.histogram('x', x);
          return loss;
        })(tf.tensor1d([3, 4]));
        expect([...gradient.dataSync()]).toEqual([6, 8]);
      });
    collect();
    collect();
    expect(tf.memory().numTensors).toBe(before + 2);
    await writer.flush(1);
    expect(read()[1].values.map(({ tag, scalar }) => [tag, scalar])).toEqual([['loss', 25], ['x', undefined]]);
    collect();
    writer.discard();
    collect();
    await writer.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are freed when a flush fails', async () => {
    const { writer } = open();
    const before = tf.memory().numTensors;
    const value = tf.ones([2]);
    writer.scalar('vector', value);
    await expect(writer.flush(1)).rejects.toThrow("'vector' has the shape [2]: it must be one number");
    writer.scalar('a', 1);
    await expect(writer.flush()).rejects.toThrow("the step of the summary 'a' is not known");
    value.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are written in the order of their flushes', async () => {
    const { writer, read } = open();
    const flushes = [1, 2, 3].map((step) => {
      writer.scalar('step', tf.tidy(() => tf.scalar(step)));
      return writer.flush(step);
    });
    await Promise.all(flushes);
    expect(read().map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  });
});
