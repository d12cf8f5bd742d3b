import { describe, expect, it } from 'vitest';
import { ganTrain } from './ganTrain.ts';
import { getJointTrainHooks, getSequentialTrainHooks } from './trainHooks.ts';
import { ganTrainSteps, getJointTrainSteps, getSequentialTrainSteps } from './trainSteps.ts';
import type { GANTrainOps, TrainOp } from './trainOps.ts';
import type { SummaryWriter } from '../summaryWriter/createSummaryWriter.ts';

/** Ops that write down when they run; the loss of a run is its number. */
function recordingOps() {
  const log: string[] = [];
  let [step, count] = [0, 0];
  const op = (): TrainOp => Object.assign(async () => 0, { parts: [] });
  const names = new Map<TrainOp, string>();
  const ops: GANTrainOps = {
    generatorTrainOp: op(),
    discriminatorTrainOp: op(),
    globalStepIncOp: () => {
      log.push(`step ${(step += 1)}`);
      return step;
    },
    get globalStep() {
      return step;
    },
    async run(chosen) {
      log.push(chosen.map((one) => names.get(one)).join('+'));
      count += 1;
      return chosen.map((_, index) => count + 100 * index);
    },
  };
  names.set(ops.generatorTrainOp, 'G').set(ops.discriminatorTrainOp, 'D');
  return { ops, log };
}

describe('getSequentialTrainSteps', () => {
  it("runs the generator's updates, then the discriminator's, then counts the step, and adds the losses up", async () => {
    const { ops, log } = recordingOps();
    const asked: number[] = [];
    const result = await getSequentialTrainSteps(ganTrainSteps(2, 3))(ops, { shouldStop: (step) => asked.push(step) > 0 });
    expect(log).toEqual(['G', 'G', 'D', 'D', 'D', 'step 1']);
    expect(result).toEqual({ totalLoss: 15, shouldStop: true, losses: { generator: [1, 2], discriminator: [3, 4, 5] } });
    expect(asked).toEqual([1]);
  });

  it('does one of each by default, and none of what is 0', async () => {
    const { ops, log } = recordingOps();
    expect((await getSequentialTrainSteps()(ops)).shouldStop).toBe(false);
    await getSequentialTrainSteps({ generatorTrainSteps: 0, discriminatorTrainSteps: 1 })(ops);
    expect(log).toEqual(['G', 'D', 'step 1', 'D', 'step 2']);
  });

  it('refuses what is no number of steps', async () => {
    expect(() => ganTrainSteps(1, -1)).toThrow('discriminatorTrainSteps is -1');
    await expect(getSequentialTrainSteps({ generatorTrainSteps: 0.5, discriminatorTrainSteps: 1 })(recordingOps().ops)).rejects.toThrow('generatorTrainSteps is 0.5');
  });
});

describe('getJointTrainSteps', () => {
  it.each([
    [3, 5, ['G+D', 'G+D', 'G+D', 'D', 'D', 'step 1']],
    [2, 1, ['G+D', 'G', 'step 1']],
  ])('runs both together as long as both have updates left: %i and %i', async (generator, discriminator, wanted) => {
    const { ops, log } = recordingOps();
    const { losses } = await getJointTrainSteps(ganTrainSteps(generator, discriminator))(ops);
    expect(log).toEqual(wanted);
    expect([losses.generator.length, losses.discriminator.length]).toEqual([generator, discriminator]);
  });
});

describe('ganTrain', () => {
  it('runs the hooks before it counts each step, further hooks first', async () => {
    const { ops, log } = recordingOps();
    const steps: unknown[] = [];
    const last = await ganTrain(ops, {
      steps: 2,
      getHooksFn: getJointTrainHooks(ganTrainSteps(1, 2)),
      hooks: [{ beforeRun: () => void log.push('hook') }],
      onStep: (step) => void steps.push(step),
    });
    expect(last).toBe(2);
    expect(log).toEqual(['hook', 'G+D', 'D', 'step 1', 'hook', 'G+D', 'D', 'step 2']);
    expect(steps).toEqual([
      { globalStep: 1, losses: { generator: [1], discriminator: [101, 2] } },
      { globalStep: 2, losses: { generator: [3], discriminator: [103, 4] } },
    ]);
  });

  it('trains in sequence by default, until it should stop', async () => {
    const { ops, log } = recordingOps();
    expect(await ganTrain(ops, { shouldStop: (step) => step === 2 })).toBe(2);
    expect(log).toEqual(['G', 'D', 'step 1', 'G', 'D', 'step 2']);
    expect(await ganTrain(ops, { steps: 1, getHooksFn: getSequentialTrainHooks(ganTrainSteps(0, 1)) })).toBe(3);
    expect(await ganTrain(ops, { steps: 0 })).toBeNull();
    await expect(ganTrain(ops, {})).rejects.toThrow('not told when to stop');
  });

  it('writes summaries with the first step and each so many after it', async () => {
    const { ops } = recordingOps();
    const log: string[] = [];
    const writer: Partial<SummaryWriter> = { flush: async (step) => void log.push(`flush ${step}`), discard: () => void log.push('discard') };
    await ganTrain(ops, { steps: 5, saveSummariesSteps: 2, summaryWriter: writer as SummaryWriter });
    expect(log).toEqual(['flush 1', 'discard', 'flush 3', 'discard', 'flush 5']);
  });
});
