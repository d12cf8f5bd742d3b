import type { NetworkOptions } from '../networks/networkModule.ts';
import { example, JSON_OPTION, type DefineCommand } from './command.ts';
import { networkOptions, wholeNumber } from './networkOptions.ts';

interface Options extends NetworkOptions {
  readonly steps?: number;
  readonly json?: boolean;
}

export const defineBench: DefineCommand = (program, context, exit) =>
  networkOptions(program.command('bench'))
    .description('Time training steps of your networks: as compiled code and on the tape, by term, and without each pass of the compiler.')
    .argument('<spec>', 'the specification, or - for standard input')
    .option('--steps <n>', 'steps to time in each mode (default: as many as two seconds take, at least 5)', wholeNumber(1))
    .option(...JSON_OPTION)
    .addHelpText('after', example('ganloss bench wgan-gp.ganloss --networks nets.js --batch 64'))
    .action(async (spec: string, options: Options) => {
      const { runBench } = await import('../bench/runBench.ts');
      exit(await runBench(spec, options, context));
    });
