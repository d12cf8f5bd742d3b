import { describe, expect, it } from 'vitest';
import { RateMeter } from './rateMeter.ts';

describe('RateMeter', () => {
  it('has no rate before two samples', () => {
    const meter = new RateMeter();
    expect(meter.rate).toBeUndefined();
    meter.add(100, 0);
    expect(meter.rate).toBeUndefined();
  });

  it('measures from where a resumed run began', () => {
    const meter = new RateMeter();
    meter.add(100, 0);
    meter.add(110, 2_000);
    expect(meter.rate).toBe(5);
  });

  it('forgets an earlier speed', () => {
    const meter = new RateMeter();
    let step = 0;
    for (let at = 0; at <= 20_000; at += 100) meter.add(step++, at);
    expect(meter.rate).toBeCloseTo(10, 1);
    for (let at = 20_500; at <= 60_000; at += 500) meter.add(step++, at);
    expect(meter.rate).toBeCloseTo(2, 1);
  });

  it('measures steps that take longer than its window', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(1, 40_000);
    meter.add(2, 80_000);
    expect(meter.rate).toBeCloseTo(1 / 40, 5);
  });
});
