/** A stream of decisions. Where it is used up, every decision is the first possibility, so that shorter streams mean simpler graphs. */
export interface Choices {
  /** A whole number in [0, count). */
  readonly choose: (count: number) => number;
  /** A whole number in [low, high]. */
  readonly between: (low: number, high: number) => number;
  readonly element: <T>(list: readonly T[]) => T;
  /** True with the probability 1/odds; false at the end of the stream. */
  readonly rarely: (odds: number) => boolean;
  readonly shuffle: <T>(list: readonly T[]) => T[];
  /** A part of the list, in its order. */
  readonly subset: <T>(list: readonly T[]) => T[];
}

export function createChoices(stream: readonly number[]): Choices {
  let next = 0;
  const choose = (count: number) => (next < stream.length ? stream[next++] % Math.max(1, count) : 0);
  const choices: Choices = {
    choose,
    between: (low, high) => low + choose(high - low + 1),
    element: (list) => list[choose(list.length)],
    rarely: (odds) => choose(odds) === odds - 1 && odds > 1,
    shuffle(list) {
      const rest = [...list];
      const shuffled: (typeof list)[number][] = [];
      while (rest.length > 0) shuffled.push(...rest.splice(choose(rest.length), 1));
      return shuffled;
    },
    subset: (list) => list.filter(() => choose(2) === 1),
  };
  return choices;
}
