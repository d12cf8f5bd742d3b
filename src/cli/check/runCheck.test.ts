import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

let cwd = '';
beforeEach(() => {
  cwd = temporaryFolder();
});
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const check = (...argv: readonly string[]) => runCli(['check', ...argv], { cwd });

describe('check', () => {
  it('says that a good file is good, and what model it is of', async () => {
    write('a.ganloss', 'wasserstein + 10*gp\n');
    expect(await check('a.ganloss')).toEqual({ exit: 0, stdout: '1 file checked (model gan): no problems\n', stderr: '' });
  });

  it('shows every problem of a file, on standard error', async () => {
    write('a.ganloss', 'wassertein + 10*gp(taget: 1)\n');
    expect(await check('a.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL2001]: unknown term 'wassertein'; did you mean 'wasserstein'?
        --> a.ganloss:1:1
         |
       1 | wassertein + 10*gp(taget: 1)
         | ^^^^^^^^^^ unknown term
         = fix: replace by 'wasserstein'

      error[GL2003]: 'gp' has no argument 'taget'; did you mean 'target'?
        --> a.ganloss:1:20
         |
       1 | wassertein + 10*gp(taget: 1)
         |                    ^^^^^ unknown argument
         = help: Arguments of 'gp': epsilon, target, one_sided, weights.
         = fix: replace by 'target'

      ",
        "stdout": "1 file checked: 2 errors; --fix mends them
      ",
      }
    `);
  });

  it('does not fail for warnings and notes', async () => {
    write('a.ganloss', 'param k = 1\nobjective = wasserstein + 0*gp\n');
    expect(await check('a.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 0,
        "stderr": "warning[GL4002]: the param 'k' is never used
        --> a.ganloss:1:7
         |
       1 | param k = 1
         |       ^ unused

      note[GL4001]: 'gp' is eliminated: its weight is 0, and TF-GAN's gan_loss leaves out an auxiliary term then
        --> a.ganloss:2:27
         |
       2 | objective = wasserstein + 0*gp
         |                           ^^^^ eliminated

      ",
        "stdout": "1 file checked (model gan): 1 warning, 1 note
      ",
      }
    `);
  });

  it('prints JSON of just the documented form', async () => {
    write('a.ganloss', 'param lambda = 10\ninput importance\nobjective = hinge(real_weights: importance) + lambda*gp\n');
    write('b.ganloss', 'wasserstein + 10\n');
    expect(await check('--json', 'a.ganloss', 'b.ganloss', 'c.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "",
        "stdout": "{
        "files": [
          {
            "file": "a.ganloss",
            "model": "gan",
            "params": {
              "lambda": 10
            },
            "inputs": [
              "importance"
            ],
            "diagnostics": []
          },
          {
            "file": "b.ganloss",
            "model": null,
            "params": {},
            "inputs": [],
            "diagnostics": [
              {
                "code": "GL3002",
                "severity": "error",
                "message": "a number cannot be added to a term; did you mean 10*…?",
                "start": {
                  "line": 1,
                  "column": 15
                },
                "end": {
                  "line": 1,
                  "column": 17
                },
                "hint": "Terms are added to terms; a number can only be a weight, as in 10*gp."
              }
            ]
          },
          {
            "file": "c.ganloss",
            "model": null,
            "params": {},
            "inputs": [],
            "diagnostics": [
              {
                "code": "GL7001",
                "severity": "error",
                "message": "'c.ganloss' does not exist",
                "start": {
                  "line": 1,
                  "column": 1
                },
                "end": {
                  "line": 1,
                  "column": 1
                },
                "hint": "check the path: it is taken from the current directory"
              }
            ]
          }
        ]
      }
      ",
      }
    `);
  });

  it('reads standard input', async () => {
    expect(await runCli(['check', '-'], { cwd, stdin: 'wasserstein +\n' })).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL1002]: an expression is missing after '+'
        --> <stdin>:1:14
         |
       1 | wasserstein +
         |              ^ expected here

      ",
        "stdout": "1 file checked: 1 error
      ",
      }
    `);
  });

  it('takes directories for the specifications below them, in one order', async () => {
    mkdirSync(join(cwd, 'specs/inner'), { recursive: true });
    mkdirSync(join(cwd, 'specs/node_modules'));
    for (const name of ['b', 'a', 'inner/c', 'node_modules/d', '.hidden']) write(`specs/${name}.ganloss`, 'hinge');
    write('specs/readme.md', 'gp^2');
    const { stdout } = await check('--json', 'specs', 'specs/a.ganloss');
    expect((JSON.parse(stdout) as { files: { file: string }[] }).files.map(({ file }) => file)).toEqual(['specs/a.ganloss', 'specs/b.ganloss', 'specs/inner/c.ganloss']);
  });

  it('says what cannot be read', async () => {
    mkdirSync(join(cwd, 'empty'));
    write('latin.ganloss', new Uint8Array([0x2f, 0x2f, 0x0a, 0x2f, 0x2f, 0xe9, 0x0a]));
    write('utf16.ganloss', new Uint8Array([0xff, 0xfe, 0x67, 0x00]));
    expect(await check('nowhere.ganloss', 'empty', 'latin.ganloss', 'utf16.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL7001]: 'nowhere.ganloss' does not exist
        = help: check the path: it is taken from the current directory

      error[GL7001]: 'empty' is a directory
        = help: Name a file. "check" and "fmt" also take directories that have .ganloss files in them.

      error[GL7008]: 'latin.ganloss' is not UTF-8 text
        = help: The first byte that is none stands in line 2. Save the file as UTF-8.

      error[GL7008]: 'utf16.ganloss' is not UTF-8 text
        = help: It looks like UTF-16: save it as UTF-8.

      ",
        "stdout": "4 files checked: 4 errors
      ",
      }
    `);
  });

  it('accepts a byte order mark, and counts columns without it', async () => {
    write('a.ganloss', '\ufeffhinge + gq\n');
    const { stdout } = await check('--json', 'a.ganloss');
    expect((JSON.parse(stdout) as { files: { diagnostics: { start: unknown }[] }[] }).files[0]!.diagnostics[0]!.start).toEqual({ line: 1, column: 9 });
  });
});

describe('check --fix', () => {
  it('mends what needs no judgement, and reports the rest', async () => {
    write('a.ganloss', '\ufeff// kept\r\nwassertein + 10*gp(taget: 1) + 10\r\n');
    const { exit, stdout } = await check('--fix', 'a.ganloss');
    expect({ exit, stdout, text: read('a.ganloss') }).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stdout": "1 file checked, 2 problems fixed: 1 error
      ",
        "text": "﻿// kept
      wasserstein + 10*gp(target: 1) + 10
      ",
      }
    `);
  });

  it('leaves a file alone that has nothing to mend', async () => {
    write('a.ganloss', 'gp  *  wasserstein');
    await check('--fix', 'a.ganloss');
    expect(read('a.ganloss')).toBe('gp  *  wasserstein');
  });

  it('writes mended standard input to standard output', async () => {
    expect(await runCli(['check', '--fix', '-'], { cwd, stdin: 'wassertein\n' })).toEqual({ exit: 0, stdout: 'wasserstein\n', stderr: '1 file checked (model gan), 1 problem fixed: no problems\n' });
  });
});

describe('imports', () => {
  it('are read relative to the file that imports', async () => {
    mkdirSync(join(cwd, 'terms'));
    write('terms/base.ganloss', 'term half(k = 1) = k/2*gp\n');
    write('terms/penalty.ganloss', 'import { half } from "./base.ganloss"\nterm whole() = 2*half\n');
    write('a.ganloss', 'import { whole } from "./terms/penalty.ganloss"\nobjective = wasserstein + 10*whole\n');
    expect(await check('a.ganloss')).toEqual({ exit: 0, stdout: '1 file checked (model gan): no problems\n', stderr: '' });
  });

  it('reach no further than the project, by whatever way', async () => {
    mkdirSync(join(cwd, 'project/specs'), { recursive: true });
    write('secret.ganloss', 'term secret() = gp\n');
    write('project/package.json', '{}');
    write('project/shared.ganloss', 'term shared() = gp\n');
    symlinkSync(join(cwd, 'secret.ganloss'), join(cwd, 'project/specs/link.ganloss'));
    write('project/specs/a.ganloss', 'import { shared } from "../shared.ganloss"\nobjective = wasserstein + shared\n');
    for (const [name, path] of [['up', '../../secret.ganloss'], ['absolute', join(cwd, 'secret.ganloss')], ['link', './link.ganloss'], ['folder', '.'], ['nothing', './no.ganloss']]) {
      write(`project/specs/${name}.ganloss`, `import { secret } from "${path}"\nobjective = wasserstein + secret\n`);
    }
    expect((await check('project/specs/a.ganloss')).exit).toBe(0);
    const { stdout } = await check('--json', ...['up', 'absolute', 'link', 'folder', 'nothing'].map((name) => `project/specs/${name}.ganloss`));
    const { files } = JSON.parse(stdout) as { files: { diagnostics: { code: string; message: string }[] }[] };
    const found = files.map(({ diagnostics }) => diagnostics.map(({ code, message }) => `${code} ${message.replaceAll(cwd, '<cwd>')}`));
    expect(found).toMatchInlineSnapshot(`
      [
        [
          "GL2007 "../../secret.ganloss" cannot be imported: it lies outside the project, which begins at '..'",
        ],
        [
          "GL2007 "<cwd>/secret.ganloss" cannot be imported: it lies outside the project, which begins at '..'",
        ],
        [
          "GL2007 "./link.ganloss" cannot be imported: it is a link that leads outside the project",
        ],
        [
          "GL2007 "." cannot be imported: it is not a file",
        ],
        [
          "GL2007 the import "./no.ganloss" was not found",
        ],
      ]
    `);
  });

  it('may not go round, however a file is named', async () => {
    write('a.ganloss', 'import { b } from "./b.ganloss"\nterm a() = gp\nobjective = wasserstein + b\n');
    write('b.ganloss', 'import { a } from "./a.ganloss"\nterm b() = a\n');
    const { exit, stderr } = await check('./a.ganloss');
    expect(exit).toBe(1);
    expect(stderr).toContain('GL2007');
  });
});
