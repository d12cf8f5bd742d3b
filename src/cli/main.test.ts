import { describe, expect, it } from 'vitest';
import { EMIT_KINDS } from '../emit.ts';
import { createContext } from './context.ts';
import { reportFailure } from './reportFailure.ts';
import { runCli, temporaryFolder } from './testing/runCli.ts';

const cwd = temporaryFolder();
const run = (...argv: readonly string[]) => runCli(argv, { cwd });

describe('the command line', () => {
  it('shows what there is', async () => {
    expect(await run('--help')).toMatchInlineSnapshot(`
      {
        "exit": 0,
        "stderr": "",
        "stdout": "Usage: ganloss [options] [command]

      Compiles GAN objectives such as "wasserstein + 10*gp" to TensorFlow.js, and trains with them.

      Options:
        -V, --version                print the version
        -h, --help                   print this help

      Commands:
        check [options] <file...>    Report every problem of specifications.
        compile [options] <file>     Compile a specification and print any stage of it, or compile a whole
                                     training step ahead of time.
        explain [options] <subject>  Explain a specification, a diagnostic code or a built-in term.
        fmt [options] <file...>      Rewrite specifications in the canonical form. Comments stay; what has
                                     syntax errors is not touched.
        train [options] <spec>       Train networks on images by a specification. Ctrl-C saves everything
                                     and says how to go on.
        replay [options] <dir>       Take the step once more at which a run of "train" ended in NaN or
                                     infinity (GL6001): its state, batch and draws are kept.
        bench [options] <spec>       Time training steps of your networks: as compiled code and on the
                                     tape, by term, and without each pass of the compiler.
        new [options] <dir>          Write a project that trains: specification, networks, training
                                     script. Nothing is ever overwritten.
        help [command]               print the help of a command

      Example:
        $ ganloss train examples/wgan-gp.ganloss --data mnist --out out/mnist
      ",
      }
    `);
  });

  it('takes no command at all as a mistake, and shows the help', async () => {
    const { exit, stdout, stderr } = await run();
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('Usage: ganloss');
  });

  it('prints its version', async () => {
    expect(await run('--version')).toEqual({ exit: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('suggests commands and options', async () => {
    expect(await run('chekc')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: unknown command 'chekc'
      (Did you mean check?)
      Run "ganloss --help" for what it takes.
      ",
        "stdout": "",
      }
    `);
    expect(await run('check', '--jsn', 'a.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: unknown option '--jsn'
      (Did you mean --json?)
      Run "ganloss check --help" for what it takes.
      ",
        "stdout": "",
      }
    `);
  });

  it('refuses choices that there are not', async () => {
    expect(await run('compile', '--emit', 'dto', 'a.ganloss')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: option '--emit <kind>' argument 'dto' is invalid. Allowed choices are tfjs, ast, objective, ir, optimized, schedule, dot, latex.
      Run "ganloss compile --help" for what it takes.
      ",
        "stdout": "",
      }
    `);
    expect(await run('train', 'a.ganloss', '--data', 'mnist', '--out', 'out', '--steps', '1e3')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: option '--steps <n>' argument '1e3' is invalid. It must be a whole number, at least 1.
      Run "ganloss train --help" for what it takes.
      ",
        "stdout": "",
      }
    `);
    expect(await run('train', 'a.ganloss', '--data', 'mnist')).toMatchInlineSnapshot(`
      {
        "exit": 2,
        "stderr": "error: required option '--out <dir>' not specified
      Run "ganloss train --help" for what it takes.
      ",
        "stdout": "",
      }
    `);
    expect((await run('new', 'x', '--model', 'vae')).exit).toBe(2);
  });

  it.each(['check', 'compile', 'explain', 'fmt', 'train', 'new'])('shows an example in the help of %s', async (command) => {
    const { exit, stdout } = await run(command, '--help');
    expect(exit).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\n {2}\\$ .*ganloss ${command} `));
    expect(await run('help', command)).toEqual({ exit: 0, stdout, stderr: '' });
  });

  it('names every kind that can be emitted', async () => {
    const { stdout } = await run('compile', '--help');
    for (const kind of EMIT_KINDS) expect(stdout).toMatch(new RegExp(`^ {2}${kind} +\\S`, 'm'));
  });

  it('colours on terminals only, and never where NO_COLOR is set', async () => {
    const coloured = async (settings: { readonly tty: boolean; readonly env?: Record<string, string> }) =>
      (await runCli(['check', '-'], { cwd, stdin: 'gp^2', ...settings })).stderr.includes('\u001B[');
    expect(await coloured({ tty: true })).toBe(true);
    expect(await coloured({ tty: false })).toBe(false);
    expect(await coloured({ tty: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured({ tty: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await coloured({ tty: false, env: { FORCE_COLOR: '1' } })).toBe(true);
  });
});

describe('an error that nobody foresaw', () => {
  const report = (env: Record<string, string>) => {
    let stderr = '';
    const output = { write: (text: string) => void (stderr += text) };
    const io = { stdout: output, stderr: output, stdin: async () => new Uint8Array(), cwd, env, isTTY: { stdout: false, stderr: false }, onInterrupt: () => () => {} };
    return { exit: reportFailure(new Error('the moon is full'), createContext(io), false), stderr };
  };

  it('is called a bug, without a stack', () => {
    expect(report({})).toMatchInlineSnapshot(`
      {
        "exit": 70,
        "stderr": "internal error: the moon is full
      This is a bug of ganloss 0.1.0: please report it, with the command and its files.
      GANLOSS_DEBUG=1 shows where it comes from.
      ",
      }
    `);
  });

  it('shows its stack where that is asked for', () => {
    expect(report({ GANLOSS_DEBUG: '1' }).stderr).toContain('main.test.ts');
  });
});
