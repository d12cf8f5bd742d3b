import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

let cwd = '';
beforeEach(() => {
  cwd = temporaryFolder();
});
const write = (name: string, content: string): void => writeFileSync(join(cwd, name), content);
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');

describe('fmt', () => {
  it('rewrites files in place, and leaves what has syntax errors as it is', async () => {
    write('a.ganloss', 'wasserstein+10 * gp // why\n');
    write('b.ganloss', 'wasserstein +\n');
    write('c.ganloss', 'hinge\n');
    expect(await runCli(['fmt', '.'], { cwd })).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL1002]: an expression is missing after '+'
        --> b.ganloss:1:14
         |
       1 | wasserstein +
         |              ^ expected here

      3 files read, 1 formatted, 1 file left as it is
      ",
        "stdout": "",
      }
    `);
    expect([read('a.ganloss'), read('b.ganloss'), read('c.ganloss')]).toEqual(['wasserstein + 10*gp // why\n', 'wasserstein +\n', 'hinge\n']);
  });

  it('formats what does not compile', async () => {
    expect(await runCli(['fmt', '-'], { cwd, stdin: 'gp   *  wasserstein' })).toEqual({ exit: 0, stdout: 'gp*wasserstein\n', stderr: '1 file read, 1 formatted\n' });
  });

  it('only lists with --check', async () => {
    write('a.ganloss', 'wasserstein+10*gp');
    write('b.ganloss', 'hinge\n');
    expect(await runCli(['fmt', '--check', 'a.ganloss', 'b.ganloss'], { cwd })).toEqual({ exit: 1, stdout: 'a.ganloss\n', stderr: '2 files read, 1 to be formatted\n' });
    expect(read('a.ganloss')).toBe('wasserstein+10*gp');
    expect((await runCli(['fmt', '--check', 'b.ganloss'], { cwd })).exit).toBe(0);
  });

  it('prints JSON', async () => {
    write('a.ganloss', 'wasserstein+10*gp');
    const { exit, stdout } = await runCli(['fmt', '--json', 'a.ganloss', 'nowhere.ganloss'], { cwd });
    expect({ exit, json: JSON.parse(stdout) as unknown }).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "json": {
          "files": [
            {
              "changed": true,
              "diagnostics": [],
              "file": "a.ganloss",
            },
            {
              "changed": false,
              "diagnostics": [
                {
                  "code": "GL7001",
                  "end": {
                    "column": 1,
                    "line": 1,
                  },
                  "hint": "check the path: it is taken from the current directory",
                  "message": "'nowhere.ganloss' does not exist",
                  "severity": "error",
                  "start": {
                    "column": 1,
                    "line": 1,
                  },
                },
              ],
              "file": "nowhere.ganloss",
            },
          ],
        },
      }
    `);
  });
});
