import type * as tf from '@tensorflow/tfjs';
import type { Memory } from '../trainer/memory.ts';
import { createCell, type Cell } from './cells.ts';
import type { Machine } from './machine.ts';
import type { TensorDtype } from './transfer.ts';
import { sizeOf } from '../../ir/values.ts';

export interface StateType {
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
}

interface StateCell extends StateType {
  readonly cell: Cell;
  /** Whether the state was ever written. */
  readonly present: boolean;
}

/** The named state of terms in the machine's memory. */
export interface StateMemory {
  /** Fetches what was set or removed on tfjs's side. */
  readonly pull: () => void;
  readonly push: () => void;
  /** States that were written, with their types. */
  readonly present: () => ReadonlyMap<string, StateType>;
  /** Where a present state lies. */
  readonly placeOf: (key: string) => number;
  /** The state becomes what lies at `from`. */
  readonly write: (key: string, type: StateType, from: number) => void;
  /** All states as they are now; the result puts them back. */
  readonly snapshot: () => () => void;
}

export function createStateMemory(machine: Machine, memory: Memory): StateMemory {
  // replaced as a whole, never changed: so a snapshot is the map
  let states: ReadonlyMap<string, StateCell> = new Map();
  const set = (key: string, state: StateCell): void => {
    states = new Map([...states, [key, state]]);
  };
  const create = (key: string, { shape, dtype }: StateType): StateCell => {
    const tensor = (): tf.Tensor | undefined => memory.contents().terms.get(key);
    const cell = createCell(machine, machine.allocate(4 * sizeOf(shape)), {
      shape,
      dtype,
      identity: () => tensor()?.dataId ?? null,
      read: () => tensor() as tf.Tensor,
      write: (value) => memory.set({ terms: new Map([...memory.contents().terms, [key, memory.adopt(value)]]) }),
      start: () => 0,
    });
    return { shape, dtype, cell, present: false };
  };
  const sameType = (a: StateType | undefined, b: StateType): boolean => a !== undefined && a.dtype === b.dtype && a.shape.join() === b.shape.join();
  const bytes = ({ shape }: StateType): number => 4 * sizeOf(shape);
  return {
    pull() {
      const { terms } = memory.contents();
      for (const [key, tensor] of terms) {
        const type = { shape: tensor.shape, dtype: tensor.dtype as TensorDtype };
        if (!states.has(key)) set(key, create(key, type));
      }
      for (const [key, state] of states) {
        if (!state.cell.outdated()) continue;
        const tensor = terms.get(key);
        const type = tensor === undefined ? state : { shape: tensor.shape, dtype: tensor.dtype as TensorDtype };
        const next = sameType(state, type) ? state : create(key, type);
        next.cell.pull();
        set(key, { ...next, present: tensor !== undefined });
      }
    },
    push() {
      for (const { cell, present } of states.values()) if (present) cell.push();
    },
    present: () => new Map([...states].filter(([, { present }]) => present)),
    placeOf: (key) => (states.get(key) as StateCell).cell.place,
    write(key, type, from) {
      const old = states.get(key);
      const state = old !== undefined && sameType(old, type) ? old : create(key, type);
      // what tfjs's side holds is known, and older
      if (state !== old) state.cell.pull();
      machine.floats().copyWithin(state.cell.place / 4, from / 4, (from + bytes(type)) / 4);
      state.cell.touch();
      if (state !== old || !state.present) set(key, { ...state, present: true });
    },
    snapshot() {
      const before = states;
      const values = [...before.values()].map((state) => {
        const { place } = state.cell;
        return { state, data: machine.floats().slice(place / 4, (place + bytes(state)) / 4) };
      });
      return () => {
        states = before;
        for (const { state, data } of values) {
          machine.floats().set(data, state.cell.place / 4);
          if (state.present) state.cell.touch();
        }
      };
    },
  };
}
