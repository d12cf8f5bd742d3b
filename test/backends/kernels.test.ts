import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNELS } from '../../src/runtime/capture/kernels/kernelTable.ts';
import { refusedKernels } from '../../src/runtime/capture/kernels/refusedKernels.ts';
import { installGradients } from '../../src/runtime/gradients/installGradients.ts';
import { rehearse, type Rehearsal } from '../../src/runtime/rehearsal/rehearse.ts';
import { SHAPE_RULES } from '../../src/runtime/rehearsal/shapeRules.ts';
import { withLayerDraws } from '../../src/runtime/capture/layerDraws.ts';
import { functionGroups } from '../second-order/cases/functions.ts';
import { layerGroups } from '../second-order/cases/layers.ts';
import { instantiate, layerSource, penalty } from '../second-order/penalty.ts';
import type { SecondOrderCase } from '../second-order/secondOrderCase.ts';
import { opRow } from '../second-order/secondOrderCase.ts';
import registries from './registries.json' with { type: 'json' };

const page = new URL('../../docs/backends.md', import.meta.url).pathname;
/** Stock backends by the lists of their packages, and the wasm backend as it is here, with the kernels of this project. */
const BACKENDS = ['wasm', 'stock wasm', 'webgl', 'webgpu', 'node'] as const;
type Backend = (typeof BACKENDS)[number];

/** Ops whose gradient or forward pass some backend has no kernel for, beside the layers and ops of docs/second-order.md. */
const further: readonly SecondOrderCase[] = [
  opRow('tf.dilation2d', (x) => tf.dilation2d(x as tf.Tensor4D, tf.ones([2, 2, 2]) as tf.Tensor3D, 1, 'same'), [4, 4, 2]),
  opRow('tf.image.rotateWithOffset', (x) => tf.add(x, tf.image.rotateWithOffset(tf.zerosLike(x) as tf.Tensor4D, 0.3)), [4, 4, 2]),
  opRow('tf.searchSorted', (x) => tf.mul(x, tf.cast(tf.searchSorted(tf.tensor2d([[0, 1, 2]]), tf.tensor2d([[1]])), 'float32')), [3]),
];
const rows = [...[...layerGroups, ...functionGroups].flatMap(({ cases }) => cases), ...further];

/** Which kernels a backend lacks for the gradients of a penalty on a case. */
function rehearsed(backend: Backend, row: SecondOrderCase): Rehearsal {
  const instance = instantiate(row, 3);
  return rehearse(backend === 'wasm' ? 'wasm' : `registry-${backend}`, () => {
    tf.tidy(() => {
      const x = tf.tensor(instance.x, [...instance.shape]);
      withLayerDraws(layerSource, () => tf.engine().gradients(() => penalty(instance, x), [x, ...instance.variables], undefined, true));
    });
  });
}

const namesOf = (backend: string): readonly string[] => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName).sort();

const found = new Map<SecondOrderCase, Partial<Record<Backend, string>>>();
let undo: () => void;

beforeAll(async () => {
  await tf.setBackend('cpu');
  const lists = { ...registries, 'stock wasm': namesOf('wasm') };
  undo = installGradients();
  for (const backend of ['stock wasm', 'webgl', 'webgpu', 'node'] as const) {
    for (const kernelName of lists[backend]) tf.registerKernel({ kernelName, backendName: `registry-${backend}`, kernelFunc: () => { throw new Error('only its name is here'); } });
  }
});
afterAll(() => {
  undo();
  tf.disposeVariables();
});

it('the list of webgl is that of the package that is here', () => {
  expect(registries.webgl).toEqual(namesOf('webgl'));
});

it('the cpu backend has every kernel that a rule or a layer runs, as the wasm backend has', () => {
  const wanted = Object.keys({ ...KERNELS, ...SHAPE_RULES }).filter((name) => !(name in refusedKernels) || name in SHAPE_RULES);
  for (const backend of ['cpu', 'wasm']) expect(wanted.filter((name) => !namesOf(backend).includes(name)), backend).toEqual(backend === 'cpu' ? ['LogicalXor'] : []);
});

describe.each(BACKENDS)('%s', (backend) => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const before = tf.memory();
    const { missing, stopped } = rehearsed(backend, row);
    if (!further.includes(row) && row.tapeThrows !== true) expect(stopped).toBeNull();
    expect(tf.getBackend()).toBe('cpu');
    // the case's own variables are there now
    expect(tf.memory().numTensors - before.numTensors).toBeLessThanOrEqual(30);
    if (backend === 'wasm' && !further.includes(row)) expect(missing).toEqual([]);
    found.set(row, { ...found.get(row), [backend]: [...new Set(missing.map(({ kernelName }) => kernelName))].join(', ') });
  });
});

it('docs/backends.md says so', async () => {
  const lacking = rows.filter((row) => BACKENDS.some((backend) => found.get(row)?.[backend] !== ''));
  const cells = lacking.map((row) => `| ${row.name} | ${BACKENDS.map((backend) => found.get(row)![backend] || '–').join(' | ')} |`);
  const table = [`| layer or op | ${BACKENDS.join(' | ')} |`, `| --- |${BACKENDS.map(() => ' --- |').join('')}`, ...cells].join('\n');
  const text = readFileSync(page, { encoding: 'utf8', flag: 'a+' });
  const [intro] = text.split('\n| layer or op');
  await expect(`${intro}\n${table}\n`).toMatchFileSnapshot(page);
});
