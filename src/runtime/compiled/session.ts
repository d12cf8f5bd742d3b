import * as tf from '@tensorflow/tfjs';
import type { PlayerName } from '../models/model.ts';
import type { Memory } from '../trainer/memory.ts';
import { setIterations } from '../trainer/optimizerState.ts';
import { PLAYERS } from '../trainer/options.ts';
import type { Players } from '../trainer/players.ts';
import type { Machine } from './machine.ts';
import { createPersistentMemory, type PersistentMemory } from './persistent.ts';
import { createStateMemory, type StateMemory } from './stateMemory.ts';

/** A machine with all that training changes in its memory, and the code that was made for it. */
export interface Session {
  readonly machine: Machine;
  readonly persistent: PersistentMemory;
  readonly states: StateMemory;
  /** Variables that a loss may read, by the name of their graph input: the networks', and whatever else there is. */
  readonly variables: () => readonly { readonly name: string; readonly variable: tf.Variable }[];
  /** What was made for a key, or is made now. */
  readonly cached: <T>(key: string, make: () => T) => T;
  /** Whether so much is kept that it is time for a new session. */
  readonly isFull: () => boolean;
  /** Fetches what was set on tfjs's side. */
  readonly pull: () => void;
  /** Hands all newer values to tfjs's side. */
  readonly push: () => void;
  /** Hands over newer values of variables: while losses are captured nothing must do so. */
  readonly pushWeights: () => void;
  /** All that updates of the players and forward passes of either change, as it is now; the result puts it back. */
  readonly snapshot: (updated: readonly PlayerName[]) => () => void;
  readonly release: () => void;
}

/** Programs for so many batch shapes, awake terms and present states are kept. */
const MOST_PROGRAMS = 32;

/** @throws SpecError GL5005 for optimisers and variables that cannot be owned */
export function createSession(machine: Machine, players: Players, memory: Memory): Session {
  const persistent = createPersistentMemory({ machine, players, memory });
  const states = createStateMemory(machine, memory);
  const cache = new Map<string, unknown>();
  const cells = PLAYERS.flatMap((name) => persistent.players[name].cells);
  const owned = new Set(persistent.weights.map(({ variable }) => variable));
  const backups = new Map<PlayerName, Float32Array>();
  return {
    machine,
    persistent,
    states,
    variables() {
      const others = Object.values(tf.engine().registeredVariables).filter((variable) => !owned.has(variable));
      return [...persistent.weights.map(({ name, variable }) => ({ name, variable })), ...others.map((variable) => ({ name: `variable.${variable.name}`, variable }))];
    },
    cached<T>(key: string, make: () => T): T {
      if (!cache.has(key)) cache.set(key, make());
      return cache.get(key) as T;
    },
    isFull: () => cache.size >= MOST_PROGRAMS,
    pull() {
      for (const cell of cells) cell.pull();
      states.pull();
    },
    push() {
      for (const cell of cells) cell.push();
      states.push();
    },
    pushWeights() {
      for (const { cell } of persistent.weights) cell.push();
    },
    snapshot(updated) {
      const restoreStates = states.snapshot();
      const iterations = PLAYERS.flatMap((name) => players[name].groups.map(({ optimizer }) => ({ optimizer, count: optimizer.iterations })));
      const parts = PLAYERS.map((name) => {
        const { cells: all, segment, untrained } = persistent.players[name];
        const changing = updated.includes(name) ? all : untrained.map(({ cell }) => cell);
        const end = segment.place + segment.bytes;
        // untrained variables lie at the segment's end
        const start = (changing === all ? segment.place : (changing.at(0)?.place ?? end)) / 4;
        const backup = backups.get(name) ?? new Float32Array(end / 4 - start);
        backups.set(name, backup);
        backup.set(machine.floats().subarray(start, start + backup.length));
        return { start, backup, owners: changing.map((cell) => cell.snapshot()) };
      });
      return () => {
        for (const { start, backup, owners } of parts) {
          machine.floats().set(backup, start);
          for (const restore of owners) restore();
        }
        restoreStates();
        for (const { optimizer, count } of iterations) setIterations(optimizer, count);
      };
    },
    release() {
      persistent.release();
      machine.dispose();
    },
  };
}
