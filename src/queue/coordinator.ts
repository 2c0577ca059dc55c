/**
 * Hands episodes to workers and takes in what they played. What the queue holds is never the truth: an episode is
 * played when its record lies in the coordinator's folder, and until then its job is seen to, whatever dies meanwhile.
 */
import type { Redis } from 'ioredis';
import type { RunDescription } from './description.js';
import type { DoneJob } from './done-page.js';
import { MAX_ANSWER_BYTES } from './envelope.js';
import { Judge, type JudgeOptions } from './judge.js';
import { RowQueue } from './row-queue.js';
import { type AnswerPlace, announceRun, dropAnswers, takeAnswer } from './store.js';
import { pause, sideBySide } from './waiting.js';

/**
 * Answers that are looked at together. Small ones wait for disk and Redis most of the time; of large ones each may come
 * to `MAX_UNPACKED_BYTES`, and sixteen small ones together to no more than four of those.
 */
const SMALL_AT_A_TIME = 16;
const LARGE_AT_A_TIME = 4;
const PAGE = 256;
/** Milliseconds: between two looks into an empty queue, and until jobs are counted where nothing comes. */
const LOOK_MS = 200;
const COUNT_MS = 60_000;
/** An answer that is refused is asked for again after a while that doubles, this often. */
const MAX_REFUSALS = 50;
/** A job that its workers gave up as often as BullMQ lets them is put back this often. */
const MAX_FAILURES = 5;

export interface CoordinatorOptions extends JudgeOptions {
  readonly redis: Redis;
  readonly run: RunDescription;
  /** Every seed of the run, those that are played already too. */
  readonly asked: ReadonlySet<number>;
  /** Seeds that are still to be played, by row. */
  readonly pending: ReadonlyMap<number, readonly number[]>;
  readonly onAccepted?: (row: number, seed: number) => void;
  /** An episode that is left unplayed after many tries. */
  readonly onGivenUp?: (row: number, seed: number, reason: string) => void;
  readonly signal: AbortSignal;
}

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #queues: Map<number, RowQueue>;
  readonly #pending: Map<number, Set<number>>;
  readonly #tries = new Map<string, number>();
  readonly #judge: Judge;
  #mustCount = true;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#judge = new Judge(options);
    this.#pending = new Map([...options.pending].map(([row, seeds]) => [row, new Set(seeds)]));
    this.#queues = new Map(
      [...options.pending.keys()].map((row) => [
        row,
        new RowQueue(options.redis, options.run.id, row, { isOwner: true }),
      ]),
    );
  }

  /** Episodes that are not in the folder yet. */
  get open(): number {
    return [...this.#pending.values()].reduce((sum, seeds) => sum + seeds.size, 0);
  }

  /** Redis was away: some of what it was told may be lost. */
  lookAgain(): void {
    this.#mustCount = true;
  }

  /** Puts what is open into the queue, as far as it is not there, and lets workers know. */
  async enqueue(): Promise<void> {
    this.#mustCount = false;
    await announceRun(this.#options.redis, this.#options.run);
    await this.#putBackLost();
  }

  /** Resolves when nothing is open any more, or the signal came: then the work stays in the queue. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    let counted = performance.now();
    while (this.open > 0 && !signal.aborted) {
      if (this.#mustCount || performance.now() - counted > COUNT_MS) {
        await this.enqueue();
        counted = performance.now();
      }
      if ((await this.takeIn()) > 0) counted = performance.now();
      else await pause(LOOK_MS, signal);
    }
  }

  /** Judges what is done by now. Resolves to how many jobs that were. */
  async takeIn(): Promise<number> {
    let count = 0;
    for (const [row, queue] of this.#queues) {
      if ((this.#pending.get(row) as Set<number>).size === 0) continue;
      const done = await queue.done(PAGE);
      await this.#takePage(queue, done);
      count += done.length + (await this.#takeFailures(queue));
    }
    return count;
  }

  /** Takes away what no worker has begun, and waits for the rest. Then nothing of the run is in Redis any more. */
  async cancel(waitMs: number): Promise<void> {
    const deadline = performance.now() + waitMs;
    for (const queue of this.#queues.values()) await queue.drain();
    let isBusy = true;
    while (isBusy && performance.now() < deadline && !this.#options.signal.aborted) {
      await this.takeIn();
      const left = await Promise.all(
        [...this.#queues.values()].map(async (queue) => [await queue.playing(), (await queue.counts()).done]),
      );
      isBusy = left.flat().some((count) => count > 0) && this.open > 0;
      // What was refused meanwhile has been put back, and a cancelled run plays nothing again.
      for (const queue of this.#queues.values()) await queue.drain();
      if (isBusy) await pause(LOOK_MS, this.#options.signal);
    }
    await this.obliterate();
  }

  async obliterate(): Promise<void> {
    for (const queue of this.#queues.values()) await queue.obliterate();
  }

  /** Resolves when what is being judged is judged, whether or not Redis answers. */
  async settle(): Promise<void> {
    await this.#judge.settle();
  }

  /** What is kept leaves the queue with its whole page: a coordinator that is killed before finds it kept. */
  async #takePage(queue: RowQueue, done: readonly DoneJob[]): Promise<void> {
    const { signal, redis } = this.#options;
    const accepted: string[] = [];
    const answers: AnswerPlace[] = [];
    const take = async (job: DoneJob): Promise<void> => {
      if (await this.#takeJob(queue, job)) accepted.push(job.job);
      if (job.answer !== undefined) answers.push(this.#placeOf(queue, job));
    };
    const isLarge = ({ data, answer }: DoneJob): boolean => data === undefined && answer !== undefined;
    const small = done.filter((job) => !isLarge(job));
    await sideBySide(small, SMALL_AT_A_TIME, take, signal);
    await sideBySide(done.filter(isLarge), LARGE_AT_A_TIME, take, signal);
    await queue.removeDone(accepted);
    await dropAnswers(redis, answers);
  }

  #placeOf({ row }: RowQueue, { job, answer = '' }: DoneJob): AnswerPlace {
    return { run: this.#options.run.id, row, job, answer };
  }

  /** Resolves to whether its record is kept; any other job has left the queue, or waits there to be played again. */
  async #takeJob(queue: RowQueue, done: DoneJob): Promise<boolean> {
    const { job, seed } = done;
    const { row } = queue;
    if (seed === undefined || this.#pending.get(row)?.has(seed) !== true) {
      // Played twice, where a worker had lost its lock, is no offence; a seed that nobody asked for is.
      if (seed === undefined || !this.#options.asked.has(seed))
        this.#judge.refuse(row, seed ?? null, null, 'nobody asked for it');
      await queue.remove(job);
      return false;
    }
    const verdict = await this.#judge.judge(row, seed, await this.#dataOf(queue, done));
    if (verdict.kind === 'accepted') {
      this.#pending.get(row)?.delete(seed);
      this.#options.onAccepted?.(row, seed);
      return true;
    }
    await queue.remove(job);
    await this.#again(queue, seed, verdict.reason, MAX_REFUSALS);
    return false;
  }

  /** An answer, or why there is none. */
  async #dataOf(queue: RowQueue, done: DoneJob): Promise<Buffer | string> {
    if (done.answer === undefined) return 'it does not say where its answer is';
    return done.data ?? (await takeAnswer(this.#options.redis, this.#placeOf(queue, done), MAX_ANSWER_BYTES));
  }

  async #takeFailures(queue: RowQueue): Promise<number> {
    const failures = await queue.failed(PAGE);
    for (const { job, seed, reason } of failures) {
      await queue.remove(job);
      if (seed !== undefined && this.#pending.get(queue.row)?.has(seed)) {
        await this.#again(queue, seed, reason, MAX_FAILURES, 'failed');
      }
    }
    return failures.length;
  }

  /** Puts an episode back, later each time; gives it up in the end. */
  async #again(queue: RowQueue, seed: number, reason: string, most: number, kind = 'refused'): Promise<void> {
    const key = `${kind} ${queue.row} ${seed}`;
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    if (tries <= most) {
      await queue.add([seed], Math.min(30_000, 50 * 2 ** Math.min(tries, 12)));
      return;
    }
    this.#pending.get(queue.row)?.delete(seed);
    this.#options.onGivenUp?.(queue.row, seed, reason);
  }

  async #putBackLost(): Promise<void> {
    for (const [row, queue] of this.#queues) {
      if (this.#options.signal.aborted) return;
      await queue.add(await queue.lost([...(this.#pending.get(row) as Set<number>)]));
    }
  }
}
