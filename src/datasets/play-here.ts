/**
 * Plays demonstrations in this process, several at a time, in groups on environments of their own: while one group
 * waits for its emulators, another one's decisions are computed.
 */
import { type EpisodePlan, playEpisodes } from '../agent/index.js';
import { CollectingPolicy } from './collecting-policy.js';
import type { CollectElsewhere } from './collection.js';
import { EpisodeGatherer } from './episode-gatherer.js';

export const playHere: CollectElsewhere = async (collection) => {
  const { game, groups, pending, driver, labeller, noise, maxDecisions, signal, onStep, keep } = collection;
  const policy = new CollectingPolicy({ driver, labeller, noise });
  const planOf = ({ seed, number }: (typeof pending)[number]): EpisodePlan => {
    const id = `${game.name}-${seed}`;
    const gatherer = new EpisodeGatherer({ number, seed, label: () => policy.labelOf(id), onStep, keep });
    return { id, seed, observers: [gatherer] };
  };
  const rounds = groups.map((environments, group) =>
    playEpisodes({
      ...{ game, policy, environments, signal },
      episodes: pending.filter((_, i) => i % groups.length === group).map(planOf),
      ...(maxDecisions === undefined ? {} : { maxDecisions }),
    }),
  );
  const ends = (await Promise.all(rounds)).flat();
  return ends.filter(({ status }) => status === 'failed').map(({ seed, error }) => ({ seed, error }));
};
