/** Plays episodes and keeps some of their frames, once: what is on disk is not played again. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fromVectorEnv, loadGame, playEpisode, tellingItsFile } from '../../../agent/index.js';
import { AgentError, type Frame, isFrame, makeFolder, type NdArray } from '../../../core/index.js';
import { type Emulators, makeVectorEnv } from '../../../env-bridge/index.js';
import { createPolicy } from '../../../players/index.js';
import { writeFrames } from './frame-file.js';
import { type EpisodeOfFrames, playerOf } from './frame-plan.js';

export interface CollectOptions {
  readonly emulators: Emulators;
  /** Where the PNG files go. */
  readonly folder: string;
  /** Decisions between two frames that are kept, and after which an episode is ended. */
  readonly stride: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
  /** Told after each episode. */
  readonly onEpisode?: (episode: EpisodeOfFrames, frames: number) => void;
}

/** The file of an episode's frames. */
export function framesFile(folder: string, { game, seed, policy }: EpisodeOfFrames): string {
  return join(folder, `${game}-${seed}-${policy}.png`);
}

/**
 * Makes the files of the episodes that have none yet.
 * Rejects with an `AgentError` what the emulator or the policy meets, `cancelled`.
 */
export async function collectFrames(episodes: readonly EpisodeOfFrames[], options: CollectOptions): Promise<void> {
  await makeFolder(options.folder);
  for (const episode of episodes) {
    if (existsSync(framesFile(options.folder, episode))) continue;
    const frames = await playForFrames(episode, options);
    await writeFrames(framesFile(options.folder, episode), frames);
    options.onEpisode?.(episode, frames.length);
  }
}

async function playForFrames(episode: EpisodeOfFrames, options: CollectOptions): Promise<Frame[]> {
  const { game: name, seed } = episode;
  const { emulators, stride, limit, signal } = options;
  const game = loadGame(name);
  const { env, ...settings } = game.emulator;
  const chosen = signal ? { signal } : {};
  const make = () => makeVectorEnv(env, { ...settings, emulators, count: 1, ...chosen });
  await using vector = await tellingItsFile(game.emulator, make);
  await using policy = await createPolicy(playerOf(episode), { game, ...chosen });
  const frames: Frame[] = [];
  const keep = (step: number, observation: NdArray): void => {
    if (step % stride === 0) frames.push(copyOf(observation, name));
  };
  const end = await playEpisode({
    game,
    policy,
    environments: fromVectorEnv(vector),
    maxDecisions: limit,
    ...chosen,
    episode: {
      id: `${name}-${seed}`,
      seed,
      observers: [
        {
          onReset: (_, { observation }) => keep(0, observation),
          onStep: ({ step }, { observation }) => keep(step, observation),
        },
      ],
    },
  });
  if (end.error) throw end.error;
  return frames;
}

/** The bridge's arrays view the message they came in. */
function copyOf(observation: NdArray, game: string): Frame {
  if (isFrame(observation) && observation.shape[2] === 3) return { ...observation, data: observation.data.slice() };
  throw new AgentError('unsupported_env', 'frames for training are colour pictures', {
    expected: 'uint8 [height, width, 3]',
    got: `${observation.dtype} [${observation.shape.join(', ')}]`,
    where: game,
  });
}
