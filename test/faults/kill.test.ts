import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'tsdown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHECKPOINT_FILE, loadCheckpoint, PREVIOUS_FILE } from '../../src/node.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { stateOf } from './state.ts';

// A process that saves checkpoints is killed (SIGKILL) at random moments. KILLS=200 KILL_SEED=7 npx vitest run test/faults/kill.test.ts

const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.KILL_SEED ?? 1);
/** Time in which a process saves several checkpoints, in milliseconds. */
const LONGEST = 40;

let folder = '';
let program = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ganloss-kill-'));
  const entry = new URL('saveForever.ts', import.meta.url).pathname;
  await build({ config: false, entry: { saveForever: entry }, outDir: folder, format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false, fixedExtension: true, logLevel: 'silent', deps: { alwaysBundle: [/@noble/], onlyBundle: false } });
  program = join(folder, 'saveForever.mjs');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts saving from a step on; once the first checkpoint is there, kills the process after so many milliseconds. */
async function saveUntilKilled(directory: string, first: number, after: number): Promise<number> {
  const child = spawn(process.execPath, [program, directory, String(first), '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [text, armed] = ['', false];
  child.stdout.on('data', (piece: Buffer) => {
    text += String(piece);
    if (armed) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), after);
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(child.signalCode).toBe('SIGKILL');
  return Number(text.trim().split('\n').at(-1));
}

it(`after each of ${KILLS} kills there is the old checkpoint or the new one, whole`, { timeout: 1000 * (30 + KILLS) }, async () => {
  const directory = join(folder, 'checkpoint');
  const delays = createRandom(SEED, 'kill').numbers('delays', KILLS);
  let [step, unfinished, news] = [0, 0, 0];
  for (const delay of delays) {
    const done = await saveUntilKilled(directory, step, LONGEST * delay);
    const found = await loadCheckpoint(directory);
    // what was said to be saved is saved; the next one may have been, too
    expect([done, done + 1]).toContain(found.step);
    expect(found).toEqual(stateOf(found.step));
    const files = await readdir(directory);
    expect(files).toContain(CHECKPOINT_FILE);
    if (files.some((name) => name.endsWith('.unfinished'))) unfinished += 1;
    if (found.step > done) news += 1;
    step = found.step + 1;
  }
  // the one before is there, too, and whole
  await rm(join(directory, CHECKPOINT_FILE));
  await expect(loadCheckpoint(directory)).rejects.toMatchObject({ diagnostics: [{ code: 'GL7001', hint: expect.stringContaining(PREVIOUS_FILE) }] });
  if (KILLS >= 100) {
    console.log(`${KILLS} kills, seed ${SEED}: ${step} checkpoints, ${unfinished} killed while one was being written, ${news} after its renaming`);
    expect(unfinished).toBeGreaterThan(KILLS / 10);
  }
});

it('a folder that can only be read is GL7005', async () => {
  const locked = join(folder, 'locked');
  await mkdir(locked);
  await chmod(locked, 0o555);
  await chmod(folder, 0o755);
  // root may write everywhere: as nobody, then
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(process.execPath, [program, locked, '0', '1'], { stdio: ['ignore', 'pipe', 'inherit'], ...nobody });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += String(piece);
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(text).toBe('GL7005\n');
  expect(await readdir(locked)).toEqual([]);
});
