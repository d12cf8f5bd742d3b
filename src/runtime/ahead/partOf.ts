import { invariant } from '../../support/invariant.ts';
import { APPLY_NAMES } from '../../step/assembleApply.ts';
import { OPTIMIZERS } from '../../step/optimizers.ts';
import { INPUT_NAMES, type CapturedLoss } from '../compiled/captureLoss.ts';
import type { Session } from '../compiled/session.ts';
import type { PlayerName } from '../models/model.ts';
import type { RecordedProgram, Recorder } from './recorder.ts';
import type { PartPlan } from './stepPlan.ts';

interface PartContext {
  readonly recorder: Recorder;
  readonly session: Session;
}

/** What follows the losses for one player. Writes the optimisers' numbers, such as the learning rate, into the memory. */
export function partOf(player: PlayerName, { labels, states }: CapturedLoss, programs: readonly RecordedProgram[], { recorder, session }: PartContext): PartPlan {
  const named = (name: string): RecordedProgram => {
    const found = programs.find(({ program }) => program.name === name);
    invariant(found !== undefined, `no program ${name} was recorded`);
    return found;
  };
  const [evaluate, check, apply] = ['evaluate', `check.${player}`, `apply.${player}`].map(named);
  const outputAt = (output: string): number | undefined => evaluate.program.places.get(`${player}/${output}`);
  const memory = session.persistent.players[player];
  for (const { name, kind, settings } of memory.groups) {
    const current = settings();
    for (const [number, valueOf] of Object.entries(OPTIMIZERS[kind].numbers)) {
      const place = apply.program.places.get(APPLY_NAMES.number(name, number));
      if (place !== undefined) recorder.floats()[place / 4] = valueOf(current);
    }
  }
  const averages = memory.untrained.flatMap(({ name, cell }) => {
    const from = outputAt(`update.${name}`);
    return from === undefined ? [] : [{ from, to: cell.place, bytes: 4 * cell.size, state: null }];
  });
  const written = states.map((key) => {
    const { shape } = session.states.present().get(key)!;
    return { from: outputAt(INPUT_NAMES.state(key))!, to: session.states.placeOf(key), bytes: 4 * shape.reduce((product, size) => product * size, 1), state: key };
  });
  return {
    player,
    reports: labels.map((label) => ({ label, offset: outputAt(label)! })),
    check: { program: check.name, offset: check.program.places.get('finite')! },
    apply: apply.name,
    copies: [...averages, ...written],
  };
}
