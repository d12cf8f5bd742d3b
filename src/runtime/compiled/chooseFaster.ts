/** How many runs of each way are timed before one is chosen; the first of them warm up. */
const TRIALS = 12;
const WARM_UP = 4;
/** After so many runs the other way gets another chance: cores come and go. */
const AGAIN = 200;
const RETRIALS = 3;

/**
 * Runs one of two functions that do the same, whichever was faster lately: alone, or together with helpers, which loses where the other
 * cores are busy. Compares the least times of a few runs each.
 */
export function chooseFaster(alone: () => void, together: () => void, now: () => number): () => void {
  const ways = [
    { run: alone, least: Infinity },
    { run: together, least: Infinity },
  ];
  let best = 0;
  let count = 0;
  const timed = (way: (typeof ways)[number], counts: boolean): void => {
    const start = now();
    way.run();
    if (counts) way.least = Math.min(way.least, now() - start);
  };
  const choose = (): void => {
    best = ways[1].least < ways[0].least ? 1 : 0;
  };
  return () => {
    count += 1;
    if (count <= 2 * TRIALS) {
      timed(ways[count % 2], count > 2 * WARM_UP);
      if (count === 2 * TRIALS) choose();
      return;
    }
    const round = (count - 2 * TRIALS) % AGAIN;
    if (round >= AGAIN - 2 * RETRIALS) {
      // least times of long ago tell nothing of now
      if (round === AGAIN - 2 * RETRIALS) for (const way of ways) way.least = Infinity;
      timed(ways[round % 2], true);
      if (round === AGAIN - 1) choose();
      return;
    }
    ways[best].run();
  };
}
