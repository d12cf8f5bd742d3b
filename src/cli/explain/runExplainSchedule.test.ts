import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../testing/runCli.ts';
import type { ProgramRow } from './scheduleReport.ts';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'a.ganloss'), 'wasserstein + 10*gp\n');
writeFileSync(
  join(cwd, 'nets.mjs'),
  `export function networks(image, tf) {
  const net = (name, width, units) => tf.sequential({ layers: [tf.layers.dense({ name, units: 8, inputShape: [width], activation: 'relu' }), tf.layers.dense({ name: name + '_out', units })] });
  return { generator: net('g', 3, 2), discriminator: net('d', 2, 1) };
}
`,
);
const run = (...argv: readonly string[]) => runCli(['explain', '--schedule', 'a.ganloss', '--networks', 'nets.mjs', '--batch', '4', ...argv], { cwd });

describe('explain --schedule', () => {
  it('lists the kernels of a step', async () => {
    const { exit, stdout, stderr } = await run();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^a\.ganloss {3}model gan, batch 4, target wasm\n {2}wasserstein \+ 10\*gp\n\ngenerator\.evaluate: \d+ kernels, [\d.]+ MFLOP, \d+ B touched, temporaries \d+ B/);
    const [generator, , , discriminator] = stdout.split('\n\n').slice(1);
    // one line a kernel, with what it makes, where it comes from (a layer, a term) and what it computes
    expect(generator).toMatch(/^ +\d+ +[\d.]+ +\d+ B +f32\[4, 8\].* g +dot_general \+ maximum {3}\S*4×8 over 3; outer \d×\d+$/m);
    expect(discriminator).toMatch(/^ +\d+ .* 1:18 d +dot_general/m);
    expect(discriminator).not.toMatch(/NaN|undefined/);
  });

  it('times them when it runs them', async () => {
    const { programs } = JSON.parse((await run('--run', '--json')).stdout) as { readonly programs: readonly ProgramRow[] };
    expect(programs.map(({ name }) => name)).toEqual(['generator.evaluate', 'generator.check', 'generator.apply', 'discriminator.evaluate', 'discriminator.check', 'discriminator.apply']);
    const kernels = programs.flatMap((program) => program.kernels);
    expect(kernels.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);
    // the first dense layer of D on real data, twice over 4 samples: 2·4·2·8 FLOPs, and more for bias and activation
    expect(kernels.some(({ kind, flops, origin }) => kind === 'contraction' && flops >= 128 && origin.includes('d') && origin.includes('1:1'))).toBe(true);
    expect((await run('--run', '--target', 'js')).stdout).toContain('ms kernel by kernel');
  });

  it('says what cannot be', async () => {
    expect(await runCli(['explain', '--schedule', '-'], { cwd, stdin: 'gp^2' })).toMatchObject({ exit: 1, stderr: expect.stringContaining('GL3001') });
    expect(await run('--networks', 'nowhere.mjs')).toMatchObject({ exit: 1, stderr: expect.stringContaining('GL7001') });
  });
});
