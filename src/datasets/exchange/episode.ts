/** What crosses between our datasets and those of other programs: whole episodes, one after the other. */
import type { DatasetDescription, DatasetEpisode, Decision } from '../schema.js';

/** A decision; its frame and stack are numbered within the episode. */
export type ExchangedStep = Omit<Decision, 'frame'>;

export interface ExchangedEpisode extends Pick<DatasetEpisode, 'seed' | 'score' | 'status' | 'ending'> {
  /** Its number in the dataset that it comes to; from 0 on, each once. */
  readonly number: number;
  readonly steps: readonly ExchangedStep[];
  /** PNG files as `encodeFrame` writes them, one more than there are steps. */
  readonly frames: readonly Uint8Array[];
  /** What `hashContent` must come to, of exports of ours. */
  readonly sha256?: string;
}

/** A dataset of another layout, opened: what is known of it, and its episodes as they are read. */
export interface ExchangeSource {
  /** All that a dataset says of itself; seeds are filled in as episodes come. */
  readonly description: Omit<DatasetDescription, 'seeds'>;
  readonly episodeCount: number;
  /** What the layout does not hold, and what stands in its place, in sentences. */
  readonly missing: readonly string[];
  /** Throws `dataset` where a file is damaged or does not fit; in any order. */
  episodes(): AsyncIterable<ExchangedEpisode>;
}

/** Numbers of the frames seen at a step, oldest first, as a game of `size` stacked frames shows them. */
export function usualStack(step: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.max(0, step - size + 1 + i));
}
