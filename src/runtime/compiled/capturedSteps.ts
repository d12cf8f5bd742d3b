import type { PlayerName } from '../models/model.ts';
import type { Memory } from '../trainer/memory.ts';
import type { Report } from '../trainer/metrics.ts';
import { PLAYERS } from '../trainer/options.ts';
import type { Update } from '../trainer/plan.ts';
import type { Players } from '../trainer/players.ts';
import type { StepRunner } from '../trainer/stepRunner.ts';
import { createTapeSteps } from '../trainer/tapeSteps.ts';
import type { Machine } from './machine.ts';
import { captureProblem, createRoutes, type Strictness } from './routes.ts';
import { createSession, type Session } from './session.ts';
import { createUpdateRunner } from './updateRunner.ts';

export interface CapturedOptions {
  readonly players: Players;
  readonly updates: readonly Update[];
  readonly memory: Memory;
  /** @param alone without further threads */
  readonly createMachine: (alone: boolean) => Machine;
  /** Whether a pool chooses the discriminator's samples. */
  readonly pooled: boolean;
  /** `captured` raises GL5005 for what cannot be captured, `auto` runs it on the tape. */
  readonly strictness: Strictness;
  /** Told, once each, what runs on the tape and why, and for which batch shapes code was made anew. */
  readonly warn: (message: string) => void;
}

/**
 * Steps as compiled code. Weights, slots, averages and states live in the machine's memory; variables that are read in between are
 * handed over one by one, everything by `sync`. What cannot be captured runs on the tape, update by update.
 */
export function createCapturedSteps({ players, updates, memory, createMachine, pooled, strictness, warn }: CapturedOptions): StepRunner {
  const routes = createRoutes({ strictness, pooled, warn });
  const runner = createUpdateRunner({ players, memory, routes, warn });
  const tape = createTapeSteps(players, updates, memory);
  const updated: readonly PlayerName[] = [...new Set(updates.flat())];
  let session: Session | null = null;
  let alone = false;

  const close = (): void => {
    session?.push();
    memory.settle();
    session?.release();
    session = null;
  };

  const open = (): Session | null => {
    if (session?.machine.broken() === true) {
      alone = true;
      warn('a thread died in the midst of a step: steps go on without further threads');
      close();
    }
    if (session?.isFull() === true) close();
    try {
      return (session ??= createSession(createMachine(alone), players, memory));
    } catch (error) {
      const problem = captureProblem(error);
      if (problem === null || strictness === 'captured') throw error;
      for (const player of PLAYERS) routes.fallBack(player, 'tape', problem);
      return null;
    }
  };

  return {
    async run(step) {
      const open_ = updated.every((player) => routes.of(player) === 'tape') ? null : open();
      if (open_ === null) {
        close();
        return tape.run(step);
      }
      const reports: { [P in PlayerName]: Report } = { generator: new Map(), discriminator: new Map() };
      const skipped = { generator: 0, discriminator: 0 };
      const before = memory.contents();
      open_.pull();
      const undo = open_.snapshot(updated);
      try {
        for (const [update, names] of updates.entries()) {
          await step.withBatch(async (batch) => {
            for (const record of await runner.run(open_, step.trial(batch, update), names)) {
              reports[record.player] = record.report;
              if (record.skipped) skipped[record.player] += 1;
            }
          });
        }
      } catch (error) {
        // averages and states are in the machine's memory, whatever was handed over meanwhile
        const terms = new Map([...memory.contents().terms].filter(([key]) => before.terms.has(key)));
        memory.set({ pools: before.pools, termPools: before.termPools, terms });
        undo();
        memory.settle();
        throw error;
      }
      if (memory.contents() !== before) memory.settle();
      return { reports, skipped };
    },
    sync() {
      session?.push();
      memory.settle();
    },
    mode: () => (updated.every((player) => routes.of(player) === 'tape') ? 'tape' : 'captured'),
    fallback: routes.reason,
    dispose: close,
  };
}
