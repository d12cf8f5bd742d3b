import { describe, expect, it } from 'vitest';
import { duration, figure, pace, plainLine, speed, table } from './progressText.ts';

const rows = [
  { label: 'loss', discriminator: -1.65, generator: 1.9 },
  { label: '10·gp', discriminator: 0.4142 },
];

describe('progress text', () => {
  it('gives rate and time left while there is something left', () => {
    expect(pace({ step: 570, total: 1500, rate: 12.34, rows: [] })).toBe('570/1,500  12.3 steps/s  1:16 left');
    expect(pace({ step: 0, total: 1500, rate: undefined, rows: [] })).toBe('0/1,500');
    expect(pace({ step: 1500, total: 1500, rate: 12, rows: [] })).toBe('1,500/1,500');
  });

  it('lines up the terms of both players', () => {
    expect(table(rows)).toEqual([
      '         discriminator      generator',
      '  loss          −1.650          1.900',
      '  10·gp         0.4142              –',
    ]);
    expect(table([])).toEqual([]);
  });

  it('puts everything on one line for logs', () => {
    expect(plainLine({ step: 570, total: 1500, rate: 12.34, rows })).toBe('step 570/1,500 (38%)  12.3 steps/s  1:16 left; loss D −1.650 G 1.900; 10·gp D 0.4142');
  });

  it('writes durations, speeds and numbers as people do', () => {
    expect([0.2, 59.5, 61, 3600, 3723].map(duration)).toEqual(['0:01', '1:00', '1:01', '1:00:00', '1:02:03']);
    expect([250, 1, 0.24].map(speed)).toEqual(['250 steps/s', '1.00 steps/s', '4.2 s/step']);
    expect([0, 1, -12.3456, 1234.5, 1e6, 1e-5, NaN, -Infinity].map(figure)).toEqual(['0.000', '1.000', '−12.35', '1235', '1.00e+6', '1.00e−5', 'NaN', '−Infinity']);
  });
});
