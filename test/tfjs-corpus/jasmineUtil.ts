import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe } from 'vitest';

/** The part of tfjs-core's jasmine_util that its op tests import, on vitest. */

interface Environment {
  readonly predicate?: (environment: { readonly backendName: string; readonly isDataSync: boolean }) => boolean;
}

const BACKEND = process.env['CORPUS_BACKEND'] ?? 'cpu';
const here = { name: BACKEND, backendName: BACKEND, isDataSync: true };

export const ALL_ENVS: Environment = {};
export const SYNC_BACKEND_ENVS: Environment = {};
export const NODE_ENVS: Environment = {};
export const CHROME_ENVS: Environment = { predicate: () => false };
export const BROWSER_ENVS: Environment = { predicate: () => false };
export const HAS_WORKER: Environment = { predicate: () => false };
export const HAS_NODE_WORKER: Environment = { predicate: () => false };
export const TEST_ENVS = [here];

export function describeWithFlags(name: string, { predicate }: Environment, body: (environment: typeof here) => void): void {
  if (predicate !== undefined && !predicate(here)) describe.skip(name, () => undefined);
  else describe(name, () => {
    beforeAll(() => tf.setBackend(BACKEND));
    body(here);
  });
}

/** Tests that look at every backend that is there bring one of their own, which the corpus has no use for. */
export class TestKernelBackend extends tf.KernelBackend {}
