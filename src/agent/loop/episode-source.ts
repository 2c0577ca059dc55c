/** Where the episodes that are played come from: a list, or whoever hands them out one by one. */
import type { NdArray, TimeStep } from '../../core/index.js';
import type { EpisodePlan } from './episode.js';

/** Episodes that are not known from the beginning. No two that are played at a time have the same id. */
export interface EpisodeSource<T extends TimeStep<NdArray> = TimeStep<NdArray>> {
  /**
   * At most `most` episodes to begin now. While others are played it answers at once, with none where there is none.
   * Where it `mayWait`, nothing is played: it answers when there is one, and with none when there will be no more.
   */
  take(most: number, mayWait: boolean): Promise<readonly EpisodePlan<T>[]>;
}

type Episodes<T extends TimeStep<NdArray>> = readonly EpisodePlan<T>[] | EpisodeSource<T>;

export function isList<T extends TimeStep<NdArray>>(episodes: Episodes<T>): episodes is readonly EpisodePlan<T>[] {
  return Array.isArray(episodes);
}

export function sourceOf<T extends TimeStep<NdArray>>(episodes: Episodes<T>): EpisodeSource<T> {
  if (!isList(episodes)) return episodes;
  const waiting = [...episodes];
  return { take: async (most) => waiting.splice(0, most) };
}
