/**
 * The interface every player implements: vision-language models, experts, random, scripts, remote services. It is
 * batched from the start: the episodes that run side by side are asked in one call.
 */
import type { EnvSpec, Frame, NdArray } from '../core/index.js';
import type { Game } from './game/game.js';
import type { Need } from './loop/needs.js';

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
  /** 0 at first; counts the answers to this same situation that could not be used. */
  readonly attempt: number;
}

/**
 * The pictures that a policy decides from, for people to look at. To be given every observation of an episode in order,
 * from the reset's on; returns what the decision after it is made from, oldest first, after the policy's own
 * preprocessing, `uint8` [height, width, 1 or 3]. Empty where the observations are no pictures.
 */
export type View = (observation: NdArray) => readonly Frame[];

/** What an answer cost; token counts where the policy has tokens. */
export interface Usage {
  readonly promptTokens?: number;
  readonly answerTokens?: number;
}

/**
 * What a policy answers: an action, or text that the game's action parser reads, or that it ends the episode (a script
 * that is over, a person who leaves). `scores` are log-probabilities or logits of the actions by index, where the
 * policy has them; `probabilities` of the actions and `value`, the return it expects, where it can label
 * demonstrations.
 */
export type Answer =
  | {
      readonly kind: 'action';
      readonly action: Action;
      readonly scores?: readonly number[];
      readonly probabilities?: readonly number[];
      readonly value?: number;
      readonly usage?: Usage;
    }
  | { readonly kind: 'text'; readonly raw: string; readonly scores?: readonly number[]; readonly usage?: Usage }
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
  begin(start: EpisodeStart): Promise<void>;
  /** One answer for each situation, in order. Rejects with an `AgentError`, never with half the answers. */
  act(situations: readonly Situation[], options?: { readonly signal?: AbortSignal }): Promise<readonly Answer[]>;
  end(episode: string): Promise<void>;
}
