import { InvalidArgumentError, Option } from 'commander';
import { collect, example, JSON_OPTION, type DefineCommand } from './command.ts';
import { positive, wholeNumber } from './networkOptions.ts';
import type { TrainOptions } from '../train/trainOptions.ts';

export const defineTrain: DefineCommand = (program, context, exit) =>
  program
    .command('train')
    .description('Train networks on images by a specification. Ctrl-C saves everything and says how to go on.')
    .argument('<spec>', 'the specification: of the model gan, or acgan for data with labels (mnist)')
    .requiredOption('--data <images>', 'mnist, a NumPy file [N, H, W] or [N, H, W, C], or a directory of PNGs')
    .requiredOption('--out <dir>', 'where to write pictures, metrics, checkpoint and compiled module')
    .option('--steps <n>', 'how many steps in all (default: 1500)', wholeNumber(1))
    .option('--batch <n>', 'images in a batch (default: 32)', wholeNumber(1))
    .option('--d-steps <n>', 'updates of the discriminator in a step (default: 1)', wholeNumber(1))
    .option('--lr-d <rate>', 'learning rate of the discriminator; Adam with beta1 0, beta2 0.9 (default: 0.002)', positive)
    .option('--lr-g <rate>', 'learning rate of the generator (default: 0.001)', positive)
    .option('--noise <n>', "width of the generator's noise (default: 32)", wholeNumber(1))
    .option('--seed <n>', 'decides weights, batches and draws (default: 1)', wholeNumber(0))
    .option('--ema <decay>', "decay of the average of the generator's weights that samples are drawn with; 0 for none (default: 0.99)", decay)
    .option('--param <name=value>', 'value of a param of the specification; may be given more than once', collect)
    .option('--networks <file.js>', 'a module that exports networks(image, tf), in place of a small DCGAN')
    .addOption(new Option('--backend <backend>', 'of TensorFlow.js (default: wasm)').choices(['wasm', 'cpu']))
    .addOption(new Option('--mode <mode>', 'compiled steps, and the tape for what cannot be compiled (auto); compiled or nothing; or the tape alone (default: auto)').choices(['auto', 'captured', 'tape']))
    .option('--code-cache <dir>', 'keep compiled steps in this directory, and take them from it')
    .option('--sample-every <n>', 'draw samples/step-….png so often (default: 100)', wholeNumber(1))
    .option('--checkpoint-every <n>', 'save so often (default: 250)', wholeNumber(1))
    .option('--resume', 'go on with the run in --out, with its settings')
    .option(...JSON_OPTION)
    .addHelpText('after', example('ganloss train wgan-gp.ganloss --data mnist --out out/mnist', 'ganloss train wgan-gp.ganloss --data mnist --out out/mnist --resume --steps 3000', 'ganloss train hinge.ganloss --data faces/ --out out/faces --lr-d 4e-4 --lr-g 1e-4'))
    .action(async (spec: string, options: TrainOptions) => {
      const { runTrain } = await import('../train/runTrain.ts');
      exit(await runTrain(spec, options, context));
    });

function decay(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1)) throw new InvalidArgumentError('It must be a number from 0 to below 1.');
  return value;
}
