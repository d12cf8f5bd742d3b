import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { trainer } from '../../trainer.ts';
import { loadNetworkModule } from '../networks/networkModule.ts';
import { runCli, temporaryFolder } from '../testing/runCli.ts';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'a.ganloss'), 'wasserstein + 10*gp\n');
writeFileSync(
  join(cwd, 'nets.mjs'),
  `export function networks({ noise }, tf) {
  const net = (width, units) => tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [width], activation: 'tanh' }), tf.layers.dense({ units })] });
  return { generator: net(noise, 2), discriminator: net(2, 1) };
}
`,
);
const COMMON = ['--networks', 'nets.mjs', '--batch', '5', '--noise', '3', '--lr-d', '0.01', '--lr-g', '0.01', '--seed', '4'];
const run = (...argv: readonly string[]) => runCli(['compile', 'a.ganloss', ...argv], { cwd });

/** Takes steps in a process of its own, which finds no package. */
const STEPS = `
import { init } from './step.mjs';
const step = await init();
const real = [1, 2, 0.5, -1, 0, 0.25, -0.5, 2, 1, 1];
const metrics = [1, 2, 3, 4].map(() => step.step({ real }));
console.log(JSON.stringify({ metrics, weights: Object.fromEntries(Object.entries(step.weights()).map(([name, list]) => [name, list.map(({ data }) => [...data])])) }));
`;

describe('compile --target', () => {
  it.each(['wasm', 'js'])('writes a module of %s that trains by itself as the trainer does', async (target) => {
    const folder = join(cwd, target);
    expect(await run(...COMMON, '--target', target, '-o', `${target}/step.mjs`)).toEqual({ exit: 0, stdout: '', stderr: `wrote ${target}/step.mjs and ${target}/step.d.mts\n` });
    expect(readdirSync(folder).sort()).toEqual(['step.d.mts', 'step.mjs']);
    writeFileSync(join(folder, 'steps.mjs'), STEPS);
    const made = JSON.parse(execFileSync(process.execPath, ['steps.mjs'], { cwd: folder, encoding: 'utf8' })) as {
      readonly metrics: readonly { readonly generatorLoss: number; readonly discriminatorLoss: number; readonly terms: { readonly gp: { readonly discriminator: number } } }[];
      readonly weights: Readonly<Record<string, readonly (readonly number[])[]>>;
    };

    const objective = compile('wasserstein + 10*gp');
    const { networks, optimizers } = await loadNetworkModule(objective, { networks: 'nets.mjs', noise: 3, lrD: 0.01, lrG: 0.01, seed: 4 }, cwd);
    const trained = trainer(objective, networks, { optimizers: optimizers(), seed: 4, noise: 3, mode: 'tape' });
    const real = tf.tensor2d([1, 2, 0.5, -1, 0, 0.25, -0.5, 2, 1, 1], [5, 2]);
    for (const metrics of made.metrics) {
      const expected = await trained.step({ real });
      expect(metrics.generatorLoss).toBeCloseTo(expected.generatorLoss, 5);
      expect(metrics.discriminatorLoss).toBeCloseTo(expected.discriminatorLoss, 4);
      expect(metrics.terms.gp.discriminator).toBeCloseTo(expected.terms.gp.discriminator!.raw, 5);
    }
    const { tensors } = await trained.state();
    for (const [name, list] of Object.entries(made.weights)) {
      list.forEach((values, index) => {
        const { data } = tensors.find((tensor) => tensor.name === `weights/${name}/${index}`)!;
        values.forEach((value, at) => expect(value).toBeCloseTo(data[at], 4));
      });
    }
    trained.dispose();
  });

  it('writes the same bytes every time, to standard output as well', async () => {
    const first = await run(...COMMON, '--target', 'wasm');
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    expect((await run(...COMMON, '--target', 'wasm')).stdout).toBe(first.stdout);
    expect(first.stdout.split('\n').slice(0, 2)).toEqual([expect.stringMatching(/^\/\/ a\.ganloss, compiled by ganloss .* into a training step of its own \(model gan, batch 5, target wasm\)$/), '//   wasserstein + 10*gp']);
    expect(readFileSync(join(cwd, 'wasm/step.mjs'), 'utf8')).toBe(first.stdout);
  });

  it('tells what it wrote as JSON', async () => {
    mkdirSync(join(cwd, 'json'), { recursive: true });
    expect(JSON.parse((await run(...COMMON, '--target', 'js', '--json', '-o', 'json/step.js')).stdout)).toEqual({ file: 'a.ganloss', target: 'js', batch: 5, output: 'json/step.js', types: 'json/step.d.ts', diagnostics: [] });
  });

  it('says what cannot be', async () => {
    expect(await run('--target', 'wasm', '--emit', 'ir')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--emit ir is a stage before networks') });
    expect(await run('--target', 'wasm', '--networks', 'nowhere.mjs')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7001]') });
    expect(await runCli(['compile', '-', ...COMMON, '--target', 'wasm'], { cwd, stdin: 'pool tensor_pool(size: 5) objective = hinge' })).toMatchObject({ exit: 1, stdout: '', stderr: expect.stringContaining('GL5005') });
    expect(await run('--target', 'tpu')).toMatchObject({ exit: 2 });
  });
});
