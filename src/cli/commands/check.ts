import { watchFiles } from '../watchFiles.ts';
import { example, JSON_OPTION, WATCH_OPTION, type DefineCommand } from './command.ts';

interface Options {
  readonly fix?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

export const defineCheck: DefineCommand = (program, context, exit) =>
  program
    .command('check')
    .description('Report every problem of specifications.')
    .argument('<file...>', 'specifications, directories of them, or - for standard input')
    .option('--fix', 'make the changes that need no judgement')
    .option(...JSON_OPTION)
    .option(...WATCH_OPTION)
    .addHelpText('after', example('ganloss check wgan-gp.ganloss', 'ganloss check --fix examples/', 'echo "wasserstein + 10*gp" | ganloss check -'))
    .action(async (files: readonly string[], options: Options) => {
      const { runCheck } = await import('../check/runCheck.ts');
      const run = () => runCheck(files, options, context);
      exit(options.watch === true ? await watchFiles(files, run, context) : (await run()).exit);
    });
