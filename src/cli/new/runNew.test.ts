import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganlossText } from '../../../scripts/ganlossText.ts';
import { MODELS } from '../../dsl/typed.ts';
import { compile } from '../../compile.ts';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

describe('new', () => {
  const cwd = temporaryFolder();

  it('writes a project, and says how to go on', async () => {
    expect(await runCli(['new', 'My Faces'], { cwd })).toMatchInlineSnapshot(`
      {
        "exit": 0,
        "stderr": "
      Next:
        cd 'My Faces'
        npm install
        npm start
      ",
        "stdout": "My Faces/package.json
      My Faces/objective.ganloss
      My Faces/data.js
      My Faces/networks.js
      My Faces/train.js
      My Faces/README.md
      ",
      }
    `);
    expect(readdirSync(join(cwd, 'My Faces'))).toEqual(['README.md', 'data.js', 'networks.js', 'objective.ganloss', 'package.json', 'train.js']);
    expect(JSON.parse(readFileSync(join(cwd, 'My Faces/package.json'), 'utf8'))).toMatchInlineSnapshot(`
      {
        "dependencies": {
          "@tensorflow/tfjs": "^4.22.0",
          "@tensorflow/tfjs-backend-wasm": "^4.22.0",
          "ganloss": "^0.1.0",
        },
        "engines": {
          "node": ">=20",
        },
        "name": "my-faces",
        "private": true,
        "scripts": {
          "check": "ganloss check objective.ganloss",
          "explain": "ganloss explain objective.ganloss",
          "start": "node train.js",
        },
        "type": "module",
        "version": "0.1.0",
      }
    `);
  });

  it('overwrites nothing', async () => {
    mkdirSync(join(cwd, 'used'));
    writeFileSync(join(cwd, 'used/notes.txt'), 'mine');
    expect(await runCli(['new', 'used'], { cwd })).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL7005]: 'used' is not empty
        = help: Nothing is overwritten: name a new directory.

      ",
        "stdout": "",
      }
    `);
    expect(readdirSync(join(cwd, 'used'))).toEqual(['notes.txt']);
    expect(await runCli(['new', 'used/notes.txt'], { cwd })).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7005]') });
  });

  it('takes an empty directory, and prints JSON', async () => {
    mkdirSync(join(cwd, 'empty'));
    const { exit, stdout } = await runCli(['new', '.', '--json', '--model', 'stargan'], { cwd: join(cwd, 'empty') });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ directory: '.', model: 'stargan', files: ['package.json', 'objective.ganloss', 'data.js', 'networks.js', 'train.js', 'README.md'] });
  });
});

describe.each(MODELS)('a new %s project', (model) => {
  it('has a specification of that model', async () => {
    const cwd = temporaryFolder();
    await runCli(['new', 'p', '--model', model], { cwd });
    expect(compile(readFileSync(join(cwd, 'p/objective.ganloss'), 'utf8'))).toMatchObject({ model, diagnostics: [] });
    expect(await runCli(['fmt', '--check', 'p/objective.ganloss'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
  });
});

describe('a new project with this package installed', () => {
  // inside the checkout, so that dependencies are found
  const folder = join(ROOT, 'out');
  let work = '';

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    work = mkdtempSync(join(folder, 'new-'));
    const entry = { index: 'src/index.ts', runtime: 'src/runtime.ts' };
    await build({ config: false, cwd: ROOT, entry, outDir: join(work, 'ganloss/dist'), format: 'esm', fixedExtension: false, platform: 'neutral', dts: false, logLevel: 'error', plugins: [ganlossText() as never] });
    copyFileSync(join(ROOT, 'package.json'), join(work, 'ganloss/package.json'));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(MODELS)('trains a %s, and draws', async (model) => {
    await runCli(['new', model, '--model', model], { cwd: work });
    mkdirSync(join(work, model, 'node_modules'));
    symlinkSync(join(work, 'ganloss'), join(work, model, 'node_modules/ganloss'));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['train.js', '2'], { cwd: join(work, model), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [line, empty, ...picture] = stdout.split('\n');
    expect(line).toMatch(/^step 2 {2}discriminator -?\d+\.\d{3} {2}generator -?\d+\.\d{3}$/);
    expect(empty).toBe('');
    // eight images in two rows, eight lines each
    expect(picture).toHaveLength(2 * 9 + 1);
    expect(picture.join('')).toMatch(/[=+]/);
  });
});
