import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atomicWrite, isUnfinished } from './atomicWrite.ts';
import { problem } from './problem.ts';
import { differences, type RunSettings } from './trainOptions.ts';

/** What a run remembers of itself beside its checkpoint, in `run.json`. */
export interface RunRecord {
  readonly objective: string;
  readonly model: string;
  readonly data: { readonly name: string; readonly count: number; readonly height: number; readonly width: number; readonly channels: number };
  /** The file of networks as it was given; null for the default ones. */
  readonly networks: string | null;
  readonly backend: string;
  readonly steps: number;
  readonly settings: RunSettings;
  /** Distances measured so far. */
  readonly distances: readonly Measured[];
  /** Time spent on training steps so far. */
  readonly trainingSeconds: number;
}

/** A distance at a step. */
export interface Measured {
  readonly step: number;
  readonly distance: number;
}

/** The files of a run. */
export interface RunFolder {
  /** As the user named it. */
  readonly shown: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, content: Uint8Array | string) => void;
  readonly writeRecord: (record: RunRecord) => void;
}

export const RECORD = 'run.json';
export const CHECKPOINT = 'checkpoint';
export const METRICS = 'metrics.csv';
export const SAMPLES = 'samples';

/** What a new run would overwrite. */
const OWN = [CHECKPOINT, METRICS, 'failure', SAMPLES, 'samples.png', 'losses.png', 'summary.json', 'compiled.js', 'spec.ganloss'];

export function openRunFolder(out: string, cwd: string): RunFolder {
  // messages show a path as the user gave it
  const base = cwd === process.cwd() ? out : resolve(cwd, out);
  const path = (name: string): string => join(base, name);
  const write = (name: string, content: Uint8Array | string): void => atomicWrite(path(name), content);
  return { shown: out, path, write, writeRecord: (record) => write(RECORD, `${JSON.stringify(record, null, 2)}\n`) };
}

/**
 * Refuses a folder in which something would be overwritten.
 * @param resume the command that goes on with a run found there
 */
export function refuseUsed(folder: RunFolder, resume: string): void {
  if (existsSync(folder.path(RECORD))) problem('GL7005', `'${folder.shown}' holds a run already`, `Choose another --out, remove the directory, or go on with the run: ${resume}`);
  const found = OWN.find((name) => existsSync(folder.path(name)));
  if (found !== undefined) problem('GL7005', `'${folder.shown}' holds a '${found}' already, which would be overwritten`, 'Choose another --out, or remove it.');
}

/** Removes what a process that was killed had begun to write: nothing else writes into a run's folder. */
export function removeUnfinished(folder: RunFolder): void {
  for (const directory of ['.', SAMPLES].map(folder.path).filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory())) {
    for (const name of readdirSync(directory).filter(isUnfinished)) rmSync(join(directory, name));
  }
}

/** @throws SpecError GL7001 when there is no run, GL7006 when its record is damaged */
export function readRecord(folder: RunFolder): RunRecord {
  const path = folder.path(RECORD);
  if (!existsSync(path)) return problem('GL7001', `there is no run in '${folder.shown}' to go on with`, 'Leave out --resume to begin one.');
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunRecord>;
    if (record.settings === undefined || record.data === undefined || !Array.isArray(record.distances)) throw new SyntaxError('incomplete');
    return record as RunRecord;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problem('GL7006', `'${folder.shown}/${RECORD}' is damaged`, 'Begin a new run in another directory.');
  }
}

/**
 * A run goes on with what it was begun with, or its result would be neither the one nor the other. The number of steps may change.
 * @throws SpecError GL7007
 */
export function refuseOther(before: RunRecord, now: RunRecord): void {
  const other = differences(before.settings, now.settings);
  if (other.length > 0) problem('GL7007', `the run was begun with other values of ${other.join(', ')}`, 'Leave these options out: a run keeps its own values.');
  if (JSON.stringify(before.data) !== JSON.stringify(now.data)) problem('GL7007', `the run was begun on other data: ${describeData(before.data)}, not ${describeData(now.data)}`, 'Give the same --data.');
  if (before.objective !== now.objective) problem('GL7007', `the run was begun with the objective '${before.objective}', not '${now.objective}'`, 'Give the same specification; the run has a copy of it, spec.ganloss.');
}

function describeData({ name, count, height, width, channels }: RunRecord['data']): string {
  return `${count} images of ${name}, ${height}×${width}×${channels}`;
}
