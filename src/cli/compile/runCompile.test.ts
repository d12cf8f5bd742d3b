import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { EMIT_KINDS } from '../../emit.ts';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

const cwd = temporaryFolder();
const TEXT = 'wasserstein + 10*gp\n';
writeFileSync(join(cwd, 'a.ganloss'), TEXT);
const run = (...argv: readonly string[]) => runCli(['compile', ...argv], { cwd });

describe('compile', () => {
  it('prints a module of tfjs calls unless told otherwise', async () => {
    expect(await run('a.ganloss')).toEqual({ exit: 0, stdout: compile(TEXT, { file: 'a.ganloss' }).emit('tfjs'), stderr: '' });
  });

  it.each(EMIT_KINDS)('prints %s just as the API does', async (kind) => {
    expect((await run('--emit', kind, 'a.ganloss')).stdout).toBe(compile(TEXT, { file: 'a.ganloss' }).emit(kind));
  });

  it('writes a file', async () => {
    expect(await run('a.ganloss', '-o', 'made/a.js')).toEqual({ exit: 0, stdout: '', stderr: 'wrote made/a.js\n' });
    expect(readFileSync(join(cwd, 'made/a.js'), 'utf8')).toBe(compile(TEXT, { file: 'a.ganloss' }).emit('tfjs'));
  });

  it('says where it cannot write', async () => {
    expect(await run('a.ganloss', '-o', 'a.ganloss/x.js')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7005]') });
  });

  it('leaves out passes, and knows their names', async () => {
    const { stdout } = await run('--emit', 'optimized', '--without', 'simplify', 'a.ganloss');
    expect(stdout).toBe(compile(TEXT, { file: 'a.ganloss', without: ['simplify'] }).emit('optimized'));
    expect(stdout).not.toBe(compile(TEXT, { file: 'a.ganloss' }).emit('optimized'));
    expect(await run('--without', 'simplfy', 'a.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: there is no pass 'simplfy'; did you mean 'simplify'?
      The passes are differentiate, eliminateDeadTerms, simplify, foldConstants, mergeCommon, eliminateDeadCode.
      ",
        "stdout": "",
      }
    `);
  });

  it('keeps remarks out of the result', async () => {
    const { exit, stdout, stderr } = await runCli(['compile', '--emit', 'latex', '-'], { cwd, stdin: 'wasserstein + 0*gp' });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\\begin\{align\*\}/);
    expect(stderr).toContain('note[GL4001]');
  });

  it('prints nothing for a specification with errors', async () => {
    expect(await runCli(['compile', '-'], { cwd, stdin: 'gp^2' })).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL3001]: a term is a pair of losses and has no powers
        --> <stdin>:1:1
         |
       1 | gp^2
         | ^^^^ not a multiple of a term
         = help: A term can be added to terms, and multiplied or divided by a number or a param.

      ",
        "stdout": "",
      }
    `);
    expect(await run('nowhere.ganloss')).toMatchObject({ exit: 1, stdout: '' });
  });

  it('prints JSON, of errors too', async () => {
    const { stdout } = await run('--json', '--emit', 'latex', 'a.ganloss');
    expect(JSON.parse(stdout)).toMatchObject({ file: 'a.ganloss', emit: 'latex', text: expect.stringContaining('align'), diagnostics: [], remarks: expect.any(Array) });
    expect(JSON.parse((await runCli(['compile', '--json', '-'], { cwd, stdin: 'gp/0' })).stdout)).toMatchObject({ diagnostics: [{ code: 'GL3003', start: { line: 1, column: 4 } }] });
  });
});
