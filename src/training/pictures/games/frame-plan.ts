/** Which episodes the frames of a game come from: seeds and players by split, so that no split sees another's game. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectPaths } from '../../../core/project-paths.js';
import { SEEDS } from '../../../core/seeds.js';
import type { Split } from '../image-source.js';

/** One episode to take frames from. */
export interface EpisodeOfFrames {
  readonly game: string;
  readonly split: Split;
  readonly seed: number;
  /** As `--policy` names it. */
  readonly policy: 'expert' | 'random';
}

/** First seeds of each split; all below the evaluation seeds. */
const FIRST: Readonly<Record<Split, number>> = {
  train: 20_000,
  validation: SEEDS.validation.from,
  test: SEEDS.test.from,
};

/** Two of three episodes are played by the expert, whose games get further; random play shows what goes wrong. */
export function planEpisodes(game: string, split: Split, count: number): EpisodeOfFrames[] {
  return Array.from({ length: count }, (_, i) => ({
    game,
    split,
    seed: FIRST[split] + i,
    policy: i % 3 === 2 ? 'random' : 'expert',
  }));
}

/**
 * Who plays an episode, as `--policy` names it. What the expert of 30 November 2026 did in the episodes of the games
 * here is written down in configs/training/frames and played again: a better expert would show other pictures, and
 * every table that was measured on them would be about something else.
 */
export function playerOf({ game, seed, policy }: EpisodeOfFrames): string {
  const written = join(projectPaths.configs, 'training', 'frames', `${game}-${seed}.txt`);
  return policy === 'expert' && existsSync(written) ? `script:${written}` : policy;
}
