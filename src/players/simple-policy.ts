/** Policies that decide for each episode by itself: what they share is the keeping of one player an episode. */

import type { Answer, EpisodeStart, Policy, Situation } from '../agent/policy.js';
import { AgentError } from '../core/index.js';

/** Answers one episode's situations, in order. */
export type Player = (situation: Situation) => Answer;

export interface SimplePolicyOptions {
  readonly id: string;
  readonly provenance?: NonNullable<Policy['provenance']>;
  /** Makes the player of an episode; throws where it cannot play in this environment. */
  readonly createPlayer: (start: EpisodeStart) => Player;
}

/** A batched policy of independent players. */
export function simplePolicy({ id, provenance = {}, createPlayer }: SimplePolicyOptions): Policy {
  const players = new Map<string, Player>();
  return {
    id,
    provenance,
    isBatchInvariant: true,
    begin: async (start) => {
      players.set(start.episode, createPlayer(start));
    },
    act: async (situations) => situations.map((situation) => playerOf(situation, players)(situation)),
    end: async (episode) => {
      players.delete(episode);
    },
    [Symbol.asyncDispose]: async () => players.clear(),
  };
}

function playerOf({ episode }: Situation, players: ReadonlyMap<string, Player>): Player {
  const player = players.get(episode);
  if (player) return player;
  throw new AgentError('policy_failure', 'a policy was asked about an episode that it does not know', {
    expected: 'begin() before act()',
    got: `episode ${episode}`,
  });
}
