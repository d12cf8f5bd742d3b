import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';

describe('startBackend', () => {
  it('starts what is asked for', async () => {
    expect(await startBackend('wasm')).toEqual({ name: 'wasm', note: null });
    expect(tf.getBackend()).toBe('wasm');
    expect(await startBackend('cpu')).toEqual({ name: 'cpu', note: null });
    expect(tf.getBackend()).toBe('cpu');
  });

  it('takes the cpu where the wasm backend is not installed, and says how to install it', async () => {
    const missing = async () => {
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    };
    expect(await startBackend('wasm', missing)).toMatchInlineSnapshot(`
      {
        "name": "cpu",
        "note": "the wasm backend is not installed (npm install @tensorflow/tfjs-backend-wasm); the cpu backend, which is far slower, takes its place",
      }
    `);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('hides no other failure', async () => {
    await expect(startBackend('wasm', async () => { throw new SyntaxError('broken'); })).rejects.toThrow('broken');
  });
});
