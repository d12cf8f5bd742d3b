import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { positionAt, createSource } from '../../support/source.ts';
import { loadPrelude } from '../../terms/prelude.ts';
import { check } from './check.ts';

interface Valid {
  readonly file: string;
  readonly expect: { readonly model: string; readonly params?: string; readonly inputs?: string; readonly remarks?: string };
}
interface Invalid {
  readonly file: string;
  readonly code: string;
  readonly line: number;
  readonly column: number;
}

const SPEC = new URL('../../../test/spec/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, SPEC), 'utf8');
const manifest = JSON.parse(read('manifest.json')) as { readonly valid: readonly Valid[]; readonly invalid: readonly Invalid[] };
const prelude = loadPrelude();

/** Imports of these files lead nowhere: one to a file that is not there, one out of the folder. */
function checkFile(file: string) {
  return check(createSource(file, read(file)), {
    prelude,
    resolveImport: (path) => (path.startsWith('../') ? { error: 'it lies outside the project' } : null),
  });
}

/** More than one error, each of its own: all others have just one. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = { 'invalid/several.ganloss': ['GL2001 1:1', 'GL2001 1:18'] };

describe('specifications that must compile', () => {
  it.each(manifest.valid)('$file', ({ file, expect: wanted }) => {
    const { objective, diagnostics } = checkFile(file);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(objective?.model).toBe(wanted.model);
    expect(objective?.params.map((param) => `${param.name}:${param.default}`).join()).toBe(wanted.params ?? '');
    expect(objective?.inputs.map((input) => input.name).join()).toBe(wanted.inputs ?? '');
    const notes = diagnostics.filter(({ severity }) => severity === 'note').map(({ code }) => code);
    expect([...new Set(notes)].join()).toBe(wanted.remarks ?? '');
  });
});

describe('specifications that must not compile', () => {
  it.each(manifest.invalid)('$file', ({ file, code, line, column }) => {
    const { objective, diagnostics } = checkFile(file);
    expect(objective).toBeNull();
    const [first] = diagnostics;
    expect(first?.code).toBe(code);
    const span = first!.span!;
    const start = positionAt(span.source, span.start);
    expect(start.line).toBe(line);
    expect(start.column).toBeLessThanOrEqual(column);
    expect(column).toBeLessThan(start.column + Math.max(1, span.end - span.start));
    const all = diagnostics.map((diagnostic) => `${diagnostic.code} ${formatted(diagnostic.span!)}`);
    expect(all).toEqual(SEVERAL[file] ?? [`${code} ${formatted(span)}`]);
  });
});

function formatted(span: { readonly source: Parameters<typeof positionAt>[0]; readonly start: number }): string {
  const { line, column } = positionAt(span.source, span.start);
  return `${line}:${column}`;
}
