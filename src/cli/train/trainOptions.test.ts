import { describe, expect, it } from 'vitest';
import { UsageError } from '../usageError.ts';
import { DEFAULT_SETTINGS, differences, parseParams, resolveSettings } from './trainOptions.ts';

describe('settings', () => {
  it('are the defaults where nothing is said, or those of the run that is resumed', () => {
    const options = { data: 'mnist', out: 'out', seed: 7 };
    expect(resolveSettings(options)).toEqual({ ...DEFAULT_SETTINGS, seed: 7 });
    expect(resolveSettings(options, { ...DEFAULT_SETTINGS, batch: 8, params: { k: 2 } })).toEqual({ ...DEFAULT_SETTINGS, batch: 8, params: { k: 2 }, seed: 7 });
  });

  it('are named by their options where they differ', () => {
    expect(differences(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, lrD: 1, params: { k: 1 } })).toEqual(['--lr-d', '--param']);
    expect(differences(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS })).toEqual([]);
  });
});

describe('parseParams', () => {
  it('reads names and numbers', () => {
    expect(parseParams(['lambda=5', 'k = -1e-3'])).toEqual({ lambda: 5, k: -1e-3 });
  });

  it.each(['lambda', 'lambda=', '=5', 'lambda=five', 'lambda=Infinity', '2x=1'])('refuses %s', (text) => {
    expect(() => parseParams([text])).toThrow(UsageError);
  });
});
