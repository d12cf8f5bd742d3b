import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { example, type DefineCommand } from './commands/command.ts';
import { defineBench } from './commands/bench.ts';
import { defineCheck } from './commands/check.ts';
import { defineCompile } from './commands/compile.ts';
import { defineExplain } from './commands/explain.ts';
import { defineFmt } from './commands/fmt.ts';
import { defineNew } from './commands/new.ts';
import { defineReplay } from './commands/replay.ts';
import { defineTrain } from './commands/train.ts';
import type { Context } from './context.ts';
import { wantsColour } from './io.ts';

const DEFINITIONS: readonly DefineCommand[] = [defineCheck, defineCompile, defineExplain, defineFmt, defineTrain, defineReplay, defineBench, defineNew];

/** The command line's grammar. @param exit takes the status of the command that ran */
export function createProgram(context: Context, exit: (code: number) => void): Command {
  const { io, colours } = context;
  const program = new Command('ganloss')
    .description('Compiles GAN objectives such as "wasserstein + 10*gp" to TensorFlow.js, and trains with them.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', example('ganloss train examples/wgan-gp.ganloss --data mnist --out out/mnist'));
  for (const define of DEFINITIONS) define(program, context, exit);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: io.stdout.write,
        writeErr: io.stderr.write,
        getOutHelpWidth: () => HELP_WIDTH,
        getErrHelpWidth: () => HELP_WIDTH,
        getOutHasColors: () => wantsColour(io, 'stdout'),
        getErrHasColors: () => wantsColour(io, 'stderr'),
        outputError: (text, write) => write(text.replace(/^error:/, colours.stderr.red('error:'))),
      })
      .configureHelp({ styleTitle: (title) => colours.stdout.bold(title) })
      .showHelpAfterError(`Run "ganloss${command === program ? '' : ` ${command.name()}`} --help" for what it takes.`);
  }
  return program;
}

/** Help does not depend on the terminal, so that it reads the same in a log and in a test. */
const HELP_WIDTH = 100;
