import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, vi } from 'vitest';
import { installGradients } from '../../src/runtime/gradients/installGradients.ts';

const passes = (pass: boolean, what: string) => ({ pass, message: () => what });

// what vitest lacks of jasmine
expect.extend({
  nothing: () => passes(true, 'nothing'),
  toBeTrue: (value: unknown) => passes(value === true, 'true'),
  toBeFalse: (value: unknown) => passes(value === false, 'false'),
  toBePositiveInfinity: (value: unknown) => passes(value === Infinity, 'Infinity'),
  toBeNegativeInfinity: (value: unknown) => passes(value === -Infinity, '-Infinity'),
});
Object.assign(globalThis, {
  fail: (why: unknown) => {
    throw new Error(String(why));
  },
  xit: () => undefined,
  spyOn: (object: Readonly<Record<string, () => unknown>>, method: string) => {
    const spy = vi.spyOn(object, method);
    return Object.assign(spy, { and: { callThrough: () => spy, callFake: (f: () => unknown) => spy.mockImplementation(f), returnValue: (value: unknown) => spy.mockReturnValue(value) } });
  },
});

beforeAll(async () => {
  await tf.setBackend(process.env['CORPUS_BACKEND'] ?? 'cpu');
  if (process.env['CORPUS_INSTALL'] === 'yes') installGradients();
});
