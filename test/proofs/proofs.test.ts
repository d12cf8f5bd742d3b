import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STAGES } from './inventory.ts';
import { NO_DECISIONS } from './noDecisions.ts';
import { rulesPage } from './page.ts';
import { PROOFS } from './proofs.ts';

const root = new URL('../../', import.meta.url);
const FOLDERS = ['passes', 'step', 'schedule', 'codegen'];

/** Every source that may decide to replace something. */
function sources(): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`src/${folder}`, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing/'))
      .map((name) => `src/${folder}/${name}`),
  );
}

/** Files that no stage accounts for, and those that more than one does. */
function unaccounted(files: readonly string[]): readonly string[] {
  const listed = [...STAGES.flatMap((stage) => stage.files), ...Object.keys(NO_DECISIONS)];
  return files.filter((file) => listed.filter((one) => one === file).length !== 1);
}

describe('the inventory of rules', () => {
  it('accounts for every source of the stages that rewrite, once', () => {
    expect(unaccounted(sources())).toEqual([]);
    expect(unaccounted(['src/passes/somethingNew.ts'])).toEqual(['src/passes/somethingNew.ts']);
    expect([...STAGES.flatMap((stage) => stage.files), ...Object.keys(NO_DECISIONS)].filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });

  it.each(STAGES.map((stage) => [stage.stage, stage] as const))('%s: each rule is named once and has proofs', (_name, { rules }) => {
    expect(rules.length).toBeGreaterThan(0);
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
    expect(rules.filter(({ proofs }) => proofs.length === 0 || proofs.some((name) => !(name in PROOFS)))).toEqual([]);
  });

  it.each(Object.entries(PROOFS))('the proof %s is a test of what it covers', (_name, { test, covers }) => {
    const text = readFileSync(new URL(test, root), 'utf8');
    expect(test).toMatch(/\.test\.ts$/);
    // imported, and used
    expect(covers.filter((name) => (text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) < 2)).toEqual([]);
  });

  it('names every proof of some rule', () => {
    const named = new Set(STAGES.flatMap(({ rules }) => rules.flatMap(({ proofs }) => proofs)));
    expect(Object.keys(PROOFS).filter((name) => !named.has(name))).toEqual([]);
  });

  it('docs/rules.md tells what the code says', async () => {
    await expect(rulesPage()).toMatchFileSnapshot(new URL('docs/rules.md', root).pathname);
  });
});
