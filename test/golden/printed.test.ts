import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, type EmitKind } from '../../src/index.ts';

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples).filter((file) => file.endsWith('.ganloss')).map((file) => file.slice(0, -'.ganloss'.length));

/** What is printed for people and for programs, apart from the graphs: a module holds the text of functions, which instrumented code changes. */
const STAGES: readonly (readonly [EmitKind, string])[] = [
  ['ast', 'txt'],
  ['objective', 'txt'],
  ['tfjs', 'js'],
  ['latex', 'tex'],
];

describe('the examples', () => {
  it.each(names)('%s at every other stage', async (name) => {
    const objective = compile(readFileSync(new URL(`${name}.ganloss`, examples), 'utf8'), { file: `${name}.ganloss` });
    for (const [kind, extension] of STAGES) {
      await expect(objective.emit(kind)).toMatchFileSnapshot(new URL(`${name}.${kind}.${extension}`, import.meta.url).pathname);
    }
  });

  it.each(names)('%s compiles to the same bytes every time', (name) => {
    const text = readFileSync(new URL(`${name}.ganloss`, examples), 'utf8');
    for (const kind of ['ir', 'optimized', ...STAGES.map(([stage]) => stage)] as const) expect(compile(text).emit(kind)).toBe(compile(text).emit(kind));
  });
});
