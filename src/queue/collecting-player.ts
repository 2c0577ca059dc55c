/** Plays demonstrations one by one: for a worker, and for whoever plays one of a worker's again. */
import type { Game, Policy } from '../agent/index.js';
import { CollectingPolicy, EpisodeGatherer, type PlayedEpisode } from '../datasets/index.js';
import type { EntryOptions } from '../evaluation/index.js';
import { packDemonstration } from './demonstration.js';
import { EntryPlayer, type EpisodeWatch, scratchFolder } from './entry-player.js';

export interface CollectingOptions
  extends Pick<EntryOptions, 'emulators' | 'parallel' | 'maxDecisions' | 'versions' | 'git'> {
  readonly game: Game;
  /** Both are asked alone, and stay the caller's. */
  readonly driver: Policy;
  /** The driver itself where that is who labels. */
  readonly labeller: Policy;
  readonly noise: number;
}

/** What the record of a demonstration says of who played. */
export const demonstrationPolicyId = (driver: string, labeller: string): string => `${driver} labelled by ${labeller}`;

/** Answers are the record's files, labels and frames. `onEnd` is called when nothing is played any more. */
export async function collectingPlayer(options: CollectingOptions, onEnd: () => Promise<void>): Promise<EntryPlayer> {
  const { driver, labeller, noise, ...others } = options;
  const policy = new CollectingPolicy({ driver, labeller, noise });
  const watch = (id: string, seed: number): EpisodeWatch => {
    let played: PlayedEpisode | undefined;
    const keep = async (episode: PlayedEpisode): Promise<void> => {
      played = episode;
    };
    const observer = new EpisodeGatherer({ number: 0, seed, label: () => policy.labelOf(id), keep });
    // What failed has none.
    return { observer, parts: () => (played === undefined ? [] : packDemonstration(played)) };
  };
  const entry = { ...others, policy, clock: null, plain: false, given: [] };
  return new EntryPlayer(entry, await scratchFolder(), onEnd, watch);
}
