/**
 * What an environment is, in Gymnasium's meaning: `reset` and `step`, terminated and truncated apart, no automatic
 * reset. The design of one value per step follows dm_env (google-deepmind/dm_env, `_environment.py`).
 */
import type { JsonObject } from './json.js';
import type { DType } from './nd-array.js';

/** What an emulator says about a step beside the observation; plain JSON. */
export type Info = JsonObject;

/** One moment of an episode. `reward` is that of the action before, summed over skipped frames. */
export type TimeStep<O> =
  | { readonly kind: 'first'; readonly observation: O; readonly info: Info }
  | {
      readonly kind: 'mid' | 'terminated' | 'truncated';
      readonly observation: O;
      readonly reward: number;
      readonly info: Info;
    };

/** Whether an episode is over with this step. */
export function isLast<O>(step: TimeStep<O>): boolean {
  return step.kind === 'terminated' || step.kind === 'truncated';
}

/** Integers `start` … `start + count - 1`. */
export interface DiscreteSpace {
  readonly kind: 'discrete';
  readonly count: number;
  readonly start: number;
}

/** Arrays of one shape and type; `low` and `high` bound every element (the loosest bound where they differ). */
export interface BoxSpace {
  readonly kind: 'box';
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly low: number;
  readonly high: number;
  /** Of actions whose elements have bounds of their own: those of each, row-major. */
  readonly lows?: readonly number[];
  readonly highs?: readonly number[];
}

export type Space = DiscreteSpace | BoxSpace;

/** Everything fixed about an environment: plain JSON, part of every episode record. */
export interface EnvSpec {
  /** Gymnasium's id, such as `CarRacing-v3`. */
  readonly id: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  /** Names of the discrete actions by index, where the game or the emulator names them. */
  readonly actionNames: readonly string[] | null;
  /** Emulator frames a decision. */
  readonly frameSkip: number;
  /** Decisions after which the emulator truncates an episode, if it does. */
  readonly maxEpisodeSteps: number | null;
  /** Emulator frames a second of game time, where the emulator says. */
  readonly framesPerSecond: number | null;
  /** Size of the full picture that a video is made from, where the environment renders one. */
  readonly renderSize: { readonly height: number; readonly width: number } | null;
}

/** Options of a reset. The seed is required: nothing here draws seeds from a clock. */
export interface ResetOptions {
  /** From 0 to 2^32 - 1. */
  readonly seed: number;
  /** Gymnasium's `options` argument. */
  readonly options?: JsonObject;
  readonly signal?: AbortSignal;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** An environment in which one episode runs at a time. */
export interface Env<O, A> extends AsyncDisposable {
  readonly spec: EnvSpec;
  /** Starts an episode. */
  reset(options: ResetOptions): Promise<TimeStep<O>>;
  /** Does one decision. Throws `episode_over` after the end and before the first reset. */
  step(action: A, options?: CallOptions): Promise<TimeStep<O>>;
}
