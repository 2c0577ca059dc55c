/**
 * What happens in an episode, as types: the environment the loop needs, what is recorded of each step, and who may
 * watch. The loop itself is `episode-loop.ts`.
 */
import type { AgentError, EnvSpec, ErrorEnvelope, Info, NdArray, TimeStep } from '../../core/index.js';
import type { Game } from '../game/game.js';
import type { ParseFailure, ParseResult } from '../parser/parse-result.js';
import type { Action, Sample, ServiceExtras, ServiceFacts, UnusableAnswer, Usage } from '../policy.js';
import type { Spent } from './spent.js';

/**
 * The environments an episode loop plays on: `count` slots of one spec, each with one episode at a time. Both calls
 * answer for every request in order, and a slot's failure is its own: the others' steps stay valid.
 */
export interface EpisodeEnvironments<T extends TimeStep<NdArray> = TimeStep<NdArray>> {
  readonly spec: EnvSpec;
  readonly count: number;
  reset(
    requests: readonly { readonly slot: number; readonly seed: number }[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<PromiseSettledResult<T>[]>;
  step(
    requests: readonly { readonly slot: number; readonly action: Action }[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<PromiseSettledResult<T>[]>;
}

/** An answer that could not be used: what came and why, or the error that came instead. */
export type RejectedAnswer = (
  | { readonly reason: ParseFailure; readonly raw: string; readonly found: readonly string[] }
  | { readonly reason: UnusableAnswer; readonly raw: string }
  | { readonly reason: 'error' | 'timeout'; readonly error: ErrorEnvelope }
) &
  ServiceExtras;

/**
 * Why an action was executed that nobody was asked for at that moment: the last one is held on, an earlier answer had
 * planned it, or the game went on while the policy thought.
 */
export type Origin = 'held' | 'planned' | 'waiting';

/** One decision and what came of it. Everything but `timings` is the same when seed and policy are. Plain JSON. */
export interface StepRecord {
  /** Number of the decision: 1, 2, … (the reset is 0). */
  readonly step: number;
  /** The last answer's text, word by word; null where the policy answers with actions or gave none. */
  readonly raw: string | null;
  /** What the parser made of `raw`; null where there was nothing to parse. */
  readonly parse: ParseResult | null;
  /** The action that was answered; null where no answer could be used. */
  readonly answered: Action | null;
  /** The action that the emulator got: the answered one, or the game's fallback. */
  readonly executed: Action;
  /** Why `executed` is the game's fallback rather than an answer: what was wrong with the last one; else null. */
  readonly fallback: RejectedAnswer['reason'] | null;
  /** Missing where the policy was asked for it. */
  readonly origin?: Origin;
  /** How often the policy was asked; 0 where `origin` says why it was not. */
  readonly attempts: number;
  /** The answers that could not be used, in order; empty when the first one could. */
  readonly rejected: readonly RejectedAnswer[];
  /** The policy's scores of the actions by index, where it gives them. */
  readonly scores?: readonly number[];
  /** All answers that were drawn, where `raw` is the one that most of them agree with. */
  readonly samples?: readonly Sample[];
  /** What the model thought before it answered; never parsed. */
  readonly reasoning?: string;
  readonly usage?: Usage;
  readonly service?: ServiceFacts;
  /** Of all emulator frames of this decision. */
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** Hash of the observation after the step (`hashArray`). */
  readonly observationHash: string;
  readonly info: Info;
  /**
   * Wall-clock time in milliseconds; in a batch, that of the whole batch this decision waited for. Of the emulators
   * only the time that was waited for them: they may have worked before, while the policy thought about others.
   */
  readonly timings: { readonly policyMs: number; readonly emulatorMs: number };
}

/**
 * How answers went. Retries, fallbacks, errors and timeouts are counted apart, never as an answer. A request to a
 * service that failed is counted by itself, whether another one after it brought the answer or not.
 */
export interface AnswerCounters {
  /** Steps taken. */
  decisions: number;
  /** Of these, steps that nobody was asked for, by their origin. */
  held: number;
  planned: number;
  waiting: number;
  /** Texts that named an action. */
  parsed: number;
  empty: number;
  noMatch: number;
  illegal: number;
  ambiguous: number;
  /** Questions asked again after an answer that could not be used, or an error. */
  retries: number;
  /** Decisions taken by the game's fallback action. */
  fallbacks: number;
  /** Errors of the policy other than timeouts. */
  modelErrors: number;
  timeouts: number;
  /** Answers of a service that are none that a parser may read (`UNUSABLE_ANSWERS`). */
  noContent: number;
  refusals: number;
  contentFilters: number;
  cutOff: number;
  /** Requests to a service that brought no answer (`SERVICE_FAILURES`). */
  rateLimited: number;
  serverErrors: number;
  serviceTimeouts: number;
  connections: number;
  malformed: number;
  denied: number;
}

/** One episode to play, with those who watch it. */
export interface EpisodePlan<T extends TimeStep<NdArray> = TimeStep<NdArray>> {
  /** Unique among the episodes played together. */
  readonly id: string;
  readonly seed: number;
  readonly observers?: readonly EpisodeObserver<T>[];
}

/** What observers are told before the reset. */
export interface EpisodeBegin {
  readonly episode: string;
  readonly seed: number;
  readonly env: EnvSpec;
  readonly game: Game;
  readonly policy: {
    readonly id: string;
    readonly provenance: Readonly<Record<string, string | number | boolean | null>>;
  };
  /** Decisions after which the episode is `stopped`; null where only the environment ends it. */
  readonly maxDecisions: number | null;
  /** Missing on the paused clock. */
  readonly clock?: number;
}

/** What the reset gave. Plain JSON. */
export interface ResetRecord {
  /** Hash of the first observation (`hashArray`). */
  readonly observationHash: string;
  readonly info: Info;
  readonly emulatorMs: number;
}

/**
 * - `finished`: the environment ended it, by termination or truncation
 * - `stopped`: a limit of decisions was reached, or the policy ended it
 * - `cancelled`: the caller's signal
 * - `failed`: an error, of emulator, policy or observer
 */
export type EpisodeStatus = 'finished' | 'stopped' | 'cancelled' | 'failed';

/** An episode's outcome. A failed episode keeps the score it had reached. */
export interface EpisodeEnd {
  readonly episode: string;
  readonly seed: number;
  readonly status: EpisodeStatus;
  /** What the environment said at the end; null where it did not come to that. */
  readonly ending: 'terminated' | 'truncated' | null;
  /** Decisions executed. */
  readonly steps: number;
  /** Sum of the rewards, in order, in double precision. */
  readonly score: number;
  readonly counters: Readonly<AnswerCounters>;
  /** What its answers cost, also those that no step came of; null where nothing is known of that. */
  readonly spent: Spent | null;
  /** Why it was `stopped`: the limit that was reached, or the policy's words. */
  readonly reason?: string;
  /** Why it failed or was cancelled. */
  readonly error: AgentError | null;
  /** Milliseconds from the reset to the end. */
  readonly wallMs: number;
}

/**
 * Watches one episode: a record, a video, a progress display. Calls come in order and are awaited, so a slow observer
 * slows the episode and a failing one fails it. `onEnd` is called exactly once whenever `onStart` was, whatever
 * happened in between, also where `onStart` or `onEnd` of another observer failed. `timeStep` is the very object that
 * the environments gave, with whatever they add to it (the bridge: `frames`, `emulatorMicroseconds`).
 */
export interface EpisodeObserver<T extends TimeStep<NdArray> = TimeStep<NdArray>> {
  onStart?(begin: EpisodeBegin): Promise<void> | void;
  onReset?(record: ResetRecord, timeStep: T): Promise<void> | void;
  onStep?(record: StepRecord, timeStep: T): Promise<void> | void;
  onEnd?(end: EpisodeEnd): Promise<void> | void;
}
