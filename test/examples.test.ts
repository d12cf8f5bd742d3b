import { execFile, spawn } from 'node:child_process';
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

  const runExample = async (name: string, ...parameters: string[]) => {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'examples', name), ...parameters], { cwd: folder });
    return { stdout, stderr: stderr.replace(/^.*(Warning|--trace).*$/gm, '').trim() };
  };
  const start = async (name: string, steps: number) => {
    const { stdout, stderr } = await runExample(name, String(steps));
    expect(stderr).toBe('');
    return stdout;
  };
  const isPng = (...path: string[]) => expect(readFileSync(join(folder, ...path)).subarray(1, 4).toString()).toBe('PNG');

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
    isPng('out', 'example-mnist.png');
  });

  it('cyclegan.mjs writes its picture', async () => {
    expect(await start('cyclegan.mjs', 2)).toContain('step 2: generator');
    isPng('out', 'cyclegan.png');
  });

  it.each([
    ['unconditional', ['samples']],
    ['conditional', ['classes']],
    ['acgan', ['classes']],
    ['infogan', ['categorical', 'continuous1', 'continuous2']],
  ])('tfgan-mnist/train.mjs %s writes its grids, and weights that it can go on from', async (ganType, grids) => {
    const small = ['--width', '0.03125', '--batch', '4', '--out', join('out', ganType)];
    const { stdout, stderr } = await runExample('tfgan-mnist/train.mjs', ganType, '--steps', '2', ...small);
    expect(stderr).toMatch(/^step 2 of 2: generator -?\d+\.\d+, discriminator -?\d+\.\d+; \d+ ms a step, 0:00 left$/m);
    expect(stdout).toContain('2 steps;');
    for (const name of grids) isPng('out', ganType, `${name}.png`);
    const drawn = () => grids.map((name) => readFileSync(join(folder, 'out', ganType, `${name}.png`)));
    const before = drawn();
    await runExample('tfgan-mnist/train.mjs', ganType, '--steps', '0', '--weights', join('out', ganType), ...small);
    expect(drawn()).toEqual(before);
  });

  it('tfgan-mnist/train.mjs keeps what was learnt when it is interrupted', async () => {
    const child = spawn(process.execPath, [join(root, 'examples', 'tfgan-mnist', 'train.mjs'), 'unconditional', '--width', '0.03125', '--out', 'out/interrupted'], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      if (stderr.includes('step ')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^interrupted; \d+ steps;/)]);
    isPng('out', 'interrupted', 'samples.png');
    expect(existsSync(join(folder, 'out', 'interrupted', 'generator.bin'))).toBe(true);
  });
});
