import { Option } from 'commander';
import type { ReplayOptions } from '../replay/runReplay.ts';
import { example, JSON_OPTION, type DefineCommand } from './command.ts';

export const defineReplay: DefineCommand = (program, context, exit) =>
  program
    .command('replay')
    .description('Take the step once more at which a run of "train" ended in NaN or infinity (GL6001): its state, batch and draws are kept.')
    .argument('<dir>', 'the run: what --out was')
    .addOption(new Option('--backend <backend>', "of TensorFlow.js (default: the run's)").choices(['wasm', 'cpu']))
    .addOption(new Option('--mode <mode>', "compiled, or on the tape (default: the run's)").choices(['auto', 'captured', 'tape']))
    .option(...JSON_OPTION)
    .addHelpText('after', example('ganloss replay out/mnist', 'ganloss replay out/mnist --mode tape --backend cpu'))
    .action(async (directory: string, options: ReplayOptions) => {
      const { runReplay } = await import('../replay/runReplay.ts');
      exit(await runReplay(directory, options, context));
    });
