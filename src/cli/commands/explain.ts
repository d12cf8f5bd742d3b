import { Option } from 'commander';
import type { NetworkOptions } from '../networks/networkModule.ts';
import { watchFiles } from '../watchFiles.ts';
import { example, JSON_OPTION, WATCH_OPTION, type DefineCommand } from './command.ts';
import { networkOptions } from './networkOptions.ts';

interface Options extends NetworkOptions {
  readonly schedule?: boolean;
  readonly run?: boolean;
  readonly target: 'wasm' | 'js';
  readonly json?: boolean;
  readonly watch?: boolean;
}

export const defineExplain: DefineCommand = (program, context, exit) =>
  networkOptions(program.command('explain'))
    .description('Explain a specification, a diagnostic code or a built-in term.')
    .argument('<subject>', 'a file (- for standard input), a code such as GL3001, or a term such as gp')
    .option('--schedule', 'list the kernels of a training step of --networks, with shapes, FLOPs and bytes')
    .option('--run', 'with --schedule: time each kernel')
    .addOption(new Option('--target <target>', 'with --run: what the kernels are compiled to').choices(['wasm', 'js']).default('wasm'))
    .option(...JSON_OPTION)
    .option(...WATCH_OPTION)
    .addHelpText('after', example('ganloss explain wgan-gp.ganloss', 'ganloss explain GL3001', 'ganloss explain gp', 'ganloss explain --schedule wgan-gp.ganloss --networks nets.js --batch 64 --run'))
    .action(async (subject: string, options: Options) => {
      const run =
        options.schedule === true
          ? await import('../explain/runExplainSchedule.ts').then(({ runExplainSchedule }) => () => runExplainSchedule(subject, options, context))
          : await import('../explain/runExplain.ts').then(({ runExplain }) => () => runExplain(subject, options, context));
      exit(options.watch === true ? await watchFiles([subject], run, context) : (await run()).exit);
    });
