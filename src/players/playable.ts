/** Whether games can be played by those who shall play them, found out before anything is written. */
import { type Game, requireNeeds, requireSameActions, specOf } from '../agent/index.js';
import type { EnvSpec } from '../core/index.js';
import type { Emulators } from '../env-bridge/index.js';
import { needsOf } from './kinds.js';

/** A policy, as `--policy` names it, in a game. */
export interface PlannedPlayer {
  readonly game: Game;
  readonly spec: string;
}

/**
 * Makes each game's environment once; resolves to what they are, by the game's name. Rejects with `unsupported_env`
 * where a policy cannot play in it, with `config` where the game does not fit it, and with what making meets.
 */
export async function requirePlayable(
  players: readonly PlannedPlayer[],
  emulators: Emulators,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, EnvSpec>> {
  const specs = new Map<string, EnvSpec>();
  // A game that is played in several ways is the same emulator.
  for (const emulator of new Set(players.map(({ game }) => game.emulator))) {
    const made = await specOf(emulator, emulators, signal);
    for (const { game, spec } of players.filter((player) => player.game.emulator === emulator)) {
      specs.set(game.name, made);
      requireSameActions(game, made);
      requireNeeds(spec, await needsOf(spec), game, made);
    }
  }
  return specs;
}
