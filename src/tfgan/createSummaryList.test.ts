import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSummaryList } from './createSummaryList.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('createSummaryList', () => {
  it('lists summaries by their places, however they arrive, and a tag once', () => {
    const list = createSummaryList();
    list.scalar('before', tf.scalar(1));
    const [first, second] = list.places(2);
    list.scalar('after', tf.scalar(2));
    second.scalar('second', tf.scalar(3));
    const [inner, , last] = second.places(3);
    last.scalar('last', tf.scalar(4));
    inner.scalar('inner', tf.tensor1d([5, 6]));
    first.scalar('first', tf.scalar(7));
    first.scalar('first', tf.scalar(8));
    expect(list.read()).toEqual([
      { tag: 'before', value: 1 },
      { tag: 'first', value: 8 },
      { tag: 'second', value: 3 },
      { tag: 'inner', value: null },
      { tag: 'last', value: 4 },
      { tag: 'after', value: 2 },
    ]);
    list.clear();
    expect(list.read()).toEqual([]);
  });
});
