import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as ganloss from '../../src/index.ts';
import * as tfgan from '../../src/tfgan.ts';

const MODULES: Readonly<Record<string, object>> = { '@tensorflow/tfjs': tf, ganloss, 'ganloss/tfgan': tfgan };
const page = readFileSync(new URL('../../docs/migrating-from-tf-gan.md', import.meta.url), 'utf8');

/** The JavaScript of each section of the page: its blocks, one after the other. */
const sections = page.split(/^## /m).map((text) => ({
  title: text.split('\n', 1)[0],
  code: [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block).join('\n'),
  python: [...text.matchAll(/^```python$/gm)].length,
}));
const setup = sections.find(({ title }) => title === 'What the blocks assume')!;
const runnable = sections.filter(({ title, code }) => code !== '' && title !== setup.title);

/** Imports as what a function's body can hold. */
function withoutImports(code: string): string {
  return code.replace(/^import (?:\* as (\w+)|(\{[^}]*\})) from '([^']+)';$/gm, (_, all: string | undefined, some: string, from: string) => {
    expect(Object.keys(MODULES)).toContain(from);
    return `const ${all ?? some} = modules['${from}'];`;
  });
}

/** Runs code as a module of its own; gives what it printed. */
async function run(code: string): Promise<readonly unknown[][]> {
  const printed: unknown[][] = [];
  const AsyncFunction = (async () => {}).constructor as new (...parameters: string[]) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('modules', 'console', `'use strict';\n${withoutImports(code)}`)(MODULES, { log: (...values: unknown[]) => printed.push(values) });
  return printed;
}

const plain = (value: unknown): unknown => (value instanceof tf.Tensor ? value.arraySync() : value);

describe('docs/migrating-from-tf-gan.md', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('shows the five kinds of models, each in Python and JavaScript', () => {
    expect(runnable.filter(({ python }) => python > 0).map(({ title }) => title)).toEqual(['GAN', 'Conditional GAN and ACGAN', 'InfoGAN', 'CycleGAN', 'StarGAN']);
  });

  it.each(runnable)('$title: its JavaScript runs, and the two things it prints in a line are the same', async ({ code }) => {
    const printed = await run(`${setup.code}\n${code}`);
    expect(printed.length).toBeGreaterThan(1);
    for (const [one, other, ...rest] of printed) {
      expect(rest).toEqual([]);
      if (typeof one === 'boolean') expect(one).toBe(other);
      else expect(Math.abs((plain(one) as number) - (plain(other) as number))).toBeLessThan(1e-5 * Math.max(1, Math.abs(plain(other) as number)));
    }
  });

  it('names what the package has', () => {
    const table = page.split('## Names')[1].split('\n## ')[0];
    const cells = [...table.matchAll(/^\|[^|]*\|([^|]*)\|$/gm)].map(([, cell]) => cell);
    const names = cells.flatMap((cell) => [...cell.matchAll(/`((?:[A-Za-z]+\.)*[A-Za-z]+)(?:\(|`)/g)].map(([, name]) => name)).filter((name) => !name.startsWith('model.'));
    const known: object = { ...tfgan, createSummaryWriter: true };
    const find = (path: string) => path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], known);
    expect(names.filter((name) => find(name) === undefined)).toEqual([]);
    expect(names.length).toBeGreaterThan(30);
  });
});
