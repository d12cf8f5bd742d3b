import { example, JSON_OPTION, type DefineCommand } from './command.ts';

interface Options {
  readonly check?: boolean;
  readonly json?: boolean;
}

export const defineFmt: DefineCommand = (program, context, exit) =>
  program
    .command('fmt')
    .description('Rewrite specifications in the canonical form. Comments stay; what has syntax errors is not touched.')
    .argument('<file...>', 'specifications, directories of them, or - to read standard input and write standard output')
    .option('--check', 'write nothing: list the files that would change, and exit with 1 if there are any')
    .option(...JSON_OPTION)
    .addHelpText('after', example('ganloss fmt examples/', 'ganloss fmt --check wgan-gp.ganloss'))
    .action(async (files: readonly string[], options: Options) => {
      const { runFmt } = await import('../fmt/runFmt.ts');
      exit(await runFmt(files, options, context));
    });
