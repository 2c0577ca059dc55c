/** What is asked of whoever collects demonstrations, and what comes of it. */
import type { EpisodeEnvironments, Game, Policy } from '../agent/index.js';
import type { AgentError, EnvSpec } from '../core/index.js';
import type { PlayedEpisode } from './episode-content.js';
import type { FrameShape } from './frame-codec.js';

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
