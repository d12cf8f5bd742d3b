import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from './testing/runCli.ts';

/** Lets the test do the next thing each time that the command says it is watching. */
function watching(argv: readonly string[], cwd: string, actions: readonly (() => void)[]) {
  let press = (): void => {};
  let round = 0;
  return runCli(argv, {
    cwd,
    onHandler: (given) => {
      press = given;
    },
    onWrite: (text) => {
      if (!text.includes('watching')) return;
      const action = actions[round++];
      // the handler for Ctrl-C is there a moment after the first message
      setTimeout(action ?? (() => press()), 20);
    },
  });
}

describe('--watch', () => {
  it('runs again when a file changes, or one that it imports, until Ctrl-C', async () => {
    const cwd = temporaryFolder();
    const write = (name: string, text: string) => () => writeFileSync(join(cwd, name), text);
    write('a.ganloss', 'import { t } from "./b.ganloss"\nobjective = wasserstein + t\n')();
    write('b.ganloss', 'term t() = gp\n')();
    const { exit, stdout } = await watching(['check', '--watch', 'a.ganloss'], cwd, [
      write('b.ganloss', 'term t() = gq\n'),
      write('b.ganloss', 'term t() = 2*gp\n'),
      write('a.ganloss', 'hinge + 1\n'),
    ]);
    expect(exit).toBe(0);
    expect(stdout.split('\n')).toEqual(['1 file checked (model gan): no problems', '1 file checked: 1 error', '1 file checked (model gan): no problems', '1 file checked: 1 error', '']);
  });

  it('goes on after a file that cannot be compiled', async () => {
    const cwd = temporaryFolder();
    const { exit, stdout, stderr } = await watching(['compile', '--emit', 'latex', '--watch', 'a.ganloss'], cwd, [() => writeFileSync(join(cwd, 'a.ganloss'), 'hinge\n')]);
    expect(exit).toBe(0);
    expect(stderr).toContain('error[GL7001]');
    expect(stdout).toContain('align*');
  });

  it('cannot watch standard input', async () => {
    expect(await runCli(['explain', '--watch', '-'], { cwd: temporaryFolder() })).toMatchObject({ exit: 2, stderr: expect.stringContaining('standard input cannot be watched') });
  });
});
