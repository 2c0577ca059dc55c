/** The table of how far players follow what they are told: a row for each player and telling. */
import { meanShare, type Share } from '../evaluation/index.js';
import type { Followed, FollowedEpisode } from './followed.js';

export interface FollowedRow {
  readonly game: string;
  readonly policy: string;
  readonly telling: string;
  readonly episodes: number;
  readonly decisions: number;
  readonly followed: Share;
  /** The name that was right when told plainly, and is wrong now. */
  readonly by_heart: Share;
  /** Answers that name no action. */
  readonly unread: number;
}

/** Players and tellings in the order in which they come. */
export function followedTable(episodes: readonly FollowedEpisode[]): { readonly rows: readonly FollowedRow[] } {
  const groups = new Map<string, { episode: FollowedEpisode; counts: Followed[] }>();
  for (const episode of episodes) {
    for (const counts of episode.tellings) {
      const key = JSON.stringify([episode.game, episode.policy, counts.telling]);
      const group = groups.get(key) ?? { episode, counts: [] };
      groups.set(key, group);
      group.counts.push(counts);
    }
  }
  return { rows: [...groups.values()].map(({ episode, counts }) => rowOf(episode, counts)) };
}

function rowOf({ game, policy }: FollowedEpisode, counts: readonly Followed[]): FollowedRow {
  const asked = counts.filter(({ decisions }) => decisions > 0);
  const of = (part: (one: Followed) => number): Share => meanShare(asked.map((one) => part(one) / one.decisions));
  const sum = (part: (one: Followed) => number): number => counts.reduce((total, one) => total + part(one), 0);
  return {
    ...{ game, policy, telling: counts[0]?.telling ?? '' },
    episodes: asked.length,
    decisions: sum(({ decisions }) => decisions),
    followed: of(({ followed }) => followed),
    by_heart: of(({ byHeart }) => byHeart),
    unread: sum(({ unread }) => unread),
  };
}
