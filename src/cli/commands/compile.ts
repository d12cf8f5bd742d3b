import { Option } from 'commander';
import type { EmitKind } from '../../emit.ts';
import { watchFiles } from '../watchFiles.ts';
import { collect, example, JSON_OPTION, WATCH_OPTION, type DefineCommand } from './command.ts';

interface Options {
  readonly emit: EmitKind;
  readonly output?: string;
  readonly without?: readonly string[];
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** What each kind is; the emitters themselves are loaded when they are needed. */
const KINDS: { readonly [K in EmitKind]: string } = {
  tfjs: 'an ES module of TensorFlow.js calls',
  ast: 'the syntax tree',
  objective: 'names resolved, weights collected',
  ir: 'the graphs as lowered',
  optimized: 'the graphs after the passes',
  schedule: 'the calls in their order',
  dot: 'the optimised graphs for Graphviz',
  latex: 'both losses as formulas',
};

export const defineCompile: DefineCommand = (program, context, exit) =>
  program
    .command('compile')
    .description('Compile a specification and print any stage of it.')
    .argument('<file>', 'the specification, or - for standard input')
    .addOption(new Option('--emit <kind>', 'what to print').choices(Object.keys(KINDS)).default('tfjs'))
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--without <pass>', 'leave out a pass; may be given more than once', collect)
    .option(...JSON_OPTION)
    .option(...WATCH_OPTION)
    .addHelpText('after', `\nKinds:\n${Object.entries(KINDS).map(([kind, what]) => `  ${kind.padEnd(10)} ${what}`).join('\n')}`)
    .addHelpText('after', example('ganloss compile wgan-gp.ganloss -o wgan-gp.js', 'ganloss compile --emit dot wgan-gp.ganloss | dot -Tsvg > wgan-gp.svg'))
    .action(async (file: string, options: Options) => {
      const { runCompile } = await import('../compile/runCompile.ts');
      const run = () => runCompile(file, options, context);
      exit(options.watch === true ? await watchFiles([file], run, context) : (await run()).exit);
    });
