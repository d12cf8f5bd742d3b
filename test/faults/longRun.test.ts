import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compile } from '../../src/compile.ts';
import type * as CodeMachine from '../../src/runtime/compiled/codeMachine.ts';
import type { Machine } from '../../src/runtime/compiled/machine.ts';
import { createTrainer } from '../../src/runtime/trainer/createTrainer.ts';
import type { TrainerOptions } from '../../src/runtime/trainer/options.ts';
import { mlp, tensor } from '../../src/runtime/trainer/testing/networks.ts';

// Training goes on and on in the same memory. STEPS=10000 NODE_OPTIONS=--expose-gc npx vitest run test/faults/longRun.test.ts also
// looks at the heap, and says how fast the first and the last tenth of the steps are.

const STEPS = Number(process.env.STEPS ?? 200);
/** Stretches of a run that are compared. */
const PARTS = 10;

/** The memory of compiled steps: how large it is, and how often something was reserved in it. */
const machines = vi.hoisted((): { all: Machine[]; reserved: number } => ({ all: [], reserved: 0 }));

vi.mock('../../src/runtime/compiled/codeMachine.ts', async (importOriginal) => {
  const real = await importOriginal<typeof CodeMachine>();
  return {
    createCodeMachine: (...args: Parameters<typeof real.createCodeMachine>): Machine => {
      const machine = real.createCodeMachine(...args);
      machines.all.push(machine);
      return {
        ...machine,
        allocate(bytes) {
          machines.reserved += 1;
          return machine.allocate(bytes);
        },
      };
    },
  };
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SPEC = 'param lambda = 10\nterm level() { generator = square(ema(mean(fake), decay: 0.9)) }\nwasserstein + lambda*gp + level()';
const POOLED = `pool tensor_pool(size: 8)\n${SPEC}`;

interface Part {
  readonly tensors: number;
  readonly buffers: number;
  readonly arena: number;
  readonly reserved: number;
  readonly heap: number;
  readonly milliseconds: number;
}

/** Trains in parts, and says after each what is there; a part's time is what the processor spent on its steps together. */
async function train(spec: string, options: Partial<TrainerOptions>): Promise<readonly Part[]> {
  machines.all = [];
  const trainer = createTrainer(
    compile(spec),
    { generator: mlp('g', [4, 16, 2]), discriminator: mlp('d', [2, 16, 1]) },
    { optimizers: { generator: tf.train.adam(1e-3, 0.5, 0.9), discriminator: tf.train.adam(1e-3, 0.5, 0.9) }, noise: 4, ema: 0.99, warn: () => undefined, ...options },
  );
  const batches = Array.from({ length: 7 }, (_, index) => tensor(`real${index}`, [16, 2]));
  const parts: Part[] = [];
  const take = async (count: number): Promise<void> => {
    for (let step = 0; step < count; step += 1) await trainer.step({ real: batches[trainer.stepCount % batches.length] });
  };
  // states appear and pools are filled in the first steps
  await take(20);
  for (let part = 0; part < PARTS; part += 1) {
    // of the process: other processes do not count
    const start = process.cpuUsage();
    await take(Math.ceil(STEPS / PARTS));
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1000;
    trainer.sync();
    globalThis.gc?.();
    const { numTensors: tensors, numDataBuffers: buffers } = tf.memory();
    parts.push({ tensors, buffers, arena: machines.all.reduce((sum, machine) => sum + machine.floats().length, 0), reserved: machines.reserved, heap: process.memoryUsage().heapUsed, milliseconds });
  }
  trainer.dispose();
  tf.dispose(batches);
  return parts;
}

describe(`${STEPS} steps`, () => {
  it.each<readonly [string, string, Partial<TrainerOptions>]>([
    ['on the tape', SPEC, { mode: 'tape' }],
    ['on the tape with a pool', POOLED, { mode: 'tape' }],
    ['as WebAssembly', SPEC, { mode: 'captured', target: 'wasm' }],
    ['as JavaScript', SPEC, { mode: 'captured', target: 'js' }],
    ['as WebAssembly with a pool', POOLED, { mode: 'captured', target: 'wasm' }],
  ])('%s leave tensors, buffers and arena as they are', { timeout: 60_000 + 60 * STEPS }, async (what, spec, options) => {
    const parts = await train(spec, options);
    const flat = ({ tensors, buffers, arena, reserved }: Part) => ({ tensors, buffers, arena, reserved });
    for (const part of parts) expect(flat(part)).toEqual(flat(parts[0]));
    if (STEPS < 10_000) return;
    // of a long run also the heap, whose use the collector decides: the least of the last parts against the least of the first
    const least = (some: readonly Part[]) => Math.min(...some.map(({ heap }) => heap));
    const [early, late] = [parts.slice(0, 3), parts.slice(-3)];
    const growth = (least(late) - least(early)) / 2 ** 20;
    const perStep = ({ milliseconds }: Part): string => ((milliseconds / STEPS) * PARTS).toFixed(3);
    console.log(`${what}: ${parts[0].tensors} tensors, ${parts[0].arena * 4} bytes of arena; heap ${growth >= 0 ? '+' : ''}${growth.toFixed(2)} MiB; ${perStep(parts[0])} ms of processor a step in the first ${STEPS / PARTS}, ${perStep(parts.at(-1)!)} in the last`);
    expect(growth).toBeLessThan(4);
  });
});
