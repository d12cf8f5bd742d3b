import { InvalidArgumentError, type Command } from 'commander';
import { collect } from './command.ts';

/** Adds the options of commands that need networks, but no data. */
export function networkOptions(command: Command): Command {
  return command
    .option('--networks <file.js>', 'a module that exports networks(image, tf), and may export batch(size, tf) and optimizers(tf); a small DCGAN unless given')
    .option('--batch <n>', 'samples in a batch (default: 32)', wholeNumber(1))
    .option('--image <HxWxC>', 'for networks(image, tf): the size of the images (default: 28x28x1)', imageSize)
    .option('--noise <n>', "for networks(image, tf): the width of the generator's noise (default: 32)", wholeNumber(1))
    .option('--classes <n>', 'for networks(image, tf): how many classes or domains (default: 10)', wholeNumber(1))
    .option('--d-steps <n>', 'updates of the discriminator in a step (default: 1)', wholeNumber(1))
    .option('--lr-d <rate>', 'learning rate of the discriminator, where the networks file makes no optimizers: Adam with beta1 0, beta2 0.9 (default: 0.002)', positive)
    .option('--lr-g <rate>', 'learning rate of the generator (default: 0.001)', positive)
    .option('--seed <n>', 'decides weights and draws (default: 1)', wholeNumber(0))
    .option('--param <name=value>', 'value of a param of the specification; may be given more than once', collect);
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`It must be a whole number, at least ${least}.`);
    return value;
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function imageSize(text: string): { readonly height: number; readonly width: number; readonly channels: number } {
  const [, height, width, channels = '1'] = /^(\d+)[x×](\d+)(?:[x×](\d+))?$/.exec(text) ?? [];
  const sizes = [height, width, channels].map(Number);
  if (height === undefined || sizes.some((size) => size < 1)) throw new InvalidArgumentError('It must be of the form 28x28x1.');
  return { height: sizes[0], width: sizes[1], channels: sizes[2] };
}
