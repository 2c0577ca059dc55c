/** Frames of the emulators as an image source. They are played once and lie under runs/cache/frames afterwards. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Game, loadGame } from '../../../agent/index.js';
import { hashArray } from '../../../core/hash.js';
import type { Frame } from '../../../core/nd-array.js';
import { projectPaths } from '../../../core/project-paths.js';
import { startEmulators } from '../../../env-bridge/index.js';
import { resize } from '../../../model/image/index.js';
import { type ImageSample, type ImageSource, SPLITS, type Split } from '../image-source.js';
import { type CollectOptions, collectFrames, framesFile } from './collect-frames.js';
import { readFrames } from './frame-file.js';
import { type EpisodeOfFrames, planEpisodes } from './frame-plan.js';

export interface GameFrameOptions {
  /** Side of the pictures it gives: a frame is squeezed to a square, as the games' models see it. */
  readonly side: number;
  /** Names of games. */
  readonly games: readonly string[];
  /** Episodes of each game by split. */
  readonly episodes?: Readonly<Record<Split, number>>;
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly onEpisode?: CollectOptions['onEpisode'];
}

const EPISODES: Readonly<Record<Split, number>> = { train: 18, validation: 3, test: 3 };
/** A frame of every fourth decision, for 240 decisions: about twenty seconds of play. */
const [STRIDE, LIMIT] = [4, 240];

interface GameFrame {
  readonly origin: string;
  readonly caption: string;
  readonly game: string;
  readonly screen: Frame;
  readonly frame: Frame;
}

/** Reads the frames, after playing what is not on disk yet. Rejects with an `AgentError` as `collectFrames` does. */
export async function openGameFrames(options: GameFrameOptions): Promise<ImageSource> {
  const { games, folder = join(projectPaths.runs, 'cache', 'frames'), episodes = EPISODES, side } = options;
  const plan = games.flatMap((game) => SPLITS.flatMap((split) => planEpisodes(game, split, episodes[split])));
  await playMissing(plan, folder, options);
  const bySplit: Record<Split, GameFrame[]> = { train: [], validation: [], test: [] };
  const known = new Map(games.map((name) => [name, loadGame(name)]));
  for (const episode of plan) {
    bySplit[episode.split].push(...(await framesOf(episode, known.get(episode.game) as Game, folder, side)));
  }
  return {
    name: 'games',
    size: (split) => bySplit[split].length,
    sample: (split, index): ImageSample => {
      const found = bySplit[split][index % bySplit[split].length];
      if (!found) throw new RangeError(`there are no game frames for ${split}`);
      const { frame: image, screen, game, origin, caption } = found;
      return { image, source: 'games', origin, caption, screen: { game, frame: screen } };
    },
  };
}

/** Emulators are started only where something is missing. */
async function playMissing(plan: readonly EpisodeOfFrames[], folder: string, options: GameFrameOptions): Promise<void> {
  if (plan.every((episode) => existsSync(framesFile(folder, episode)))) return;
  const { signal, onEpisode } = options;
  const emulators = await startEmulators({ processes: 1, ...(signal ? { signal } : {}) });
  try {
    await collectFrames(plan, {
      ...{ emulators, folder, stride: STRIDE, limit: LIMIT },
      ...(signal ? { signal } : {}),
      ...(onEpisode ? { onEpisode } : {}),
    });
  } finally {
    await emulators.close();
  }
}

async function framesOf(episode: EpisodeOfFrames, game: Game, folder: string, side: number): Promise<GameFrame[]> {
  const frames = await readFrames(framesFile(folder, episode));
  const seen = new Set<string>();
  const moved = frames.map((frame, i) => ({ frame, i, hash: hashArray(frame) }));
  // Space Invaders stands still for its first seconds: a picture that was there before is left out.
  const fresh = moved.filter(({ hash }) => !seen.has(hash) && seen.add(hash));
  return fresh.map(({ frame, i }) => ({
    origin: `${episode.game} seed ${episode.seed} ${episode.policy} step ${i * STRIDE}`,
    caption: `a frame of the video game ${game.title.toLowerCase()}`,
    game: game.name,
    screen: frame,
    frame: resize(frame, side, side, 'bicubic'),
  }));
}
