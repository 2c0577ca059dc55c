/**
 * Plays the episodes of one entry that are still missing: side by side, one batch of decisions a round, each recorded.
 */

import {
  type Clock,
  type EpisodeEnd,
  type EpisodeEnvironments,
  type EpisodeObserver,
  type EpisodePlan,
  type EpisodeSource,
  fromVectorEnv,
  type Game,
  type Policy,
  playEpisodes,
} from '../agent/index.js';
import { type EnvSpec, isAgentError } from '../core/index.js';
import { type Emulators, type GymStep, makeVectorEnv } from '../env-bridge/index.js';
import { EpisodeRecorder, type RecorderOptions } from '../record/index.js';

/** An episode that a source hands out. */
export interface PlannedSeed {
  /** No two that are played at a time have the same. */
  readonly id: string;
  readonly seed: number;
  /** Where its record goes. */
  readonly folder: string;
  /** Told of its end when the record is closed, one after the other. */
  readonly observers: readonly EpisodeObserver[];
}

/** As `EpisodeSource`. */
export interface SeedSource {
  take(most: number, mayWait: boolean): Promise<readonly PlannedSeed[]>;
}

export interface EntryOptions {
  readonly game: Game;
  /** Stays the caller's. */
  readonly policy: Policy;
  readonly emulators: Emulators;
  /** What the environment is, where that is known from before. */
  readonly spec?: EnvSpec | undefined;
  /** All of them, or a source that they come from one by one. */
  readonly seeds: readonly number[] | SeedSource;
  /** Episodes side by side, at most. */
  readonly parallel: number;
  readonly maxDecisions: number | null;
  /** The paused clock where left out. */
  readonly clock?: Clock | undefined;
  readonly plain: boolean;
  /** Where the record of a seed goes; a source tells it itself. */
  readonly folderOf?: (seed: number) => string;
  /** For the manifests. */
  readonly given: readonly string[];
  readonly versions: RecorderOptions['versions'];
  readonly git: RecorderOptions['git'];
  readonly watch?: (seed: number) => EpisodeObserver;
  readonly signal: AbortSignal;
}

/**
 * One end a seed, in order; none of a source. An episode's trouble is in its end, also where the emulators are gone
 * before it begins. Rejects where the environments cannot be made for any other reason.
 */
export async function playEntry(options: EntryOptions): Promise<EpisodeEnd[]> {
  const { game, policy, seeds, maxDecisions, signal } = options;
  if (isList(seeds) && seeds.length === 0) return [];
  const most = policy.isPaced ? 1 : options.parallel;
  const count = isList(seeds) ? evenParallel(seeds.length, most) : most;
  await using made = await environmentsOf(options, count);
  return await playEpisodes<GymStep>({
    game,
    policy,
    environments: made.environments,
    episodes: isList(seeds) ? seeds.map((seed) => planOf(ofList(seed, options), options)) : plansOf(seeds, options),
    clock: options.clock ?? null,
    ...(maxDecisions === null ? {} : { maxDecisions }),
    signal,
  });
}

type Seeds = EntryOptions['seeds'];

const isList = (seeds: Seeds): seeds is readonly number[] => Array.isArray(seeds);

function plansOf(source: SeedSource, options: EntryOptions): EpisodeSource<GymStep> {
  return {
    take: async (most, mayWait) => (await source.take(most, mayWait)).map((planned) => planOf(planned, options)),
  };
}

function ofList(seed: number, { game, folderOf, watch }: EntryOptions): PlannedSeed {
  if (folderOf === undefined) throw new TypeError('a list of seeds needs folderOf');
  return { id: `${game.name}-${seed}`, seed, folder: folderOf(seed), observers: watch ? [watch(seed)] : [] };
}

function planOf({ id, seed, folder, observers }: PlannedSeed, options: EntryOptions): EpisodePlan<GymStep> {
  return { id, seed, observers: [recorderOf(seed, folder, options), ...observers] };
}

type Made = AsyncDisposable & { readonly environments: EpisodeEnvironments<GymStep> };

async function environmentsOf({ game, emulators, spec, plain, signal }: EntryOptions, count: number): Promise<Made> {
  const { env, ...settings } = game.emulator;
  try {
    const vector = await makeVectorEnv(env, { ...settings, emulators, count, plain, signal });
    return { environments: fromVectorEnv(vector), [Symbol.asyncDispose]: () => vector.close() };
  } catch (error) {
    const isGone = isAgentError(error, 'emulator_died') || isAgentError(error, 'emulator_timeout');
    if (spec === undefined || !isGone) throw error;
    const refuse = (): Promise<never> => Promise.reject(error);
    return { environments: { spec, count, reset: refuse, step: refuse }, [Symbol.asyncDispose]: async () => {} };
  }
}

/**
 * As many slots as keep the rounds of episodes even: 50 episodes on at most 16 slots are played 13, 13, 13 and 11 at a
 * time rather than 16, 16, 16 and 2, whose decisions would be dear.
 */
export function evenParallel(episodes: number, most: number): number {
  return Math.ceil(episodes / Math.ceil(episodes / most));
}

function recorderOf(seed: number, folder: string, options: EntryOptions): EpisodeRecorder {
  const { game, policy, emulators, maxDecisions, plain } = options;
  const { env, ...settings } = game.emulator;
  return new EpisodeRecorder({
    folder: { exactly: folder },
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
