import { Option } from 'commander';
import type { EmitKind } from '../../emit.ts';
import type { NetworkOptions } from '../networks/networkModule.ts';
import { watchFiles } from '../watchFiles.ts';
import { UsageError } from '../usageError.ts';
import { collect, example, JSON_OPTION, WATCH_OPTION, type DefineCommand } from './command.ts';
import { networkOptions } from './networkOptions.ts';

interface Options extends NetworkOptions {
  readonly emit: EmitKind;
  readonly target: StepTarget;
  readonly relaxedSimd?: boolean;
  readonly output?: string;
  readonly without?: readonly string[];
  readonly json?: boolean;
  readonly watch?: boolean;
}

type StepTarget = 'tfjs' | 'wasm' | 'js';

/** What a specification becomes for each target. */
const TARGETS: { readonly [T in StepTarget]: string } = {
  tfjs: 'losses of networks that it is given, as calls of TensorFlow.js (default)',
  wasm: 'the whole training step of --networks as WebAssembly, in a module that needs nothing else',
  js: 'the same as JavaScript',
};

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
  networkOptions(program.command('compile'))
    .description('Compile a specification and print any stage of it, or compile a whole training step ahead of time.')
    .argument('<file>', 'the specification, or - for standard input')
    .addOption(new Option('--target <target>', 'what the module runs on').choices(Object.keys(TARGETS)).default('tfjs'))
    .option('--relaxed-simd', 'let WebAssembly use the multiply-add of relaxed SIMD, which not every engine has')
    .addOption(new Option('--emit <kind>', 'what to print').choices(Object.keys(KINDS)).default('tfjs'))
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--without <pass>', 'leave out a pass; may be given more than once', collect)
    .option(...JSON_OPTION)
    .option(...WATCH_OPTION)
    .addHelpText('after', `\nKinds:\n${Object.entries(KINDS).map(([kind, what]) => `  ${kind.padEnd(10)} ${what}`).join('\n')}`)
    .addHelpText('after', `\nTargets:\n${Object.entries(TARGETS).map(([target, what]) => `  ${target.padEnd(10)} ${what}`).join('\n')}`)
    .addHelpText('after', example('ganloss compile wgan-gp.ganloss -o wgan-gp.js', 'ganloss compile wgan-gp.ganloss --networks nets.js --batch 64 --target wasm -o step.js', 'ganloss compile --emit dot wgan-gp.ganloss | dot -Tsvg > wgan-gp.svg'))
    .action(async (file: string, options: Options) => {
      const { target } = options;
      if (target !== 'tfjs' && options.emit !== 'tfjs') throw new UsageError(`--emit ${options.emit} is a stage before networks: it goes with no --target`);
      const run =
        target === 'tfjs'
          ? await import('../compile/runCompile.ts').then(({ runCompile }) => () => runCompile(file, options, context))
          : await import('../compile/runCompileStep.ts').then(({ runCompileStep }) => () => runCompileStep(file, { ...options, target }, context));
      exit(options.watch === true ? await watchFiles([file], run, context) : (await run()).exit);
    });
