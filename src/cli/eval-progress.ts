/** The live line of an evaluation: how far it is, what the score looks like so far, how fast, how long still. */
import type { EpisodeObserver } from '../agent/index.js';
import { bootstrapInterval, type EpisodeOutcome, isScored, mean } from '../evaluation/index.js';
import type { Console } from './console.js';
import { formatScore } from './replay.js';

/** Redrawn at most so often: a terminal takes no more, and the emulators need the time. */
const REDRAW_MS = 200;
/** Where there is no terminal, a line now and then shows that it goes on. */
const PLAIN_LINE_MS = 10_000;
/** Enough for an interval that is only looked at. */
const RESAMPLES = 1000;

export interface EntryFacts {
  /** Such as `carracing expert`. */
  readonly title: string;
  readonly planned: number;
  /** Of an earlier start. */
  readonly done: readonly EpisodeOutcome[];
  /** Longest that an episode can be, where that is known. */
  readonly longest: number | null;
}

export class EvaluationProgress {
  readonly #scores: number[];
  readonly #lengths: number[];
  readonly #started = performance.now();
  readonly #running = new Map<number, number>();
  #failed: number;
  #decisions = 0;
  #drawn = performance.now();
  #score = 'no score yet';

  constructor(
    private readonly facts: EntryFacts,
    private readonly output: Console,
  ) {
    const scored = facts.done.filter(isScored);
    this.#scores = scored.map(({ score }) => score);
    this.#lengths = scored.map(({ decisions }) => decisions);
    this.#failed = facts.done.filter(({ status }) => status === 'failed').length;
    this.#summarise();
  }

  /** What watches the episode of a seed. */
  watch(seed: number): EpisodeObserver {
    return {
      onReset: () => {
        this.#running.set(seed, 0);
      },
      onStep: ({ step }) => {
        this.#running.set(seed, step);
        this.#decisions++;
        const now = performance.now();
        if (now - this.#drawn < (this.output.isLive ? REDRAW_MS : PLAIN_LINE_MS)) return;
        this.#drawn = now;
        if (this.output.isLive) this.output.live(this.line());
        else this.output.note(this.line());
      },
      onEnd: ({ status, score, steps }) => {
        this.#running.delete(seed);
        if (status === 'failed') this.#failed++;
        if (status !== 'finished' && status !== 'stopped') return;
        this.#scores.push(score);
        this.#lengths.push(steps);
        this.#summarise();
      },
    };
  }

  line(): string {
    const { title, planned } = this.facts;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const rate = this.#rate();
    const parts = [
      `${title}: ${this.#scores.length}/${planned} episodes${failed}`,
      this.#score,
      ...(this.#decisions === 0 ? [] : [`${rate.toFixed(0)} decisions/s`, this.#left(rate)]),
    ];
    return parts.join('  ');
  }

  #summarise(): void {
    if (this.#scores.length === 0) return;
    const interval = bootstrapInterval(this.#scores, mean, { resamples: RESAMPLES });
    const range = interval ? ` [${formatScore(interval[0])}, ${formatScore(interval[1])}]` : '';
    this.#score = `score ${formatScore(mean(this.#scores))}${range}`;
  }

  #rate(): number {
    return (this.#decisions / (performance.now() - this.#started)) * 1000;
  }

  /** Episodes are taken to be as long as those before them, the first ones as long as they can be. */
  #left(rate: number): string {
    const { planned, longest } = this.facts;
    const length = this.#lengths.length > 0 ? mean(this.#lengths) : longest;
    if (length === null || rate === 0) return 'time left unknown';
    const open = planned - this.#scores.length - this.#failed;
    if (open <= 0) return 'done';
    const played = [...this.#running.values()].reduce((sum, steps) => sum + Math.min(steps, length), 0);
    return `${formatDuration(Math.max(0, open * length - played) / rate)} left`;
  }
}

/** Seconds as `45 s`, `3:20` or `1:03:20`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
