import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, type EmitKind } from '../../src/index.ts';

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples).filter((file) => file.endsWith('.ganloss')).map((file) => file.slice(0, -'.ganloss'.length));

/** What lowering and the passes make. The other stages have a test of their own, next to this one. */
const STAGES: readonly EmitKind[] = ['ir', 'optimized'];

describe('the graphs of the examples', () => {
  it('are enough to look around', () => {
    expect(names.length).toBeGreaterThanOrEqual(12);
  });

  it.each(names)('%s', async (name) => {
    const objective = compile(readFileSync(new URL(`${name}.ganloss`, examples), 'utf8'), { file: `${name}.ganloss` });
    for (const kind of STAGES) await expect(objective.emit(kind)).toMatchFileSnapshot(new URL(`${name}.${kind}.txt`, import.meta.url).pathname);
  });
});
