import { invariant } from '../../../support/invariant.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { ValueType } from '../assembler/valueTypes.ts';

/** Values that are kept in locals, by key, for as long as the loop body that computed them. */
export interface Scope {
  readonly find: (key: string) => Local | undefined;
  /** Takes the value on the stack into a new local. */
  readonly keep: (key: string, type: ValueType) => Local;
  readonly inside: (body: () => void) => void;
}

export function scope(fn: FunctionBuilder): Scope {
  const known = new Map<string, Local>();
  const levels: string[][] = [[]];
  return {
    find: (key) => known.get(key),
    keep: (key, type) => {
      invariant(!known.has(key), `${key} is kept twice`);
      const local = fn.local(type, 'n');
      fn.set(local);
      known.set(key, local);
      levels[levels.length - 1].push(key);
      return local;
    },
    inside: (body) => {
      levels.push([]);
      body();
      for (const key of levels.pop()!) {
        fn.release(known.get(key)!);
        known.delete(key);
      }
    },
  };
}
