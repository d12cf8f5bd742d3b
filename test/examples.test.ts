import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const run = promisify(execFile);

/** The programs of examples/, as a user starts them, for a few steps; they use the built package. */
describe('example programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganloss-examples-'));
  beforeAll(async () => {
    if (!existsSync(join(root, 'dist', 'index.js'))) await run('npx', ['--no-install', 'tsdown', '--logLevel', 'error'], { cwd: root });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (name: string, steps: number) => {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'examples', name), String(steps)], { cwd: folder });
    expect(stderr.replace(/^.*(Warning|--trace).*$/gm, '').trim()).toBe('');
    return stdout;
  };

  it('mixture.mjs draws where its samples lie', async () => {
    const output = await start('mixture.mjs', 3);
    expect(output).toMatch(/^step 3: generator -?\d+\.\d+$/m);
    expect(output).toMatch(/modes with at least 1% of the samples: \d of 8/);
  });

  it('projection.mjs counts the samples at the modes of their classes', async () => {
    const output = await start('projection.mjs', 3);
    expect(output).toMatch(/^step 3: generator -?\d+\.\d+, discriminator -?\d+\.\d+$/m);
    expect(output).toMatch(/at their class's mode: (\d+, ){7}\d+/);
  });

  it('mnist.mjs goes on from its checkpoint', async () => {
    expect(await start('mnist.mjs', 2)).toContain('step 2:');
    const second = await start('mnist.mjs', 1);
    expect(second).toContain('going on after step 2');
    expect(second).toContain('step 3:');
    expect(readFileSync(join(folder, 'out', 'example-mnist.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('cyclegan.mjs writes its picture', async () => {
    expect(await start('cyclegan.mjs', 2)).toContain('step 2: generator');
    expect(readFileSync(join(folder, 'out', 'cyclegan.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});
