import type { PlayerName } from '../models/model.ts';
import type { Trial } from './evaluatePlayer.ts';
import type { Memory } from './memory.ts';
import type { Report } from './metrics.ts';
import { PLAYERS } from './options.ts';
import type { Update } from './plan.ts';
import type { Player, Players } from './players.ts';
import { joinSnapshots, snapshotOptimizer, snapshotVariables, type Snapshot } from './snapshot.ts';
import type { StepRunner } from './stepRunner.ts';
import { requireKernels } from '../rehearsal/requireKernels.ts';
import { runUpdate } from './update.ts';

/** Runs a change of what the trainer holds; one that fails leaves no trace. */
export async function allOrNothing(players: Players, memory: Memory, change: () => Promise<void>): Promise<void> {
  const before = snapshot(players, memory);
  try {
    await change();
  } catch (error) {
    before.restore();
    memory.settle();
    throw error;
  }
  before.release();
  memory.settle();
}

function snapshot(players: Players, memory: Memory): Snapshot {
  const contents = memory.contents();
  return joinSnapshots([() => ({ restore: () => memory.set(contents), release: () => {} }), ...PLAYERS.flatMap((player) => snapshotsOf(players[player]))]);
}

/** All that a player's updates change beside the memory. */
export function snapshotsOf({ variables, untrained, groups }: Player): readonly (() => Snapshot)[] {
  return [() => snapshotVariables([...variables, ...untrained]), ...groups.map(({ optimizer }) => () => snapshotOptimizer(optimizer))];
}

/** Steps as tfjs takes them: its tape differentiates, its optimisers update. */
export function createTapeSteps(players: Players, updates: readonly Update[], memory: Memory, fallback: string | null = null): StepRunner {
  let rehearsed = false;
  /** Before the first step that is taken here. @throws SpecError GL5006 */
  const rehearse = (trial: Trial): void => {
    if (rehearsed) return;
    for (const name of new Set(updates.flat())) requireKernels(trial, players[name]);
    rehearsed = true;
  };
  return {
    async run({ withBatch, trial }) {
      const reports: { [P in PlayerName]: Report } = { generator: new Map(), discriminator: new Map() };
      const skipped = { generator: 0, discriminator: 0 };
      await allOrNothing(players, memory, async () => {
        for (const [update, names] of updates.entries()) {
          await withBatch(async (batch) => {
            const attempt = trial(batch, update);
            rehearse(attempt);
            for (const record of await runUpdate(attempt, players, names)) {
              reports[record.player] = record.report;
              if (record.skipped) skipped[record.player] += 1;
            }
          });
        }
      });
      return { reports, skipped };
    },
    sync: () => undefined,
    mode: () => 'tape',
    fallback: () => fallback,
    dispose: () => undefined,
  };
}
