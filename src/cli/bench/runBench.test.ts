import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../testing/runCli.ts';
import { printBench, type BenchReport } from './report.ts';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'a.ganloss'), 'wasserstein + 10*gp\n');
writeFileSync(
  join(cwd, 'nets.mjs'),
  `export function networks(image, tf) {
  const net = (width, units) => tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [width], activation: 'relu' }), tf.layers.dense({ units })] });
  return { generator: net(3, 2), discriminator: net(2, 1) };
}
`,
);
const run = (...argv: readonly string[]) => runCli(['bench', 'a.ganloss', '--networks', 'nets.mjs', '--batch', '4', '--steps', '2', ...argv], { cwd });

describe('bench', () => {
  it('tells the speed of each mode, the share of each term, and the worth of each pass', async () => {
    const { exit, stdout } = await run('--json');
    expect(exit).toBe(0);
    const report = JSON.parse(stdout) as BenchReport;
    expect(report).toMatchObject({ file: 'a.ganloss', model: 'gan', batch: 4 });
    expect(report.modes.map(({ mode, threads }) => `${mode} ${threads}`)).toEqual(['compiled, wasm 1', 'compiled, wasm 2', 'compiled, js 1', 'tape (tfjs wasm) 1']);
    for (const { stepsPerSecond, msMedian, msMin } of report.modes) expect([stepsPerSecond, msMedian, msMin].every((value) => value !== null && value > 0)).toBe(true);
    // the penalty is dearer than the rest: four passes over the discriminator instead of two
    const parts = report.terms.map(({ part }) => part);
    expect(parts).toEqual(expect.arrayContaining(['wasserstein', 'gp', 'generating samples', 'optimisers', 'finite check']));
    expect(report.terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const [all, ...others] = report.passes;
    expect(all.without).toBe('nothing: all passes');
    expect(others.map(({ without }) => without)).toEqual(['simplify', 'foldConstants', 'mergeCommon', 'eliminateDeadCode', 'fuse', 'any of them']);
    const fuse = others.find(({ without }) => without === 'fuse')!;
    expect(fuse.kernels).toBeGreaterThan(all.kernels);
    expect(fuse.bytes).toBeGreaterThan(all.bytes);
  });

  it('prints tables', () => {
    const report: BenchReport = {
      file: 'a.ganloss',
      model: 'gan',
      objective: 'wasserstein + 10*gp',
      batch: 4,
      modes: [
        { mode: 'compiled, wasm', threads: 1, stepsPerSecond: 2000, msMedian: 0.5, msMin: 0.4, note: '' },
        { mode: 'tape (tfjs wasm)', threads: 1, stepsPerSecond: 100, msMedian: 10, msMin: 9.5, note: '' },
      ],
      terms: [{ part: 'gp', ms: 0.3, share: 0.75 }, { part: 'optimisers', ms: 0.1, share: 0.25 }],
      passes: [{ without: 'nothing: all passes', kernels: 73, flops: 9.3e6, bytes: 2.1e6, arena: 215000, ms: 0.4 }],
    };
    expect(printBench(report, pc.createColors(false))).toMatchInlineSnapshot(`
      "a.ganloss   model gan, batch 4
        wasserstein + 10*gp

        mode               threads   steps/s      ms   least ms
        compiled, wasm           1      2000   0.500      0.400
        tape (tfjs wasm)         1       100    10.0       9.50   20.0× slower

        part of the step   share      ms
        gp                 75.0%   0.300
        optimisers         25.0%   0.100

        without               kernels   MFLOP     MB   arena kB      ms
        nothing: all passes        73    9.30   2.10        215   0.400
      "
    `);
  });
});
