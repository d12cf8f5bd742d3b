import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMetricsCsv, parseMetrics, readMetricsCsv } from './metricsCsv.ts';

describe('metrics.csv', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganloss-csv-'));
    path = join(folder, 'out', 'metrics.csv');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(from: number, to: number, resumeAfter?: number): void {
    const writer = openMetricsCsv(path, ['loss', 'a,"b"'], resumeAfter);
    for (let step = from; step <= to; step++) writer.append({ step, values: [step / 2, -step] });
    writer.close();
  }

  it('has a header and a line a step', () => {
    run(1, 2);
    expect(readFileSync(path, 'utf8')).toBe('step,loss,"a,""b"""\n1,0.5,-1\n2,1,-2\n');
    expect(readMetricsCsv(path)).toEqual({ columns: ['loss', 'a,"b"'], rows: [{ step: 1, values: [0.5, -1] }, { step: 2, values: [1, -2] }] });
  });

  it('is, after resuming, what an uninterrupted run writes', () => {
    run(1, 10);
    const whole = readFileSync(path, 'utf8');
    run(1, 7);
    appendFileSync(path, '8,4,-');
    run(6, 10, 5);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it('begins anew without resuming, and where there is nothing to resume', () => {
    run(1, 5);
    run(1, 2);
    expect(readMetricsCsv(path).rows).toHaveLength(2);
    rmSync(path);
    run(6, 7, 5);
    expect(readMetricsCsv(path).rows.map((row) => row.step)).toEqual([6, 7]);
  });

  it('keeps every number to the last bit, missing ones too', () => {
    const values = [0.1 + 0.2, -1e-308, Infinity, NaN];
    const writer = openMetricsCsv(path, ['a', 'b', 'c', 'd']);
    writer.append({ step: 1, values });
    writer.close();
    expect(readMetricsCsv(path).rows[0]!.values).toEqual(values);
  });

  it('refuses to go on with a file of other columns', () => {
    run(1, 2);
    expect(() => openMetricsCsv(path, ['loss'], 1)).toThrow(expect.objectContaining({ code: 'GL7002' }));
    expect(readMetricsCsv(path).rows).toHaveLength(2);
  });

  it('says which line is damaged', () => {
    for (const line of ['x,1', '1.5,1', '1', '1,2,3', '1,one']) {
      expect(() => parseMetrics(`step,a\n0,1\n${line}\n`, 'm.csv')).toThrow(expect.objectContaining({ code: 'GL7002', message: "'m.csv' is damaged in line 3" }));
    }
    expect(() => parseMetrics('time,a\n', 'm.csv')).toThrow(/first column/);
    expect(() => parseMetrics('', 'm.csv')).toThrow(/first column/);
  });

  it('refuses rows of another length', () => {
    const writer = openMetricsCsv(path, ['a']);
    expect(() => writer.append({ step: 1, values: [1, 2] })).toThrow(RangeError);
    writer.close();
  });

  it('reports a place that cannot be written to', () => {
    writeFileSync(join(folder, 'out'), 'a file');
    expect(() => openMetricsCsv(path, ['a'])).toThrow(expect.objectContaining({ code: 'GL7005' }));
  });
});
