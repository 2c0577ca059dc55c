/** One episode while it is played: its frames, its score, its observers, and how it ends. */
import { AgentError, type Frame, hashArray, isAgentError, type NdArray, type TimeStep } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import type { PastDecision, Situation } from '../policy.js';
import { FrameStack } from '../prompt/frame-stack.js';
import { newCounters } from './answer-counters.js';
import type { ComingStep } from './coming-steps.js';
import type { Decision } from './decide.js';
import type { EpisodeBegin, EpisodeEnd, EpisodeObserver, EpisodePlan, EpisodeStatus, StepRecord } from './episode.js';
import { SpentCount } from './spent.js';

/** What ended an episode; the first reason counts. */
export interface Settlement {
  readonly status: EpisodeStatus;
  readonly ending?: 'terminated' | 'truncated';
  readonly reason?: string;
  readonly error?: AgentError;
}

export class RunningEpisode<T extends TimeStep<NdArray>> {
  readonly counters = newCounters();
  readonly spent = new SpentCount();
  readonly #stack: FrameStack;
  readonly #started = performance.now();
  /** Those whose `onStart` was called: they are told the end. */
  readonly #watching: EpisodeObserver<T>[] = [];
  /** How many decisions a situation tells of, and the last of them. */
  readonly #history: number;
  #past: readonly PastDecision[] = [];
  #observation: NdArray | undefined;
  #score = 0;
  #outcome: Settlement | undefined;
  /** The newest picture that the last question showed. */
  #asked: Frame | undefined;
  #coming: ComingStep[] = [];
  /** Observations since the last question that nobody was asked about. */
  #unasked: NdArray[] = [];

  constructor(
    readonly plan: EpisodePlan<T>,
    readonly slot: number,
    game: Pick<Game, 'frames' | 'play'>,
  ) {
    this.#stack = new FrameStack(game.frames);
    this.#history = playOf(game).history;
  }

  get outcome(): Settlement | undefined {
    return this.#outcome;
  }

  /** Whether a step is to be taken before the policy is asked again. */
  get hasComing(): boolean {
    return this.#coming.length > 0;
  }

  /** What follows from the verdict on the situation as it is now. */
  decided(steps: readonly ComingStep[]): void {
    this.#asked = this.#stack.frames.at(-1);
    this.#coming = [...steps];
    this.#unasked = [];
  }

  /** The next step; undefined where the policy is to be asked. */
  takeComing(): ComingStep | undefined {
    return this.#coming.shift();
  }

  get situation(): Omit<Situation, 'attempt'> {
    return {
      episode: this.plan.id,
      step: this.counters.decisions,
      frames: this.#stack.frames,
      observation: this.#observation as NdArray,
      ...(this.#history > 0 ? { past: this.#past } : {}),
      ...(this.#unasked.length > 0 ? { unasked: this.#unasked } : {}),
    };
  }

  /** Says how the episode ends; what was said before stays. */
  settle(outcome: Settlement): void {
    this.#outcome ??= outcome;
  }

  /** Ends the episode by an error of any kind, also one that had ended well; `cancelled` where that is what it says. */
  fail(error: unknown, fallback: 'env_failure' | 'policy_failure' | 'internal'): void {
    const known = isAgentError(error) ? error : new AgentError(fallback, messageOf(error), { cause: error });
    if (this.#outcome?.error) return;
    this.#outcome = { status: known.code === 'cancelled' ? 'cancelled' : 'failed', error: known };
  }

  async start(begin: EpisodeBegin): Promise<void> {
    await this.#guard(async () => {
      for (const observer of this.plan.observers ?? []) {
        this.#watching.push(observer);
        await observer.onStart?.(begin);
      }
    });
  }

  async reset(first: T, emulatorMs: number): Promise<void> {
    this.#observation = first.observation;
    this.#stack.reset(first.observation);
    const record = { observationHash: hashArray(first.observation), info: first.info, emulatorMs };
    await this.#guard(async () => {
      for (const observer of this.#watching) await observer.onReset?.(record, first);
    });
  }

  /** Takes a step's result in: score, frames, record, observers. */
  async advance(decision: Decision, timeStep: T, timings: StepRecord['timings']): Promise<void> {
    if (timeStep.kind === 'first') {
      this.fail(new Error('the environment answered a step as if it were a reset'), 'env_failure');
      return;
    }
    if (!Number.isFinite(timeStep.reward)) {
      this.fail(new Error(`the environment gave a reward that is no number: ${timeStep.reward}`), 'env_failure');
      return;
    }
    this.#remember(decision);
    this.#observation = timeStep.observation;
    if (this.hasComing) this.#unasked.push(timeStep.observation);
    this.#stack.push(timeStep.observation);
    this.#score += timeStep.reward;
    this.counters.decisions++;
    if (decision.origin !== undefined) this.counters[decision.origin]++;
    const record: StepRecord = {
      step: this.counters.decisions,
      ...decision,
      reward: timeStep.reward,
      terminated: timeStep.kind === 'terminated',
      truncated: timeStep.kind === 'truncated',
      observationHash: hashArray(timeStep.observation),
      info: timeStep.info,
      timings,
    };
    await this.#guard(async () => {
      for (const observer of this.#watching) await observer.onStep?.(record, timeStep);
    });
    if (timeStep.kind !== 'mid') this.settle({ status: 'finished', ending: timeStep.kind });
  }

  /** Keeps what a policy was asked and what was executed; of the game's own steps between questions nothing. */
  #remember({ attempts, raw, answered, executed }: Decision): void {
    const frame = this.#asked;
    if (this.#history === 0 || attempts === 0 || frame === undefined) return;
    const past = { frame, raw: answered === null ? null : raw, executed };
    this.#past = [...this.#past, past].slice(-this.#history);
  }

  /** Tells the observers the end. One that fails now makes a finished episode a failed one. */
  async finish(): Promise<EpisodeEnd> {
    let end = this.#end();
    for (const observer of this.#watching) {
      try {
        await observer.onEnd?.(end);
      } catch (error) {
        this.fail(error, 'internal');
        end = this.#end();
      }
    }
    return end;
  }

  #end(): EpisodeEnd {
    const { status, ending = null, reason, error = null } = this.#outcome ?? { status: 'failed' };
    const { plan, counters } = this;
    return {
      episode: plan.id,
      seed: plan.seed,
      status,
      ending,
      steps: counters.decisions,
      score: this.#score,
      counters: { ...counters },
      spent: this.spent.total,
      ...(reason === undefined ? {} : { reason }),
      error,
      wallMs: performance.now() - this.#started,
    };
  }

  async #guard(notify: () => Promise<void>): Promise<void> {
    try {
      await notify();
    } catch (error) {
      this.fail(error, 'internal');
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
