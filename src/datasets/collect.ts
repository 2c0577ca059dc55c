/**
 * Collects demonstrations: has the seeds played that a dataset does not have yet, and keeps each episode the moment it
 * ends. Killed at any moment and started again, nothing whole is lost or played twice.
 */
import { resolve } from 'node:path';
import type { EpisodeEnvironments, Game, Policy } from '../agent/index.js';
import { AgentError, type EnvSpec, inWords } from '../core/index.js';
import { askedAlone } from './asked-alone.js';
import { describeCollection } from './describe-collection.js';
import { episodeContent, type PlayedEpisode } from './episode-content.js';
import { claimFolder, describeFolder, recoverShards } from './folder.js';
import type { FrameShape } from './frame-codec.js';
import { playHere } from './play-here.js';
import { ShardKeeper } from './shard-keeper.js';

export interface CollectOptions {
  readonly folder: string;
  readonly game: Game;
  /** Acts. It and the labeller stay the caller's to dispose of. */
  readonly driver: Policy;
  /** Says what should be done; may be the driver. */
  readonly labeller: Policy;
  /** Probability of a random action in the driver's place. Default 0. */
  readonly noise?: number;
  /** One episode each; those that the dataset has are not played again. */
  readonly seeds: readonly number[];
  /** One or more of one spec; each plays as many episodes at a time as it has slots. None where others play. */
  readonly groups: readonly EpisodeEnvironments[];
  /** What the environment is, where there are no groups. */
  readonly spec?: EnvSpec;
  /** Both players are asked about each situation by itself: then what they say does not depend on who else plays. */
  readonly isExact?: boolean;
  readonly maxDecisions?: number;
  /** Versions of emulators and program, for the description. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CollectProgress) => void;
  /** Something to tell that is not progress: what was found when going on. */
  readonly onNote?: (text: string) => void;
}

/** What is missing of a dataset, for whoever plays it. */
export interface Collection {
  /** Absolute. */
  readonly folder: string;
  readonly game: Game;
  readonly driver: Policy;
  /** The driver itself where that is who labels. */
  readonly labeller: Policy;
  readonly noise: number;
  readonly groups: readonly EpisodeEnvironments[];
  readonly maxDecisions: number | undefined;
  /** Of the frames that are kept. */
  readonly frame: FrameShape;
  /** All that was ever asked for. */
  readonly seeds: readonly number[];
  /** With their numbers in the dataset. */
  readonly pending: readonly { readonly seed: number; readonly number: number }[];
  /** A decision was made. */
  readonly onStep: () => void;
  /** Resolves when the episode is on disk. Rejects where it cannot be written; then the signal comes too. */
  readonly keep: (episode: PlayedEpisode) => Promise<void>;
  /** Ends the playing. */
  readonly signal: AbortSignal;
}

export interface CollectFailure {
  readonly seed: number;
  readonly error: AgentError | null;
}

/** Plays what is missing; resolves to what failed. What it leaves out is played by the next call. */
export type CollectElsewhere = (collection: Collection) => Promise<readonly CollectFailure[]>;

export interface CollectProgress {
  /** Episodes that were asked for, and those of them that are kept by now. */
  readonly planned: number;
  readonly done: number;
  /** Of these, kept by this call. */
  readonly doneNow: number;
  /** Decisions made by this call. */
  readonly steps: number;
  readonly milliseconds: number;
  /** Scores of the episodes kept by this call. */
  readonly scores: readonly number[];
}

export interface CollectResult extends CollectProgress {
  readonly folder: string;
  readonly damaged: readonly string[];
  /** Episodes that failed; they are not in the dataset and are played again by the next call. */
  readonly failures: readonly CollectFailure[];
  readonly wasCancelled: boolean;
}

/**
 * Resolves when every seed was played or the signal was given.
 * Rejects with `dataset` where the folder is taken, was collected otherwise, or cannot be written.
 * @param play plays the episodes, where that is not this process
 */
export async function collect(options: CollectOptions, play: CollectElsewhere = playHere): Promise<CollectResult> {
  const { game, noise = 0, seeds, groups, maxDecisions, signal, onNote } = options;
  const folder = resolve(options.folder);
  await using _claim = await claimFolder(folder);
  const description = await describeFolder(folder, describeCollection(options));
  const { shards, damaged } = await recoverShards(folder);
  for (const damage of damaged) onNote?.(`damaged, set aside, its episodes are played again: ${damage}`);
  const keeper = new ShardKeeper(folder, shards);
  const numberOf = new Map(description.seeds.map((seed, number) => [seed, number]));
  const wanted = seeds.map((seed) => ({ seed, number: numberOf.get(seed) as number }));
  const pending = wanted.filter(({ number }) => !keeper.has(number));
  const stop = new AbortController();
  const counts = { steps: 0, scores: [] as number[] };
  const started = performance.now();
  const progress = (): CollectProgress => ({
    planned: seeds.length,
    done: seeds.length - pending.length + counts.scores.length,
    doneNow: counts.scores.length,
    milliseconds: performance.now() - started,
    ...counts,
  });
  const keep = async (episode: PlayedEpisode): Promise<void> => {
    try {
      await keeper.keep(episode.number, episodeContent(episode, game.frames));
    } catch (error) {
      stop.abort(error); // a full disk is full for the others too
      throw error;
    }
    counts.scores.push(episode.score);
    options.onProgress?.(progress());
  };
  const onStep = (): void => {
    counts.steps++;
    options.onProgress?.(progress());
  };
  const failures = await play({
    ...{ folder, game, noise, groups, maxDecisions, pending, onStep, keep },
    ...{ seeds: description.seeds, frame: description.frame },
    ...playersOf(options),
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
    return [];
  });
  if (stop.signal.aborted) throw unwritable(folder, stop.signal.reason);
  if (!signal?.aborted) await keeper.merge();
  return { ...progress(), folder, damaged, failures, wasCancelled: signal?.aborted === true };
}

function playersOf({ driver, labeller, isExact }: CollectOptions): Pick<Collection, 'driver' | 'labeller'> {
  if (!isExact) return { driver, labeller };
  const alone = askedAlone(driver);
  // One that does both is asked once.
  return { driver: alone, labeller: labeller === driver ? alone : askedAlone(labeller) };
}

function unwritable(folder: string, cause: unknown): AgentError {
  return new AgentError('dataset', 'an episode cannot be kept', {
    got: inWords(cause),
    where: folder,
    next: 'make room or name another --out, then start again: what is kept stays',
    cause,
  });
}
