/**
 * Counts the kernels that tfjs runs for losses of the TF-GAN facade, gradients included, and for the same losses written by hand in
 * tfjs. Exit code 1 where the values or gradients differ, or a network runs more often.
 *
 *     npx tsdown bench/kernelCounts.ts --no-dts --out-dir out/bench && node out/bench/kernelCounts.js
 *
 * Options: --kernels (which kernels the facade runs more often, and which less).
 */
import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../src/runtime/gradients/installGradients.ts';
import { CASES, type Case, type Evaluated } from './kernelCountCases.ts';

/** These kernels move no data. */
const VIEWS = new Set(['Reshape', 'Identity', 'Cast']);

interface Count {
  readonly kernels: ReadonlyMap<string, number>;
  readonly loss: number;
  readonly gradients: readonly number[];
  readonly runs: string;
}

async function count({ loss, variables, runs }: Evaluated): Promise<Count> {
  const before = runs();
  let result: Pick<Count, 'loss' | 'gradients'> = { loss: NaN, gradients: [] };
  const profile = await tf.profile(() =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, [...variables]);
      result = { loss: value.dataSync()[0], gradients: variables.flatMap((variable) => [...grads[variable.name].dataSync()]) };
    }),
  );
  const kernels = new Map<string, number>();
  // tape scopes (custom gradients) are recorded among the kernels
  for (const { name } of profile.kernels) if (tf.getKernel(name, tf.getBackend()) !== undefined) kernels.set(name, (kernels.get(name) ?? 0) + 1);
  return { ...result, kernels, runs: runs().map((calls, index) => calls - before[index]).join('+') };
}

const sum = (kernels: Count['kernels'], counts: (name: string) => boolean): number =>
  [...kernels].reduce((total, [name, times]) => total + (counts(name) ? times : 0), 0);

function differs(facade: Count, hand: Count): boolean {
  const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));
  return !close(facade.loss, hand.loss) || facade.gradients.length !== hand.gradients.length || !facade.gradients.every((value, index) => close(value, hand.gradients[index]!));
}

function differences(facade: Count, hand: Count): string {
  const names = [...new Set([...facade.kernels.keys(), ...hand.kernels.keys()])];
  const changes = names.map((name) => ({ name, more: (facade.kernels.get(name) ?? 0) - (hand.kernels.get(name) ?? 0) })).filter(({ more }) => more !== 0);
  return changes.map(({ name, more }) => `${more > 0 ? '+' : ''}${more} ${name}`).join(', ');
}

async function report(name: string, player: string, make: Case['generator']): Promise<boolean> {
  const [facade, hand] = [await count(make('facade')), await count(make('hand'))];
  const computing = (kernels: Count['kernels']): number => sum(kernels, (kernel) => !VIEWS.has(kernel));
  const wrong = differs(facade, hand) || facade.runs !== hand.runs;
  const cells = [sum(hand.kernels, () => true), sum(facade.kernels, () => true), computing(hand.kernels), computing(facade.kernels)].map((cell) => String(cell).padStart(7));
  console.log(`${name.padEnd(18)}${player.padEnd(15)}${cells.join('')}   ${`${hand.runs} ${facade.runs}`.padEnd(16)}${wrong ? 'DIFFERS' : ''}`);
  if (process.argv.includes('--kernels')) console.log(`    ${differences(facade, hand)}`);
  return !wrong;
}

await tf.setBackend('cpu');
const uninstall = installGradients();
console.log(`${''.padEnd(33)}${['all:hand', 'facade', 'work:hand', 'facade'].join('  ')}  network runs: hand facade`);
let good = true;
for (const { name, generator, discriminator } of CASES) {
  good = (await report(name, 'generator', generator)) && good;
  good = (await report(name, 'discriminator', discriminator)) && good;
}
uninstall();
process.exitCode = good ? 0 : 1;
