import { statSync } from 'node:fs';
import { DataError } from './dataError.ts';
import type { ImageSet } from './imageSet.ts';
import { readMnist } from './mnist.ts';
import type { Split } from './mnist.ts';
import { readNpy } from './npy.ts';
import { readPngFolder } from './pngFolder.ts';
import { unreadable } from './readBytes.ts';

/**
 * The images that `--data` names: `mnist`, a NumPy file or a directory of PNGs. A directory or file of the name `mnist` is
 * reached as `./mnist`.
 *
 * @param split which part of a data set that has two; files and directories have one, and ignore it
 * @throws DataError whose `message` and `hint` are for the user
 */
export function openData(argument: string, split: Split = 'train'): ImageSet {
  if (argument === 'mnist') return readMnist(split);
  let directory: boolean;
  try {
    directory = statSync(argument).isDirectory();
  } catch (error) {
    const missing = unreadable(error, argument);
    throw new DataError(missing.code, missing.message, `--data takes mnist, a file.npy or a directory of PNGs; ${missing.hint}`);
  }
  if (directory) return readPngFolder(argument);
  if (/\.npy$/i.test(argument)) return readNpy(argument);
  const hint = /\.png$/i.test(argument) ? 'give the directory that holds the pictures' : '--data takes mnist, a file.npy or a directory of PNGs';
  throw new DataError('GL7002', `'${argument}' is neither a NumPy file nor a directory`, hint);
}
