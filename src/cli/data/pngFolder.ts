import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DataError } from './dataError.ts';
import type { ImageSet } from './imageSet.ts';
import { imageLength } from './imageSet.ts';
import { pngPixels } from './pngPixels.ts';
import type { Pixels } from './pngPixels.ts';
import { readBytes, unreadable } from './readBytes.ts';

/**
 * All `*.png` directly in a directory, in the order of their names (by code unit, so that it is the same everywhere), all of one
 * size. Where one of them has colour, grey ones are given three equal channels.
 *
 * @throws DataError GL7001 when the directory is missing or has no PNG, GL7002 and GL7003 naming the file that is damaged or
 *   has another size
 */
export function readPngFolder(folder: string): ImageSet {
  const names = pngNames(folder);
  const first = names[0];
  if (first === undefined) {
    throw new DataError('GL7001', `there is no .png file in '${folder}'`, 'give the directory that holds the pictures themselves; subdirectories are not read');
  }
  const pictures = names.map((name) => pngPixels(readBytes(join(folder, name)), join(folder, name)));
  const { height, width } = pictures[0]!;
  pictures.forEach((picture, index) => {
    if (picture.height === height && picture.width === width) return;
    throw new DataError(
      'GL7003',
      `'${join(folder, names[index]!)}' is ${picture.width}×${picture.height}, but '${first}' is ${width}×${height}`,
      'scale or crop all pictures to one size',
    );
  });

  const channels = pictures.some((picture) => picture.channels === 3) ? 3 : 1;
  const mixed = pictures.some((picture) => picture.channels !== channels);
  const set = { name: `${basename(resolve(folder))}/`, count: pictures.length, height, width, channels };
  const images = new Float32Array(set.count * imageLength(set));
  pictures.forEach((picture, index) => images.set(withChannels(picture, channels), index * imageLength(set)));
  return { ...set, images, ...(mixed && { note: 'some pictures are grey and some are not: all are read as red, green, blue' }) };
}

function pngNames(folder: string): readonly string[] {
  try {
    // a leading dot marks what some systems leave beside each picture
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return names.filter((name) => /\.png$/i.test(name) && !name.startsWith('.')).sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    throw unreadable(error, folder);
  }
}

function withChannels(picture: Pixels, channels: number): Float32Array {
  if (picture.channels === channels) return picture.values;
  const values = new Float32Array(picture.values.length * channels);
  for (let index = 0; index < values.length; index++) values[index] = picture.values[Math.floor(index / channels)]!;
  return values;
}
