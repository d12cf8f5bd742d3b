import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compile.ts';
import { loadCheckpoint } from '../../node/checkpointFiles.ts';
import { npyFile } from '../testing/npyFile.ts';
import { runCli, temporaryFolder } from '../testing/runCli.ts';
import { readMetricsCsv } from './metricsCsv.ts';
import type { Summary } from './summary.ts';

const SPEC = '// exactly this\nwasserstein + 10*gp\n';
let cwd = '';

beforeAll(() => {
  cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.ganloss'), SPEC);
  writeFileSync(join(cwd, 'blobs.npy'), npyFile(24, 8));
});

const BASE = ['train', 'a.ganloss', '--data', 'blobs.npy', '--backend', 'cpu', '--batch', '4', '--noise', '3'];
const train = (out: string, ...more: readonly string[]) => runCli([...BASE, '--out', out, ...more], { cwd });
/** A digest of each tensor of a run's checkpoint, and its step. */
const stateOf = async (out: string) => {
  const { step, tensors } = await loadCheckpoint(join(cwd, out, 'checkpoint'));
  // labels hold the layers' names, which tfjs numbers through the process
  return { step, tensors: tensors.map(({ name, data }) => [name, createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex')]) };
};
const read = (out: string, name: string): string => readFileSync(join(cwd, out, name), 'utf8');

describe('train', () => {
  it('leaves pictures, metrics, checkpoint, module and specification, and sums up', async () => {
    const { exit, stdout, stderr } = await train('whole', '--steps', '6', '--sample-every', '2');
    expect(exit).toBe(0);
    expect(stdout.replaceAll(/\d\.\d{4}/g, '#.####').replace(/\d+ % of/, '## % of')).toMatchInlineSnapshot(`
      "wasserstein + 10*gp: 6 of 6 steps on blobs.npy

        sliced Wasserstein distance, 24 samples to 24 real images of blobs.npy
          before   #.####
          step 3   #.####
          after    #.####   ## % of before
          (real)   #.####   the real images against themselves, with other patches
        Karras et al., 2018, section 5, by the algorithm of TF-GAN's tfgan.eval.sliced_wasserstein_distance; smaller is better

        whole/
          samples.png    samples from fixed noise; samples/ shows how they came about
          losses.png     the losses, the terms and the distance over the steps
          metrics.csv    every step: losses, and terms raw and weighted
          checkpoint/    weights and everything else that --resume needs
          compiled.js    the objective as a module of TensorFlow.js calls
          spec.ganloss   the specification, byte by byte
          summary.json   what stands here, as data
      "
    `);
    expect(stderr).toContain('wasserstein + 10*gp on 24 images of blobs.npy, 8×8; cpu backend');
    expect(readdirSync(join(cwd, 'whole')).sort()).toEqual(['checkpoint', 'compiled.js', 'losses.png', 'metrics.csv', 'run.json', 'samples', 'samples.png', 'spec.ganloss', 'summary.json']);
    expect(readdirSync(join(cwd, 'whole/samples'))).toEqual(['step-000000.png', 'step-000002.png', 'step-000004.png', 'step-000006.png']);
    expect(read('whole', 'spec.ganloss')).toBe(SPEC);
    expect(read('whole', 'compiled.js')).toBe(compile(SPEC, { file: 'a.ganloss' }).emit('tfjs'));
    expect(decode(readFileSync(join(cwd, 'whole/samples.png')))).toMatchObject({ channels: 1, width: 8 * (8 * 12 + 2) + 2 });
    expect(readFileSync(join(cwd, 'whole/samples.png'))).toEqual(readFileSync(join(cwd, 'whole/samples/step-000006.png')));
    expect(decode(readFileSync(join(cwd, 'whole/losses.png')))).toMatchObject({ width: 1600 });
    const metrics = readMetricsCsv(join(cwd, 'whole/metrics.csv'));
    expect(metrics.rows.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...metrics.columns].sort()).toEqual(
      ['discriminator', 'generator', 'discriminator.wasserstein', 'discriminator.wasserstein.weighted', 'discriminator.gp', 'discriminator.gp.weighted', 'generator.wasserstein', 'generator.wasserstein.weighted'].sort(),
    );
    const of = (name: string): number => metrics.rows[5]!.values[metrics.columns.indexOf(name)]!;
    expect(of('discriminator.gp.weighted')).toBeCloseTo(10 * of('discriminator.gp'), 5);
    expect(of('discriminator')).toBeCloseTo(of('discriminator.wasserstein') + of('discriminator.gp.weighted'), 4);
    const summary = JSON.parse(read('whole', 'summary.json')) as Summary;
    expect(summary).toMatchObject({ stepsDone: 6, stepsWanted: 6, backend: 'cpu', distance: { samples: 24, against: '24 real images of blobs.npy' } });
    expect(summary.distance.measured.map(({ step }) => step)).toEqual([0, 3, 6]);
  });

  it('saves at Ctrl-C, and goes on as if nothing had been', async () => {
    let press = (): void => {};
    const third = join(cwd, 'cut/samples/step-000003.png');
    const poll = setInterval(() => {
      if (existsSync(third)) press();
    }, 1);
    const first = await runCli([...BASE, '--out', 'cut', '--steps', '6', '--sample-every', '1'], { cwd, onHandler: (given) => (press = given) });
    clearInterval(poll);
    expect(first.exit).toBe(130);
    expect(first.stderr).toContain('Ctrl-C: finishing this step and saving; once more quits at once');
    expect(first.stderr).toContain('Interrupted; everything is saved. Go on with:\n  npx ganloss train a.ganloss --data blobs.npy --out cut --backend cpu --steps 6 --resume\n');
    const { stepsDone } = JSON.parse(first.stdout === '' ? '{}' : read('cut', 'summary.json')) as Summary;
    expect(stepsDone).toBeGreaterThanOrEqual(3);
    expect(stepsDone).toBeLessThan(6);

    const second = await runCli(['train', 'a.ganloss', '--data', 'blobs.npy', '--out', 'cut', '--backend', 'cpu', '--steps', '6', '--resume'], { cwd });
    expect(second.exit).toBe(0);
    expect(second.stderr).toContain(`going on after step ${stepsDone}`);
    expect(await stateOf('cut')).toEqual(await stateOf('whole'));
    expect(read('cut', 'metrics.csv')).toBe(read('whole', 'metrics.csv'));
    expect(readFileSync(join(cwd, 'cut/samples.png'))).toEqual(readFileSync(join(cwd, 'whole/samples.png')));
  });

  it('goes on beyond the end', async () => {
    await train('longer', '--steps', '4');
    expect((await train('longer', '--steps', '6', '--resume')).exit).toBe(0);
    expect(await stateOf('longer')).toEqual(await stateOf('whole'));
    expect(await train('longer', '--resume')).toMatchObject({ exit: 0, stderr: expect.stringContaining('all of its 6 steps are done: --steps goes further') });
  });

  it('overwrites no run, and says how to go on with it', async () => {
    expect(await train('whole', '--steps', '9')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL7005]: 'whole' holds a run already
        = help: Choose another --out, remove the directory, or go on with the run: npx ganloss train a.ganloss --data blobs.npy --out whole --backend cpu --steps 9 --resume

      ",
        "stdout": "",
      }
    `);
    mkdirSync(join(cwd, 'pictures/samples'), { recursive: true });
    expect(await train('pictures')).toMatchObject({ exit: 1, stderr: expect.stringContaining("holds a 'samples' already") });
  });

  it('resumes nothing else than was begun', async () => {
    expect((await train('whole', '--resume', '--seed', '2')).stderr).toContain('error[GL7007]: the run was begun with other values of --seed');
    writeFileSync(join(cwd, 'b.ganloss'), 'wasserstein + 5*gp\n');
    expect((await runCli(['train', 'b.ganloss', ...BASE.slice(2), '--out', 'whole', '--resume'], { cwd })).stderr).toContain("error[GL7007]: the run was begun with the objective 'wasserstein + 10*gp', not 'wasserstein + 5*gp'");
    writeFileSync(join(cwd, 'other.npy'), npyFile(12, 8));
    expect((await runCli(['train', 'a.ganloss', '--data', 'other.npy', '--out', 'whole', '--resume'], { cwd })).stderr).toContain('error[GL7007]: the run was begun on other data');
    expect((await train('nowhere', '--resume')).stderr).toContain("error[GL7001]: there is no run in 'nowhere' to go on with");
  });

  it('begins anew where it was stopped before its first checkpoint, but not where a checkpoint was lost', async () => {
    const record = JSON.parse(readFileSync(join(cwd, 'whole/run.json'), 'utf8')) as Record<string, unknown>;
    const stopped = (out: string, change: Record<string, unknown>) => {
      mkdirSync(join(cwd, out, 'samples'), { recursive: true });
      writeFileSync(join(cwd, out, 'run.json'), JSON.stringify({ ...record, ...change }));
      return train(out, '--resume', '--steps', '2');
    };
    const again = await stopped('anew', { distances: [], trainingSeconds: 0 });
    expect(again.stderr).toContain('it was stopped before its first step: it begins anew');
    expect(again.exit).toBe(0);
    expect(readMetricsCsv(join(cwd, 'anew/metrics.csv')).rows.length).toBe(2);
    expect(await stopped('lost', { trainingSeconds: 3 })).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7001]: there is no checkpoint in') });
  });

  it('makes several updates of the discriminator in a step, with params', async () => {
    writeFileSync(join(cwd, 'param.ganloss'), 'param k = 1\nobjective = wasserstein + k*gp\n');
    const run = (out: string, ...more: readonly string[]) => runCli(['train', 'param.ganloss', ...BASE.slice(2), '--out', out, '--steps', '1', ...more], { cwd });
    expect((await run('five', '--d-steps', '5', '--param', 'k=20')).exit).toBe(0);
    const { columns, rows } = readMetricsCsv(join(cwd, 'five/metrics.csv'));
    const of = (name: string): number => rows[0]!.values[columns.indexOf(name)]!;
    expect(of('discriminator.gp.weighted') / of('discriminator.gp')).toBeCloseTo(20, 4);
    expect(await run('bad', '--param', 'k=-1')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL5009]') });
    expect(await run('bad', '--param', 'lambda=1')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL5009]') });
    expect(await run('bad', '--param', 'k')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--param k is not of the form name=value') });
    expect(existsSync(join(cwd, 'bad'))).toBe(false);
  });

  it('prints the summary as JSON', async () => {
    const { stdout } = await train('json', '--steps', '1', '--json');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(read('json', 'summary.json')));
  });

  it('saves what there was before a loss became infinite', async () => {
    const { exit, stderr } = await train('diverged', '--steps', '30', '--lr-d', '1e30');
    expect(exit).toBe(1);
    expect(stderr).toContain('error[GL6001]');
    expect(existsSync(join(cwd, 'diverged/checkpoint'))).toBe(true);
    expect(existsSync(join(cwd, 'diverged/samples.png'))).toBe(true);
    expect(stderr).toContain('See it fail again with:\n  npx ganloss replay diverged\n');
    // the very diagnostic again, without the data; names of layers count on through the process
    const message = (text: string) => /error\[GL6001\]: .*/.exec(text)?.[0].replaceAll(/[_/]?\w*_\d+/g, '');
    const again = await runCli(['replay', 'diverged'], { cwd });
    expect(again.exit).toBe(1);
    expect(message(again.stderr)).toBe(message(stderr));
    expect((await loadCheckpoint(join(cwd, 'diverged/failure'))).step).toBe((await stateOf('diverged')).step);
  });

  it('replays several updates, and says where nothing failed', async () => {
    const { stderr } = await train('often', '--steps', '30', '--lr-d', '1e30', '--d-steps', '2');
    const again = await runCli(['replay', 'often', '--mode', 'tape'], { cwd });
    const place = (text: string) => /GL6001.*?(step \d+)/.exec(text)?.[1];
    expect([again.exit, place(again.stderr)]).toEqual([1, place(stderr)]);
    expect(await runCli(['replay', 'whole'], { cwd })).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7001]: there is no checkpoint in') });
    expect(await runCli(['replay', 'nowhere'], { cwd })).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7001]') });
  });
});

describe('what train refuses', () => {
  const refuse = async (text: string, ...more: readonly string[]) => {
    writeFileSync(join(cwd, 'x.ganloss'), text);
    const { exit, stderr } = await runCli(['train', 'x.ganloss', '--data', 'blobs.npy', '--out', 'refused', '--backend', 'cpu', ...more], { cwd });
    expect(existsSync(join(cwd, 'refused'))).toBe(false);
    return { exit, stderr };
  };

  it('models that one set of images cannot train', async () => {
    expect(await refuse('least_squares + 10*cycle')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL5001]: a cyclegan trains on two sets of images, and --data gives one
        = help: Train it with the API: "ganloss new DIR --model cyclegan" writes a script to start from.

      ",
      }
    `);
    expect((await refuse('hinge + mi')).stderr).toContain('an infogan needs codes');
    expect((await refuse('hinge + reconstruction + classification')).stderr).toContain('a stargan needs a domain');
    expect(await refuse('modified + acgan')).toMatchInlineSnapshot(`
      {
        "exit": 1,
        "stderr": "error[GL5001]: an acgan needs a class for every image, and blobs.npy has none
        = help: --data mnist has: its digits. For data of your own use the API: "ganloss new DIR --model acgan" writes a script to start from.

      ",
      }
    `);
    expect((await refuse('input w\nobjective = hinge(weights: w)')).stderr).toContain("declares the input 'w'");
  });

  it('specifications with errors, and data that there is not', async () => {
    expect(await refuse('gp^2')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL3001]') });
    expect(await refuse('hinge', '--data', 'none.npy')).toMatchObject({ exit: 1, stderr: expect.stringContaining('error[GL7001]') });
  });

  it.each([
    ['a syntax error', 'export const generator = ;', 'fails:'],
    ['nothing exported', 'export const x = 1;', 'gives no generator'],
    ['something else', "export const generator = 3, discriminator = 'x';", 'is neither a tf.LayersModel nor a function'],
    ['hooks that are none', "export const generator = (x) => x, discriminator = generator, hooks = { augment: 3 };", "the hook 'augment' of 'hooks-that-are-none.mjs' is no function"],
    ['a throw', "export function networks() { throw new Error('no layers today'); }", 'no layers today'],
    ['another size', 'export function networks(image, tf) { const g = tf.sequential({ layers: [tf.layers.dense({ units: 9, inputShape: [3] }), tf.layers.reshape({ targetShape: [3, 3, 1] })] }); return { generator: g, discriminator: g }; }', 'makes [3, 3, 1], but the images are [8, 8, 1]'],
  ])('a file of networks with %s', async (name, text, message) => {
    const file = `${name.replaceAll(' ', '-')}.mjs`;
    writeFileSync(join(cwd, file), text);
    const { exit, stderr } = await refuse('hinge', '--networks', file);
    expect(exit).toBe(1);
    expect(stderr).toContain('error[GL7009]');
    expect(stderr).toContain(message);
  });

  it('a file of networks that there is not', async () => {
    expect((await refuse('hinge', '--networks', 'none.js')).stderr).toContain("error[GL7001]: 'none.js' does not exist");
  });
});

describe('networks of a file', () => {
  it('are trained', async () => {
    await runCli(['new', 'project'], { cwd });
    const { exit, stderr } = await runCli([...BASE, '--networks', 'project/networks.js', '--out', 'own', '--steps', '2'], { cwd });
    expect({ exit, stderr: stderr.includes('error') }).toEqual({ exit: 0, stderr: false });
    expect(JSON.parse(read('own', 'summary.json'))).toMatchObject({ networks: 'project/networks.js', stepsDone: 2 });
  });
});

describe('hooks of a file of networks', () => {
  it('are called, and missed where they are not given', async () => {
    writeFileSync(join(cwd, 'consistent.ganloss'), 'hinge + 10*consistency\n');
    writeFileSync(join(cwd, 'hooked.mjs'), "export { networks } from './project/networks.js'; export const hooks = { augment: (x) => x.add(0.1) };");
    const train = (networks: string, out: string) => runCli(['train', 'consistent.ganloss', ...BASE.slice(2), '--networks', networks, '--out', out, '--steps', '1'], { cwd });
    expect(await train('project/networks.js', 'unhooked')).toMatchObject({ exit: 1, stderr: expect.stringContaining("error[GL5001]: the hook 'augment' is missing") });
    const { exit, stderr } = await train('hooked.mjs', 'hooked');
    expect({ exit, error: stderr.includes('error') }).toEqual({ exit: 0, error: false });
  });
});

describe('an acgan', () => {
  it('trains on MNIST, a column a class', async () => {
    writeFileSync(join(cwd, 'acgan.ganloss'), 'modified + acgan\n');
    // no step: a step on the cpu backend takes a minute, and mnist is large
    const { exit, stderr } = await runCli(['train', 'acgan.ganloss', '--data', 'mnist', '--out', 'acgan', '--steps', '1', '--batch', '2', '--backend', 'wasm'], { cwd });
    expect({ exit, error: stderr.includes('error') }).toEqual({ exit: 0, error: false });
    expect(decode(readFileSync(join(cwd, 'acgan/samples.png'))).width).toBe(10 * (28 * 2 + 2) + 2);
  }, 120_000);
});
