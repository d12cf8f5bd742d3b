import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2';
import type { CodeCache } from '../runtime/compiled/codeCache.ts';

const CHECKSUM_BYTES = 32;

/**
 * A cache of compiled code in a folder, which is made where there is none: for the option `codeCache` of trainers. Each file ends in a
 * SHA-256 of what comes before; damaged ones are compiled anew and replaced. A folder that can not be written keeps nothing. Files are
 * code that this process runs: let nobody else write there.
 */
export function codeFolder(directory: string): CodeCache {
  const pathOf = (key: string): string => join(directory, `${key}.code`);
  return {
    get(key) {
      try {
        const file = readFileSync(pathOf(key));
        const code = new Uint8Array(file.subarray(0, Math.max(0, file.length - CHECKSUM_BYTES)));
        const checksum = file.subarray(code.length);
        return checksum.equals(sha256(code)) ? code : null;
      } catch {
        return null;
      }
    },
    set(key, code) {
      const unfinished = `${pathOf(key)}.${process.pid}.unfinished`;
      try {
        mkdirSync(directory, { recursive: true });
        writeFileSync(unfinished, Buffer.concat([code, sha256(code)]));
        renameSync(unfinished, pathOf(key));
      } catch {
        removeIfPossible(unfinished);
      }
    },
  };
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}
