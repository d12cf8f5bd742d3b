import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SpecError } from '../index.ts';
import { readSpec } from './readSpec.ts';

describe('readSpec', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganloss-spec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string | Uint8Array) => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const codeOf = (path: string) => {
    try {
      readSpec(path);
    } catch (error) {
      if (error instanceof SpecError) return error.diagnostics.map(({ code }) => code);
      throw error;
    }
    return [];
  };

  it('compiles a file with its imports', () => {
    write('terms/penalty.ganloss', 'term penalty() { discriminator = mean(D(real)^2) }');
    const path = write('spec.ganloss', 'import { penalty } from "./terms/penalty.ganloss"\nwasserstein + 2*penalty');
    const objective = readSpec(path);
    expect(objective.model).toBe('gan');
    expect(objective.terms.map(({ name }) => name)).toContain('penalty');
  });

  it('refuses with a code what is no specification', () => {
    expect(codeOf(join(folder, 'nowhere.ganloss'))).toEqual(['GL7001']);
    expect(codeOf(write('latin.ganloss', new Uint8Array([0x77, 0xe9])))).toEqual(['GL7008']);
    expect(codeOf(write('wrong.ganloss', 'wassertein'))).toEqual(['GL2001']);
    expect(codeOf(write('out.ganloss', 'import { x } from "../../../etc/x"\nwasserstein'))).toEqual(['GL2007']);
  });
});
