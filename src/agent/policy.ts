/**
 * The interface every player implements: vision-language models, experts, random, scripts, remote services. It is
 * batched from the start: the episodes that run side by side are asked in one call.
 */
import type { AgentError, EnvSpec, Frame, NdArray } from '../core/index.js';
import type { Game } from './game/game.js';
import type { Need } from './loop/needs.js';
import type { ParseFailure } from './parser/parse-result.js';

/** A discrete action's index, or a vector for an environment with a Box action space. */
export type Action = number | readonly number[];

/** What a policy is told when an episode begins. */
export interface EpisodeStart {
  /** Unique among the episodes a policy plays at a time; the key of whatever it keeps for one. */
  readonly episode: string;
  readonly seed: number;
  readonly env: EnvSpec;
  readonly game: Game;
}

/** What a policy sees when it has to decide. */
export interface Situation {
  readonly episode: string;
  /** Decisions made before this one in the episode. */
  readonly step: number;
  /**
   * The last frames, oldest first, as many as the game stacks. The same frame is the same object from decision to
   * decision, so that what was computed from it can be kept in a WeakMap. Never written to.
   */
  readonly frames: readonly Frame[];
  /** The environment's own observation; the last of `frames` where it is a picture. */
  readonly observation: NdArray;
  /**
   * Observations since the last question that the policy was not asked about, oldest first: of held and planned
   * actions, and of steps that passed while it thought. Missing where there are none.
   */
  readonly unasked?: readonly NdArray[];
  /** 0 at first; counts the answers to this same situation that could not be used. */
  readonly attempt: number;
  /** The last of these answers, where one came and was read; missing at first, and after an error. */
  readonly refused?: RefusedAnswer;
  /** The decisions before this one that the policy was asked about, oldest first; as many as the game's history. */
  readonly past?: readonly PastDecision[];
}

/** An answer that could not be used, for a model that is asked again. */
export interface RefusedAnswer {
  readonly raw: string;
  readonly reason: ParseFailure | UnusableAnswer;
  /** The names of the actions spoken of, or the words of one that the game has not. */
  readonly found: readonly string[];
}

/** A decision made before, for a model that is shown its history. */
export interface PastDecision {
  /** The newest picture that it was made from. */
  readonly frame: Frame;
  /** The answer's text; null where none could be used, or the policy answers with actions. */
  readonly raw: string | null;
  /** What the emulator got: the answered action, or the game's fallback. */
  readonly executed: Action;
}

/**
 * The pictures that a policy decides from, for people to look at. To be given every observation of an episode in order,
 * from the reset's on; returns what the decision after it is made from, oldest first, after the policy's own
 * preprocessing, `uint8` [height, width, 1 or 3]. Empty where the observations are no pictures.
 */
export type View = (observation: NdArray) => readonly Frame[];

/** What an answer cost in tokens, over everything that was asked for it; counts where the policy has tokens. */
export interface Usage {
  readonly promptTokens?: number;
  /** Those of the prompt that the service had kept from before. */
  readonly cachedTokens?: number;
  /** Written in all, reasoning among them. */
  readonly answerTokens?: number;
  readonly reasoningTokens?: number;
}

/** Why a request to a service brought no answer at all. */
export const SERVICE_FAILURES = [
  /** 429 */
  'rate-limited',
  /** 5xx and 408 */
  'server-error',
  /** No answer, or no further byte of one, in time. */
  'timeout',
  /** Not reached, or broken off before the answer was whole. */
  'connection',
  /** No answer in form: an HTML page, no JSON, too large, fields that are none. */
  'malformed',
  /** The request itself is refused (400, 401, 403, 404 and the like): asking again is of no use. */
  'denied',
] as const;
export type ServiceFailure = (typeof SERVICE_FAILURES)[number];

/** Why an answer that came from a service is none that a parser may read. */
export const UNUSABLE_ANSWERS = ['no-content', 'refusal', 'content-filter', 'cut-off'] as const;
export type UnusableAnswer = (typeof UNUSABLE_ANSWERS)[number];

/** A request that brought no answer. */
export interface FailedRequest {
  readonly outcome: ServiceFailure;
  /** Of HTTP; missing where none came. */
  readonly status?: number;
  /** Milliseconds until it failed. */
  readonly latencyMs: number;
  /** Milliseconds that were waited before the next request; 0 where none followed. */
  readonly waitMs: number;
}

/** What is known of an answer that a service gave, over everything that was asked for it. */
export interface ServiceFacts {
  /** The model's name as the service says it; missing where it says none. */
  readonly model?: string;
  /** As the service says it: `stop`, `length`, …; null where it says nothing. */
  readonly finish: string | null;
  /** SHA-256 of the exact request, without keys. */
  readonly request: string;
  /** Out of the cache of answers: nothing was asked. */
  readonly isCached: boolean;
  /** Milliseconds that the service took, without failed requests and waits; of several at once, the longest. */
  readonly latencyMs: number;
  /** Requests that were sent for it, failed ones among them. */
  readonly requests: number;
  /** US dollars by the endpoint's prices; null where it has none. */
  readonly cost: number | null;
  /** In order; empty where all went well. */
  readonly failed: readonly FailedRequest[];
}

/** One of several answers that were drawn for a decision. */
export interface Sample {
  readonly raw: string;
  /** What it voted for; null where it could not be used. */
  readonly action: number | null;
  readonly reasoning?: string;
}

/** What an answer of a service may bring with it. */
export interface ServiceExtras {
  /** What the model thought before it answered; never parsed. */
  readonly reasoning?: string;
  readonly usage?: Usage;
  readonly service?: ServiceFacts;
}

/**
 * What a policy answers:
 *
 * - `action`: an action itself. `scores` are log-probabilities or logits of the actions by index, where the policy has
 *   them; `probabilities` of the actions and `value`, the return it expects, where it can label demonstrations
 * - `text`: what the game's action parser reads
 * - `unusable`: an answer that came and is none; asked again like a text without an action
 * - `failure`: this situation alone has no answer, and others of the batch may have; `error` has the code `service`
 *   where it may pass
 * - `stop`: the policy ends the episode (a script that is over, a person who leaves)
 */
export type Answer =
  | {
      readonly kind: 'action';
      readonly action: Action;
      readonly scores?: readonly number[];
      readonly probabilities?: readonly number[];
      readonly value?: number;
      readonly usage?: Usage;
      /** Nothing new was decided: the action before goes on. Recorded as `held`; no answer, and no time. */
      readonly isHeld?: true;
      /** Milliseconds that the decision took, where `act` also waits for the game's own pace. */
      readonly tookMs?: number;
    }
  | ({
      readonly kind: 'text';
      readonly raw: string;
      readonly scores?: readonly number[];
      /** All answers that were drawn, in order, where `raw` is the one that most of them agree with. */
      readonly samples?: readonly Sample[];
    } & ServiceExtras)
  | ({ readonly kind: 'unusable'; readonly outcome: UnusableAnswer; readonly raw: string } & ServiceExtras)
  | ({
      readonly kind: 'failure';
      readonly error: AgentError;
      /** Nothing has ever come from the service: waiting for it to come back is no use. */
      readonly isUnreached?: true;
    } & ServiceExtras)
  | { readonly kind: 'stop'; readonly reason: string };

/**
 * A player. Implementations keep what belongs to one episode under its id and drop it in `end`, which is called for
 * every episode, also for one that `begin` was never called for or failed for.
 */
export interface Policy extends AsyncDisposable {
  /** What a record calls it, such as `random`, `constant:gas` or `pae-lamm:models/pae-lamm-mini`. */
  readonly id: string;
  /** Facts for the record: checkpoint hash, device, precision. Plain JSON. */
  readonly provenance?: Readonly<Record<string, string | number | boolean | null>>;
  /** Answers do not depend on what is asked together, and each situation is asked about once: it may be a draw. */
  readonly isBatchInvariant?: true;
  /** Without these nothing is begun; none where left out. */
  readonly needs?: readonly Need[];
  /** `act` takes time of this process's own, not of a service's: emulators had better work meanwhile. */
  readonly computesHere?: true;
  /** `act` resolves at the game's own pace: one episode is played at a time, and on no other clock. */
  readonly isPaced?: true;
  begin(start: EpisodeStart): Promise<void>;
  /** One answer for each situation, in order. Rejects with an `AgentError`, never with half the answers. */
  act(situations: readonly Situation[], options?: { readonly signal?: AbortSignal }): Promise<readonly Answer[]>;
  end(episode: string): Promise<void>;
}
