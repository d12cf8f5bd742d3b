import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, type EmitKind } from '../../src/index.ts';

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples).filter((file) => file.endsWith('.ganloss')).map((file) => file.slice(0, -'.ganloss'.length));

const STAGES: readonly (readonly [EmitKind, string])[] = [
  ['ast', 'txt'],
  ['objective', 'txt'],
  ['ir', 'txt'],
  ['optimized', 'txt'],
  ['tfjs', 'js'],
  ['latex', 'tex'],
];

describe('examples', () => {
  it('are enough to look around', () => {
    expect(names.length).toBeGreaterThanOrEqual(12);
  });

  it.each(names)('%s at every stage', async (name) => {
    const objective = compile(readFileSync(new URL(`${name}.ganloss`, examples), 'utf8'), { file: `${name}.ganloss` });
    for (const [kind, extension] of STAGES) {
      await expect(objective.emit(kind)).toMatchFileSnapshot(new URL(`${name}.${kind}.${extension}`, import.meta.url).pathname);
    }
  });

  it.each(names)('%s compiles to the same bytes every time', (name) => {
    const text = readFileSync(new URL(`${name}.ganloss`, examples), 'utf8');
    for (const [kind] of STAGES) expect(compile(text).emit(kind)).toBe(compile(text).emit(kind));
  });
});
