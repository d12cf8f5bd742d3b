import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as tfgan from '../../../src/tfgan.ts';
import type { Json } from '../corpus/json.ts';
import { PARITY } from './symbols.ts';
import { corpusFile, countUses, writeParity } from './writeParity.ts';

const GOLDEN = new URL('../golden/', import.meta.url);
const files = readdirSync(GOLDEN).map((name) => corpusFile(JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as Json));
const page = readFileSync(new URL('../../../docs/parity.md', import.meta.url), 'utf8');

/** The page's errors by symbol and parameter: what a run measured. */
function errorsOfPage(): ReadonlyMap<string, string> {
  const errors = new Map<string, string>();
  let symbol = '';
  for (const line of page.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const name = /^\*\*`(.*)`\*\*$/.exec(cells[1] ?? '')?.[1];
    if (name !== undefined) symbol = name;
    else if (!/^`.*`$/.test(cells[1] ?? '')) continue;
    errors.set(name ?? `${symbol}.${cells[1].slice(1, -1)}`, cells[4]);
  }
  return errors;
}

it('docs/parity.md is what npm run parity writes', () => {
  const errors = errorsOfPage();
  expect(page).toBe(writeParity(files, (key) => errors.get(key) ?? 'missing'));
});

it('its errors are below the tolerances', () => {
  for (const error of errorsOfPage().values()) expect(error).toMatch(/^(–|(0|< 1e-([5-9]|1\d))( \(gradients (0|< 1e-([4-9]|1\d))\))?)$/);
});

it('every symbol and parameter that a case exercises has a row', () => {
  const rows = new Set(PARITY.flatMap(({ symbols }) => symbols.flatMap(({ name, parameters }) => [name, ...parameters.map((parameter) => `${name}.${parameter.name}`)])));
  // options that no function has are in the corpus for their errors
  const refused = /\.(no_such|no_such_option)$|relativistic_\w+\.(reduction|weights|add_summaries)$|wasserstein_generator_loss\.discriminator_gen_outputs$/;
  expect([...countUses(files).keys()].filter((key) => !rows.has(key) && !refused.test(key))).toEqual([]);
});

it('every function of ganloss/tfgan that is named in it exists', () => {
  const names = [...page.matchAll(/^\| \*\*`.*?`\*\* \| `([\w.]+)` /gm)].map(([, name]) => name).filter((name) => !name.startsWith('tf.'));
  const resolve = (name: string): unknown => name.split('.').reduce<unknown>((found, part) => (typeof found === 'object' && found !== null ? (Reflect.get(found, part) as unknown) : undefined), tfgan);
  expect(names.filter((name) => typeof resolve(name) !== 'function')).toEqual([]);
});
