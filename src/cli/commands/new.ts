import { Option } from 'commander';
import type { Model } from '../../dsl/typed.ts';
import { example, JSON_OPTION, type DefineCommand } from './command.ts';

interface Options {
  readonly model: Model;
  readonly json?: boolean;
}

const MODELS: readonly Model[] = ['gan', 'acgan', 'infogan', 'cyclegan', 'stargan'];

export const defineNew: DefineCommand = (program, context, exit) =>
  program
    .command('new')
    .description('Write a project that trains: specification, networks, training script. Nothing is ever overwritten.')
    .argument('<dir>', 'the directory to make')
    .addOption(new Option('--model <model>', 'what kind of GAN').choices(MODELS).default('gan'))
    .option(...JSON_OPTION)
    .addHelpText('after', example('ganloss new faces && cd faces && npm install && npm start', 'ganloss new horses --model cyclegan'))
    .action(async (directory: string, options: Options) => {
      const { runNew } = await import('../new/runNew.ts');
      exit(runNew(directory, options, context));
    });
