import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atomicWrite } from './atomicWrite.ts';
import { notWritten, OutputError } from './outputError.ts';

describe('atomicWrite', () => {
  let folder = '';
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'ganloss-write-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes text and bytes, makes directories, replaces, and leaves nothing beside', () => {
    const path = join(folder, 'a', 'b', 'c.txt');
    atomicWrite(path, 'one');
    atomicWrite(path, 'zwölf');
    expect(readFileSync(path, 'utf8')).toBe('zwölf');
    atomicWrite(path, Uint8Array.of(1, 2));
    expect([...readFileSync(path)]).toEqual([1, 2]);
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.txt']);
  });

  it('leaves the old content and nothing else when it fails', () => {
    const path = join(folder, 'taken');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'x');
    expect(() => atomicWrite(path, 'new')).toThrow(OutputError);
    expect(readdirSync(folder)).toEqual(['taken']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('x');
  });

  it('says what to do when the disk is full', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    expect(notWritten(full, 'out/x')).toMatchObject({ code: 'GL7005', message: "'out/x' cannot be written (ENOSPC)", hint: expect.stringContaining('disk is full') as unknown });
    const other = new Error('a bug');
    expect(notWritten(other, 'x')).toBe(other);
  });
});
