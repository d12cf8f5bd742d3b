import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, openHostile, type Hostile } from './hostileCase.ts';

const COUNT = 2000;
let hostile: Hostile;
beforeAll(() => {
  hostile = openHostile();
});
afterAll(() => hostile.close());

describe('hostile files', () => {
  it.each(FORMATS.map((format, offset) => [format, offset] as const))('%s: end in a result or in a diagnostic', (_format, offset) => {
    for (let seed = offset; seed < COUNT; seed += FORMATS.length) {
      const finding = hostile.run(seed);
      if (finding !== null) expect.fail(`seed ${finding.seed}, ${finding.format}: ${finding.what}; ${Buffer.from(finding.bytes.subarray(0, 600)).toString('latin1')}`);
    }
  });
});
