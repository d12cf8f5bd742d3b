import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

/** Keeps compiled code, so that the same step is compiled once: for several trainers, or (`codeFolder` of ganloss/node) several runs. */
export interface CodeCache {
  /** The code under a key, as it was given; null where there is none. */
  readonly get: (key: string) => Uint8Array | null;
  readonly set: (key: string, code: Uint8Array) => void;
}

/** A cache in memory. The code that was not asked for the longest goes first. */
export function createCodeCache(options: { readonly entries?: number } = {}): CodeCache {
  const { entries = 64 } = options;
  const codes = new Map<string, Uint8Array>();
  return {
    get(key) {
      const code = codes.get(key) ?? null;
      if (code !== null) {
        codes.delete(key);
        codes.set(key, code);
      }
      return code;
    },
    set(key, code) {
      codes.delete(key);
      codes.set(key, code);
      for (const oldest of codes.keys()) if (codes.size > entries) codes.delete(oldest);
    },
  };
}

/** The key of what a text describes. */
export function codeKey(description: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(description)));
}
