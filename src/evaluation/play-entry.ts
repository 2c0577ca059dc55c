/** Plays the episodes of one entry that are still missing: side by side, one batch of decisions a round, each recorded. */

import {
  type EpisodeEnd,
  type EpisodeObserver,
  fromVectorEnv,
  type Game,
  type Policy,
  playEpisodes,
} from '../agent/index.js';
import { type Emulators, type GymStep, makeVectorEnv } from '../env-bridge/index.js';
import { EpisodeRecorder, type RecorderOptions } from '../record/index.js';

export interface EntryOptions {
  readonly game: Game;
  /** Stays the caller's. */
  readonly policy: Policy;
  readonly emulators: Emulators;
  readonly seeds: readonly number[];
  /** Episodes side by side, at most. */
  readonly parallel: number;
  readonly maxDecisions: number | null;
  readonly plain: boolean;
  /** Where the record of a seed goes. */
  readonly folderOf: (seed: number) => string;
  /** For the manifests. */
  readonly given: readonly string[];
  readonly versions: RecorderOptions['versions'];
  readonly git: RecorderOptions['git'];
  readonly watch?: (seed: number) => EpisodeObserver;
  readonly signal: AbortSignal;
}

/** One end a seed, in order. Rejects where the environments cannot be made; an episode's trouble is in its end. */
export async function playEntry(options: EntryOptions): Promise<EpisodeEnd[]> {
  const { game, policy, emulators, seeds, maxDecisions, plain, signal } = options;
  if (seeds.length === 0) return [];
  const count = evenParallel(seeds.length, options.parallel);
  const { env, ...settings } = game.emulator;
  await using environment = await makeVectorEnv(env, { ...settings, emulators, count, plain, signal });
  return await playEpisodes<GymStep>({
    game,
    policy,
    environments: fromVectorEnv(environment),
    episodes: seeds.map((seed) => ({
      id: `${game.name}-${seed}`,
      seed,
      observers: [recorderOf(seed, options), ...(options.watch ? [options.watch(seed)] : [])],
    })),
    ...(maxDecisions === null ? {} : { maxSteps: maxDecisions }),
    signal,
  });
}

/**
 * As many slots as keep the rounds of episodes even: 50 episodes on at most 16 slots are played 13, 13, 13 and 11 at a
 * time rather than 16, 16, 16 and 2, whose decisions would be dear.
 */
export function evenParallel(episodes: number, most: number): number {
  return Math.ceil(episodes / Math.ceil(episodes / most));
}

function recorderOf(seed: number, options: EntryOptions): EpisodeRecorder {
  const { game, policy, emulators, maxDecisions, plain } = options;
  const { env, ...settings } = game.emulator;
  return new EpisodeRecorder({
    folder: { exactly: options.folderOf(seed) },
    arguments: {
      given: [...options.given],
      resolved: {
        game: game.name,
        env,
        // As JSON would have it: the game's own object is read-only by type.
        emulator: JSON.parse(JSON.stringify(settings)),
        policy: policy.id,
        seed,
        maxSteps: maxDecisions,
        plain,
      },
    },
    versions: options.versions,
    git: options.git,
    recoveries: () => emulators.recoveries,
  });
}
