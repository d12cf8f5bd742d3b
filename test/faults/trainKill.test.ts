import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/node.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { begins, buildTrainProgram, ended, filesOf, remainsOf, says, stepsOf, type TrainProgram } from './trainProgram.ts';

// `ganloss train` is killed (SIGKILL) at random moments and goes on with --resume. KILLS=200 KILL_SEED=7 npx vitest run test/faults/trainKill.test.ts

const KILLS = Number(process.env.KILLS ?? 3);
const SEED = Number(process.env.KILL_SEED ?? 1);
/** How long a run is left to itself, in milliseconds: some tens of steps. */
const LONGEST = Number(process.env.KILL_AFTER ?? 250);
/** More than all runs that are killed get done. */
const STEPS = 40 + 20 * KILLS + (KILLS > 20 ? 60 * KILLS : 0);
const OFTEN = ['--steps', String(STEPS), '--sample-every', '5', '--checkpoint-every', '2'];

let program: TrainProgram;
beforeAll(async () => {
  program = await buildTrainProgram();
});
afterAll(() => program.remove());

it(`${KILLS} kills: each time the old checkpoint or the new one is there, and the end is that of a run that was never stopped`, { timeout: 1000 * (120 + 10 * KILLS) }, async () => {
  const whole = ended(program.start('whole', ...OFTEN));
  const run = join(program.folder, 'killed');
  const delays = createRandom(SEED, 'trainKill').numbers('delays', KILLS);
  let [last, begun, left, midway] = [0, 0, 0, 0];
  for (const delay of delays) {
    const resumes = existsSync(join(run, 'run.json'));
    const child = program.start('killed', ...OFTEN, ...(resumes ? ['--resume'] : []));
    const end = ended(child);
    await Promise.race([says(child, 'on 24 images'), end]);
    setTimeout(() => child.kill('SIGKILL'), LONGEST * delay);
    const { signal, stderr } = await end;
    if (signal === null) throw new Error(`it ended by itself: ${stderr}`);
    if (existsSync(run) && filesOf(run).some((name) => /\.tmp$|\.unfinished$/.test(name))) left += 1;
    if (!existsSync(join(run, 'checkpoint', 'checkpoint.safetensors'))) {
      begun += 1;
      expect(last).toBe(0);
      continue;
    }
    const { step } = await loadCheckpoint(join(run, 'checkpoint'));
    expect(step).toBeGreaterThanOrEqual(last);
    // between two checkpoints, whose steps are even
    if (stepsOf(run) !== step) midway += 1;
    last = step;
  }
  const { code, stderr } = await ended(program.start('killed', ...OFTEN, ...(existsSync(join(run, 'run.json')) ? ['--resume'] : [])));
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  expect((await whole).code).toBe(0);
  expect(await remainsOf(run)).toEqual(await remainsOf(join(program.folder, 'whole')));
  if (KILLS >= 100) console.log(`${KILLS} kills, seed ${SEED}: ${last} of ${STEPS} steps before the last run; ${begun} before the first checkpoint, ${midway} after steps that no checkpoint holds, ${left} amid writing a file`);
});

it.each([
  ['SIGINT', 130, 'Ctrl-C'],
  ['SIGTERM', 143, 'SIGTERM'],
] as const)('%s: it saves, exits with %i and goes on', async (signal, status, name) => {
  const out = `at-${signal}`;
  const child = program.start(out, '--steps', '100000', '--checkpoint-every', '100000');
  const end = ended(child);
  await begins(join(program.folder, out));
  child.kill(signal);
  const { code, stderr, stdout } = await end;
  expect(stderr).toContain(`${name}: finishing this step and saving; once more quits at once`);
  expect(stderr).toContain('Interrupted; everything is saved.');
  expect(code).toBe(status);
  const { step } = await loadCheckpoint(join(program.folder, out, 'checkpoint'));
  expect(step).toBeGreaterThan(0);
  expect(stdout).toContain(`${step.toLocaleString('en-US')} of 100,000 steps`);
  // no half of anything is left
  expect(filesOf(join(program.folder, out)).filter((file) => /\.tmp$|\.unfinished$/.test(file))).toEqual([]);
});

it('a second Ctrl-C quits at once, and leaves a checkpoint that is whole', async () => {
  const child = program.start('twice', '--steps', '100000', '--checkpoint-every', '2');
  const end = ended(child);
  const told = says(child, 'once more quits at once');
  await begins(join(program.folder, 'twice'));
  child.kill('SIGINT');
  await told;
  child.kill('SIGINT');
  const { signal } = await end;
  // it may have been done before
  expect([null, 'SIGINT']).toContain(signal);
  const { step } = await loadCheckpoint(join(program.folder, 'twice', 'checkpoint'));
  expect(stepsOf(join(program.folder, 'twice'))).toBeGreaterThanOrEqual(step);
});
