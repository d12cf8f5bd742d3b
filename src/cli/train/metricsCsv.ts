import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { DataError } from '../data/dataError.ts';
import { readBytes } from '../data/readBytes.ts';
import { atomicWrite } from './atomicWrite.ts';
import { notWritten } from './outputError.ts';

/** The numbers of one step, in the order of the columns. NaN stands for a value that the step does not have. */
export interface MetricsRow {
  readonly step: number;
  readonly values: readonly number[];
}

/** What a `metrics.csv` holds. */
export interface Metrics {
  /** The columns after `step`. */
  readonly columns: readonly string[];
  /** In ascending order of steps. */
  readonly rows: readonly MetricsRow[];
}

/** Appends rows to a `metrics.csv`. */
export interface MetricsWriter {
  /** Writes one whole line, or nothing and throws OutputError (GL7005): the disk is full. */
  append(row: MetricsRow): void;
  close(): void;
}

/**
 * Opens a CSV file for writing (RFC 4180 with plain line feeds): a header `step,…`, then a line a step.
 *
 * @param resumeAfter the step that training goes on after: what the file holds up to there is kept, what an earlier run wrote beyond
 *   it (and a line that a crash cut short) goes. Without it a new file is begun.
 * @throws DataError GL7002 when the file to go on with has other columns; OutputError (GL7005) when it cannot be written
 */
export function openMetricsCsv(path: string, columns: readonly string[], resumeAfter?: number): MetricsWriter {
  const kept = resumeAfter === undefined ? [] : rowsUpTo(path, columns, resumeAfter);
  atomicWrite(path, [header(columns), ...kept.map(line)].join(''));
  const file = attempt(path, () => openSync(path, 'a'));
  const append = (bytes: Uint8Array): void => {
    const before = fstatSync(file).size;
    try {
      // a disk that is almost full takes a part
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } catch (error) {
      ftruncateSync(file, before);
      throw error;
    }
  };
  return {
    append(row) {
      if (row.values.length !== columns.length) throw new RangeError(`a row has ${row.values.length} values for ${columns.length} columns`);
      attempt(path, () => append(new TextEncoder().encode(line(row))));
    },
    close: () => closeSync(file),
  };
}

/**
 * Reads a `metrics.csv`. A last line without its line feed, which a crash leaves, is not counted.
 * @throws DataError GL7001 when it is missing, GL7002 when it is not such a file
 */
export function readMetricsCsv(path: string): Metrics {
  return parseMetrics(new TextDecoder().decode(readBytes(path)), path);
}

/** {@link readMetricsCsv} for text that is already in memory. */
export function parseMetrics(text: string, shown: string): Metrics {
  const lines = text.split('\n').slice(0, -1);
  const [first, ...columns] = fields(lines[0] ?? '');
  if (first !== 'step') throw new DataError('GL7002', `'${shown}' is not a file of metrics: its first column is not 'step'`, 'move it away and run again');
  const rows = lines.slice(1).map((content, index): MetricsRow => {
    const [step, ...values] = content.split(',').map(toNumber);
    if (step === undefined || !Number.isInteger(step) || values.length !== columns.length || values.includes(undefined)) {
      throw new DataError('GL7002', `'${shown}' is damaged in line ${index + 2}`, 'move it away and run again');
    }
    return { step, values: values as number[] };
  });
  return { columns, rows };
}

/** A number as {@link line} writes it, `undefined` for anything else. An empty field is a value that the step does not have. */
function toNumber(field: string): number | undefined {
  if (field === '' || field === 'NaN') return NaN;
  const value = Number(field);
  return Number.isNaN(value) ? undefined : value;
}

function rowsUpTo(path: string, columns: readonly string[], step: number): readonly MetricsRow[] {
  const existing = readIfPresent(path);
  if (existing === undefined) return [];
  if (existing.columns.length !== columns.length || existing.columns.some((name, index) => name !== columns[index])) {
    throw new DataError('GL7002', `'${path}' has the columns ${existing.columns.join(', ')}, but this run measures ${columns.join(', ')}`, 'resume with the same spec, or choose another directory with --out');
  }
  return existing.rows.filter((row) => row.step <= step);
}

function readIfPresent(path: string): Metrics | undefined {
  try {
    return readMetricsCsv(path);
  } catch (error) {
    if (error instanceof DataError && error.code === 'GL7001') return undefined;
    throw error;
  }
}

function header(columns: readonly string[]): string {
  return `${['step', ...columns].map(quoted).join(',')}\n`;
}

function line(row: MetricsRow): string {
  return `${[row.step, ...row.values.map((value) => (Number.isNaN(value) ? '' : value))].join(',')}\n`;
}

function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The fields of a header line. */
function fields(content: string): readonly string[] {
  return [...content.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain ?? '');
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw notWritten(error, path);
  }
}
