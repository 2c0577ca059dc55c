/** What `runEvaluation` is asked for, and what it tells while it plays. */
import type { Clock, EnvironmentOptions, EpisodeObserver, PlayChoices } from '../agent/index.js';
import type { Emulators, Recovery } from '../env-bridge/index.js';
import type { Person, Services } from '../players/index.js';
import type { EpisodeOutcome } from './episode-outcome.js';
import type { SetAside } from './schema.js';
import type { Shard } from './shard.js';
import type { VideoChoice } from './videos.js';

/** How emulators are reached: started here, or on a server. What is opened is closed by who opened it. */
export type OpenEmulators = (options: {
  readonly signal: AbortSignal;
  readonly processes?: number;
  readonly onRecovery?: (recovery: Recovery) => void;
}) => Promise<Emulators>;

export interface EvaluationOptions {
  /** Games by name or path; those of the configuration where left out. */
  readonly games?: readonly string[] | undefined;
  /** One environment that has no file, instead of games. */
  readonly environment?: EnvironmentOptions | undefined;
  /** `POLICY` or `NAME=POLICY`; who plays where nobody is named if left out. */
  readonly policies?: readonly string[] | undefined;
  /** Ways of playing of all policies, before those of each policy and game. */
  readonly play?: PlayChoices | undefined;
  /** 10 where neither it nor `seeds` is given. */
  readonly episodes?: number | undefined;
  /** Such as `100000..100049` or `3,5,100..109`. */
  readonly seeds?: string | undefined;
  /** Plays one part of the seeds; `mergeEvaluations` puts the parts together. */
  readonly shard?: Shard | undefined;
  /** An evaluation of configs/evaluation, or the path of a YAML file; what else is given goes before it. */
  readonly config?: string | undefined;
  /** Decisions after which an episode is stopped. */
  readonly maxDecisions?: number | undefined;
  /** A row of the table for each; the paused clock alone where left out. */
  readonly clocks?: readonly Clock[] | undefined;
  /** Episodes side by side, at most; 16 where left out. Scores do not depend on it. */
  readonly parallel?: number | undefined;
  /** Emulator processes; one a core where left out. */
  readonly processes?: number | undefined;
  /** Videos, made from the records when all is played. */
  readonly videos?: VideoChoice | undefined;
  /** Folder of the evaluation, gone on with where it holds one; a new one under runs/ where left out. */
  readonly out?: string | undefined;
  /** Folder of an evaluation to go on with as it was asked for. */
  readonly resume?: string | undefined;
  /** With `resume`: use the files that the evaluation names by path. */
  readonly trustFiles?: boolean | undefined;
  /** Play every failed episode again, not only what failed for want of disk, memory or a service. */
  readonly retryFailed?: boolean | undefined;
  /** Gymnasium's own emulator where a faster identical one is the default. */
  readonly plain?: boolean | undefined;
  /** What players over HTTP share; without limits where left out. A used-up budget ends it all like `signal`. */
  readonly services?: Services | undefined;
  /** Who plays as `human`; nobody where left out. */
  readonly person?: Person | undefined;
  /** The user's words, for the records. */
  readonly given?: readonly string[] | undefined;
  /** Emulator processes on this machine where left out. */
  readonly openEmulators?: OpenEmulators | undefined;
  /** Ends the evaluation; it goes on later. */
  readonly signal?: AbortSignal | undefined;
  readonly watcher?: EvaluationWatcher | undefined;
}

/** Options with what was left out where nothing else can be taken. */
export type SettledOptions = EvaluationOptions & {
  readonly openEmulators: OpenEmulators;
  readonly signal: AbortSignal;
};

/** One row that is about to be played. */
export interface EntryFacts {
  readonly game: string;
  /** The policy's name in the table. */
  readonly policy: string;
  readonly planned: number;
  /** Of an earlier start. */
  readonly done: readonly EpisodeOutcome[];
  /** Decisions of episodes that others played of the same game. */
  readonly elsewhere: readonly number[];
  /** Decisions that an episode of the game usually has. */
  readonly usual: number | undefined;
}

/** Told as an evaluation goes on. */
export interface EvaluationWatcher {
  onStart?(start: { readonly folder: string; readonly isResumed: boolean; readonly seeds: readonly number[] }): void;
  onRecovery?(recovery: Recovery): void;
  /** Something to tell that is none of the others. */
  onNote?(sentence: string): void;
  onSetAside?(aside: SetAside): void;
  /** Before a policy is loaded. */
  onLoad?(row: { readonly game: string; readonly policy: string }): void;
  /** What watches each episode of a row. */
  onEntry?(facts: EntryFacts): (seed: number) => EpisodeObserver;
  /** A row is played; `closeCalls` of its `answers` were asked again alone. */
  onEntryEnd?(counts: { readonly closeCalls: number; readonly answers: number }): void;
  onVideo?(file: string, index: number, count: number): void;
}
