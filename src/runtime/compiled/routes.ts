import { SpecError } from '../../support/diagnostic.ts';
import type { PlayerName } from '../models/model.ts';

/**
 * How a player's part of an update runs:
 * - `whole`: from the batch to the weights as compiled code;
 * - `samples`: likewise, but the samples come from elsewhere (a pool, a generator that cannot be captured);
 * - `through`: the generator's own update where it cannot be captured: the loss of its samples is compiled, the tape takes the gradient on from there;
 * - `tape`: not compiled at all.
 */
export type Route = 'whole' | 'samples' | 'through' | 'tape';

export type Strictness = 'auto' | 'captured';

/** The routes of each player, the best first. */
const ROUTES: { readonly [P in PlayerName]: readonly Route[] } = {
  generator: ['whole', 'through', 'tape'],
  discriminator: ['whole', 'samples', 'tape'],
};

/** Which routes a trainer takes. A route that turned out impossible is not tried again. */
export interface Routes {
  readonly of: (player: PlayerName) => Route;
  /**
   * Runs what may turn out impossible, on the best route that is left; null where that is the tape.
   * Errors that the tape would raise, too, are raised.
   */
  readonly first: <T>(player: PlayerName, attempt: (route: Exclude<Route, 'tape'>) => T) => T | null;
  /** Takes another route from now on. */
  readonly fallBack: (player: PlayerName, route: Route, reason: string) => void;
  /** The player's update ran on the tape. If that was because of an error that could have been the user's own, it was not. */
  readonly confirmTape: (player: PlayerName) => void;
  /** Whether the generators can be captured where samples come from elsewhere. */
  readonly samplesAreCompiled: () => boolean;
  /** @throws the error itself where it is no matter of capturing, or nothing may run on the tape */
  readonly giveUpSamples: (error: unknown) => void;
  /** Why anything runs on the tape. */
  readonly reason: () => string | null;
}

/** @param pooled whether a pool chooses the discriminator's samples */
export function createRoutes({ strictness, pooled, warn }: { readonly strictness: Strictness; readonly pooled: boolean; readonly warn: (message: string) => void }): Routes {
  const taken = { generator: 0, discriminator: pooled ? ROUTES.discriminator.indexOf('samples') : 0 };
  const suspected = new Map<PlayerName, string>();
  let samples = true;
  let reason: string | null = null;
  const explain = (why: string): void => {
    if (reason !== null) return;
    reason = why;
    warn(`GL5005: ${why}; what depends on it runs on the tape`);
  };
  const of = (player: PlayerName): Route => ROUTES[player][taken[player]];
  const fallBack = (player: PlayerName, route: Route, why: string): void => {
    taken[player] = ROUTES[player].indexOf(route);
    explain(why);
  };
  return {
    of,
    first(player, attempt) {
      suspected.delete(player);
      for (;;) {
        const route = of(player);
        if (route === 'tape') return null;
        try {
          return attempt(route);
        } catch (error) {
          const problem = captureProblem(error);
          if (strictness === 'captured' || (problem === null && error instanceof SpecError)) throw error;
          if (problem === null) {
            // an error of the user's own code may be due to the tracing, or not: the tape will tell
            suspected.set(player, `the ${player}'s loss can not be captured: ${error instanceof Error ? error.message : String(error)}`);
            return null;
          }
          fallBack(player, ROUTES[player][taken[player] + 1], problem);
        }
      }
    },
    fallBack,
    confirmTape(player) {
      const why = suspected.get(player);
      if (why !== undefined) fallBack(player, 'tape', why);
    },
    samplesAreCompiled: () => samples,
    giveUpSamples(error) {
      const problem = captureProblem(error);
      if (problem === null || strictness === 'captured') throw error;
      samples = false;
      explain(problem);
    },
    reason: () => reason,
  };
}

/** Why something cannot be captured; null for an error of another kind. */
export function captureProblem(error: unknown): string | null {
  if (!(error instanceof SpecError)) return null;
  return error.diagnostics.some(({ code }) => code === 'GL5005') ? error.message : null;
}
