/** The live line of an evaluation: how far it is, what the score looks like so far, how fast, how long still. */
import type { EpisodeObserver } from '../../agent/index.js';
import { type EntryFacts, inOneLine, isScored, mean, meanInterval } from '../../evaluation/index.js';
import type { Console } from './console.js';
import { formatDuration, number, range } from './text.js';

export class EvaluationProgress {
  readonly #title: string;
  readonly #scores: number[];
  readonly #lengths: number[];
  readonly #started = performance.now();
  readonly #running = new Map<number, number>();
  /** Why episodes failed, each reason once. */
  readonly #reasons = new Set<string>();
  /** Decisions after which every episode ends, as far as that is known. */
  #longest = Number.POSITIVE_INFINITY;
  #failed: number;
  #decisions = 0;
  /** What the scores say; made anew when it is looked at after one more. */
  #summary: string | undefined;

  constructor(
    private readonly facts: EntryFacts,
    private readonly output: Console,
  ) {
    this.#title = `${facts.game} ${facts.policy}`;
    const scored = facts.done.filter(isScored);
    this.#scores = scored.map(({ score }) => score);
    this.#lengths = scored.map(({ decisions }) => decisions);
    this.#failed = facts.done.filter(({ status }) => status === 'failed').length;
  }

  /** What watches the episode of a seed. */
  watch(seed: number): EpisodeObserver {
    return {
      onStart: ({ env, maxDecisions }) => {
        const limits = [env.maxEpisodeSteps, maxDecisions].filter((limit) => limit !== null);
        this.#longest = Math.min(...limits);
      },
      onReset: () => {
        this.#running.set(seed, 0);
      },
      onStep: ({ step }) => {
        this.#running.set(seed, step);
        this.#decisions++;
        this.output.progress(() => this.line());
      },
      onEnd: ({ status, score, steps, error }) => {
        this.#running.delete(seed);
        if (status === 'failed') this.#tellFailure(seed, error);
        if (status !== 'finished' && status !== 'stopped') return;
        this.#scores.push(score);
        this.#lengths.push(steps);
        this.#summary = undefined;
      },
    };
  }

  line(): string {
    const { planned } = this.facts;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const rate = (this.#decisions / (performance.now() - this.#started)) * 1000;
    this.#summary ??= summaryOf(this.#scores);
    const parts = [
      `${this.#title}: ${this.#scores.length}/${planned} episodes${failed}`,
      this.#summary,
      ...(this.#decisions === 0 ? [] : [`${rate.toFixed(0)} decisions/s`, this.#left(rate)]),
    ];
    return parts.join('  ');
  }

  #tellFailure(seed: number, error: unknown): void {
    this.#failed++;
    const reason = inOneLine(error ?? new Error('no reason is known'));
    if (!this.#reasons.has(reason)) this.output.note(`${this.#title}, seed ${seed} failed: ${reason}`);
    this.#reasons.add(reason);
  }

  /**
   * Episodes are taken to be as long as those before them, else as those of other players, else as the game's file
   * says; where nothing is known they last at least as long as the longest that is being played.
   */
  #left(rate: number): string {
    const { planned, elsewhere, usual } = this.facts;
    const open = planned - this.#scores.length - this.#failed;
    if (open <= 0) return 'done';
    const known = [this.#lengths, elsewhere].find((lengths) => lengths.length > 0);
    const expected = known ? mean(known) : usual;
    const longestYet = Math.max(0, ...this.#running.values());
    const length = Math.min(this.#longest, Math.max(longestYet, expected ?? 0));
    const played = [...this.#running.values()].reduce((sum, steps) => sum + Math.min(steps, length), 0);
    const left = formatDuration(Math.max(0, open * length - played) / rate);
    return expected === undefined && length < this.#longest ? `more than ${left} left` : `about ${left} left`;
  }
}

/** The mean with the interval that the table will have. */
function summaryOf(scores: readonly number[]): string {
  if (scores.length === 0) return 'no score yet';
  const interval = meanInterval(scores);
  return `score ${number(mean(scores))}${interval ? ` [${range(interval)}]` : ''}`;
}
