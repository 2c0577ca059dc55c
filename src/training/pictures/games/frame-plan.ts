/** Which episodes the frames of a game come from: seeds and players by split, so that no split sees another's game. */
import type { Split } from '../image-source.js';

/** One episode to take frames from. */
export interface EpisodeOfFrames {
  readonly game: string;
  readonly split: Split;
  readonly seed: number;
  /** As `--policy` names it. */
  readonly policy: 'expert' | 'random';
}

/**
 * First seeds. Training stays below 90,000; validation and test have the rest of what lies below the evaluation seeds
 * (100,000 and above), which nothing here touches.
 */
const FIRST: Readonly<Record<Split, number>> = { train: 20_000, validation: 90_000, test: 95_000 };

/** Two of three episodes are played by the expert, whose games get further; random play shows what goes wrong. */
export function planEpisodes(game: string, split: Split, count: number): EpisodeOfFrames[] {
  return Array.from({ length: count }, (_, i) => ({
    game,
    split,
    seed: FIRST[split] + i,
    policy: i % 3 === 2 ? 'random' : 'expert',
  }));
}
