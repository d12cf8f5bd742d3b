import { watchFiles } from '../watchFiles.ts';
import { example, JSON_OPTION, WATCH_OPTION, type DefineCommand } from './command.ts';

interface Options {
  readonly json?: boolean;
  readonly watch?: boolean;
}

export const defineExplain: DefineCommand = (program, context, exit) =>
  program
    .command('explain')
    .description('Explain a specification, a diagnostic code or a built-in term.')
    .argument('<subject>', 'a file (- for standard input), a code such as GL3001, or a term such as gp')
    .option(...JSON_OPTION)
    .option(...WATCH_OPTION)
    .addHelpText('after', example('ganloss explain wgan-gp.ganloss', 'ganloss explain GL3001', 'ganloss explain gp'))
    .action(async (subject: string, options: Options) => {
      const { runExplain } = await import('../explain/runExplain.ts');
      const run = () => runExplain(subject, options, context);
      exit(options.watch === true ? await watchFiles([subject], run, context) : (await run()).exit);
    });
