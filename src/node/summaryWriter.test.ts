import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeEvents } from '../tfgan/summaryWriter/testing/decodeEvents.ts';
import { createSummaryWriter } from './summaryWriter.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'summaries-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('createSummaryWriter of ganloss/node', () => {
  it("names the file as TensorFlow does and makes its folder", async () => {
    const writer = createSummaryWriter(join(folder, 'a', 'b'), { now: () => 1_234_567_890_999 });
    await writer.close();
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual([expect.stringMatching(/^events\.out\.tfevents\.1234567890\..+/)]);
  });

  it('has on disk what was flushed, before it is closed', async () => {
    const writer = createSummaryWriter(folder, { fileName: 'events.out.tfevents.test' });
    for (const step of [1, 2]) {
      writer.scalar('loss', step / 2);
      await writer.flush(step);
      const events = decodeEvents(readFileSync(writer.path));
      expect(events.at(-1)).toMatchObject({ step, values: [{ tag: 'loss', scalar: step / 2 }] });
      expect(events).toHaveLength(step + 1);
    }
    await writer.close();
    writer.scalar('loss', 1);
    await expect(writer.flush(3)).rejects.toThrow('is closed');
  });

  it('goes on with a file of that name', async () => {
    for (const step of [1, 2]) {
      const writer = createSummaryWriter(folder, { fileName: 'events.out.tfevents.test' });
      writer.scalar('loss', step);
      await writer.flush(step);
      await writer.close();
    }
    const events = decodeEvents(readFileSync(join(folder, 'events.out.tfevents.test')));
    expect(events.flatMap(({ values }) => values.map(({ scalar }) => scalar))).toEqual([1, 2]);
  });

  it('says where it can not write', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => createSummaryWriter(join(folder, 'file', 'logs'))).toThrow('can not be written');
  });
});
