import type * as tf from '@tensorflow/tfjs';

/** A variable whose value may lie elsewhere. */
export interface WatchedVariable {
  /** The identity of the value that tfjs has, without this watcher's `beforeRead`. */
  readonly identity: () => object;
  /** The watcher is gone; after the last one the variable is an ordinary one again. */
  readonly release: () => void;
}

/** What a watched variable carries: two trainers may train it in turn. */
interface Watch {
  dataId: object;
  readonly watchers: Set<() => void>;
}

const WATCH = Symbol('ganloss.watch');

interface Watchable {
  [WATCH]?: Watch;
}

/**
 * Calls `beforeRead` whenever tfjs is about to use the variable's value. A tensor's value is known by its property `dataId` alone: every
 * kernel, every download and every assignment reads it first. So a variable that is trained in another memory is never seen stale.
 */
export function watchVariable(variable: tf.Variable, beforeRead: () => void): WatchedVariable {
  const watchable = variable as tf.Variable & Watchable;
  const watch = (watchable[WATCH] ??= install(variable));
  watch.watchers.add(beforeRead);
  return {
    identity() {
      // another trainer's value counts as one that was set from outside
      if (watch.watchers.size > 1) for (const other of watch.watchers) if (other !== beforeRead) other();
      return watch.dataId;
    },
    release() {
      watch.watchers.delete(beforeRead);
      if (watch.watchers.size > 0) return;
      Object.defineProperty(variable, 'dataId', { configurable: true, enumerable: true, writable: true, value: watch.dataId });
      delete watchable[WATCH];
    },
  };
}

function install(variable: tf.Variable): Watch {
  const watch: Watch = { dataId: variable.dataId, watchers: new Set() };
  Object.defineProperty(variable, 'dataId', {
    configurable: true,
    enumerable: true,
    get() {
      for (const beforeRead of watch.watchers) beforeRead();
      return watch.dataId;
    },
    set(next: object) {
      watch.dataId = next;
    },
  });
  return watch;
}
