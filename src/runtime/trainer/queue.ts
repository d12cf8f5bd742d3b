/** Runs one task at a time, in the order they were given. */
export interface Queue {
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
}

/** The first task of an idle queue starts at once, within the call. */
export function createQueue(): Queue {
  let last: Promise<unknown> | null = null;
  return {
    run(task) {
      const result = last === null ? task() : last.then(task, task);
      last = result;
      const clear = (): void => {
        if (last === result) last = null;
      };
      result.then(clear, clear);
      return result;
    },
  };
}
