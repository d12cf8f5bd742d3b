import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SpecError, type Diagnostic } from '../../support/diagnostic.ts';
import { createSource, type Source } from '../../support/source.ts';
import { unreadable } from '../data/readBytes.ts';
import type { CliIo } from '../io.ts';

/** A specification as it was found. */
export interface SpecFile {
  /** Under the name that the user gave it. */
  readonly source: Source;
  /** Where it is; null for standard input. */
  readonly path: string | null;
  /** Exactly what was read. */
  readonly bytes: Uint8Array;
}

/** What standard input is called. */
export const STDIN_NAME = '<stdin>';

/**
 * Reads a specification; `-` is standard input.
 * @throws SpecError GL7001 when it cannot be read, GL7008 when it is not UTF-8
 */
export async function readSpec(name: string, io: CliIo): Promise<SpecFile> {
  if (name === '-') {
    const bytes = await io.stdin();
    return { source: createSource(STDIN_NAME, decode(bytes, STDIN_NAME)), path: null, bytes };
  }
  return readSpecFile(name, io.cwd);
}

/**
 * Reads a specification's file.
 * @param name its path, from the folder `cwd`
 * @throws SpecError GL7001 when it cannot be read, GL7008 when it is not UTF-8
 */
export function readSpecFile(name: string, cwd: string): SpecFile {
  const path = resolve(cwd, name);
  const bytes = readBytesOf(path, name);
  return { source: createSource(name, decode(bytes, name)), path, bytes };
}

function readBytesOf(path: string, name: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) return fail({ code: 'GL7001', message: `'${name}' is a directory`, hint: 'Name a file. "check" and "fmt" also take directories that have .ganloss files in them.' });
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const { code, message, hint } = unreadable(error, name);
    return fail({ code, message, hint });
  }
}

function decode(bytes: Uint8Array, name: string): string {
  return decodeUtf8(bytes) ?? fail({ code: 'GL7008', message: `'${name}' is not UTF-8 text`, hint: invalidAt(bytes) });
}

/** The text of UTF-8 bytes, without a byte order mark; null when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function invalidAt(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'It looks like UTF-16: save it as UTF-8.';
  // the replacement decoder keeps everything valid, so the first difference is the first bad byte
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(text);
  const offset = again.findIndex((byte, index) => byte !== bytes[index]);
  const line = bytes.subarray(0, offset).reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 1);
  return `The first byte that is none stands in line ${line}. Save the file as UTF-8.`;
}

function fail(problem: Pick<Diagnostic, 'code' | 'message'> & { readonly hint: string }): never {
  throw new SpecError(problem.message, [{ ...problem, severity: 'error', span: null }]);
}
