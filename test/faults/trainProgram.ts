import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'tsdown';
import { ganlossText } from '../../scripts/ganlossText.ts';
import { npyFile } from '../../src/cli/testing/npyFile.ts';
import { loadCheckpoint } from '../../src/node.ts';

const root = new URL('../..', import.meta.url).pathname;

/** Small enough that a checkpoint has a few kilobytes; layers without names, one of which draws. */
const NETWORKS = `export function networks(image, tf) {
  const dense = (units, more = {}) => tf.layers.dense({ units, kernelInitializer: tf.initializers.glorotNormal({ seed: units }), ...more });
  return {
    generator: tf.sequential({ layers: [dense(4, { inputShape: [3] }), tf.layers.leakyReLU(), dense(64, { activation: 'tanh' }), tf.layers.reshape({ targetShape: [8, 8, 1] })] }),
    discriminator: tf.sequential({ layers: [tf.layers.flatten({ inputShape: [8, 8, 1] }), dense(6), tf.layers.leakyReLU(), tf.layers.dropout({ rate: 0.2 }), dense(1)] }),
  };
}`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a program of its own, in a folder with a specification, data and networks. */
export interface TrainProgram {
  readonly folder: string;
  readonly cli: string;
  /** The arguments of a run into `out`. */
  readonly arguments: (out: string, ...more: readonly string[]) => readonly string[];
  readonly start: (out: string, ...more: readonly string[]) => ChildProcess;
  readonly remove: () => Promise<void>;
}

export async function buildTrainProgram(): Promise<TrainProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'ganloss-train-'));
  await build({
    config: false, entry: { cli: join(root, 'src/cli/bin.ts') }, outDir: folder, format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false, fixedExtension: true, logLevel: 'silent',
    deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], onlyBundle: false }, plugins: [ganlossText() as never],
  });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'a.ganloss'), 'pool tensor_pool(size: 4)\nterm level() { discriminator = 0.1*square(ema(mean(D(real)), decay: 0.5)) }\nwasserstein + 10*gp + level()\n');
  writeFileSync(join(folder, 'blobs.npy'), npyFile(24, 8));
  writeFileSync(join(folder, 'networks.mjs'), NETWORKS);
  const cli = join(folder, 'cli.mjs');
  const given = (out: string, ...more: readonly string[]) => ['train', 'a.ganloss', '--data', 'blobs.npy', '--networks', 'networks.mjs', '--backend', 'cpu', '--batch', '4', '--noise', '3', '--out', out, '--code-cache', 'code', ...more];
  return {
    folder,
    cli,
    arguments: given,
    start: (out, ...more) => startProgram(process.execPath, [cli, ...given(out, ...more)], { cwd: folder }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export function startProgram(command: string, parameters: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

/** What a process wrote, once it has ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream]!.on('data', (piece: Buffer) => (written[stream] += String(piece)));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, ...written })));
}

/** Resolves once the child writes the text to its standard error. */
export function says(child: ChildProcess, text: string): Promise<void> {
  let written = '';
  return new Promise((resolve) => child.stderr!.on('data', (piece: Buffer) => {
    written += String(piece);
    if (written.includes(text)) resolve();
  }));
}

/** Steps that a run's metrics tell of. */
export function stepsOf(run: string): number {
  const path = join(run, 'metrics.csv');
  return existsSync(path) ? Math.max(0, readFileSync(path, 'utf8').split('\n').length - 2) : 0;
}

/** Resolves once a run has done its first steps. */
export async function begins(run: string): Promise<void> {
  while (stepsOf(run) < 2) await setTimeout(5);
}

/** All that a run leaves, with digests of what must not depend on where it was stopped. */
export async function remainsOf(run: string) {
  const { tensors, ...rest } = await loadCheckpoint(join(run, 'checkpoint'));
  const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
  const picture = join(run, 'samples.png');
  return {
    ...rest,
    tensors: tensors.map(({ name, data }) => [name, digest(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]),
    metrics: readFileSync(join(run, 'metrics.csv'), 'utf8'),
    samples: existsSync(picture) ? digest(readFileSync(picture)) : null,
    files: filesOf(run),
  };
}

/** Paths of all files under a folder. */
export function filesOf(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}
