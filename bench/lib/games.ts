/** The games of the benchmarks. */
import type { EnvOptions } from '../../src/env-bridge/index.js';

/** A game with the settings that the project plays it at. */
export interface Game {
  readonly name: string;
  readonly id: string;
  readonly options: EnvOptions & { readonly kwargs: Record<string, unknown>; readonly frameSkip: number };
  readonly actions: number;
  /** Decisions of one environment in a round. */
  readonly decisions: number;
}

export const CAR_RACING: Game = {
  name: 'CarRacing',
  id: 'CarRacing-v3',
  options: { kwargs: { continuous: false }, frameSkip: 4 },
  actions: 5,
  decisions: 100,
};
export const SPACE_INVADERS: Game = {
  name: 'Space Invaders',
  id: 'ALE/SpaceInvaders-v5',
  options: { kwargs: { frameskip: 1 }, frameSkip: 4, maxPool: true },
  actions: 6,
  decisions: 250,
};
