/**
 * Hands episodes to workers and takes in what they played. What the queue holds is never the truth: an episode is
 * played when its record lies in the coordinator's folder, and until then its job is seen to, whatever dies meanwhile.
 */
import type { Redis } from 'ioredis';
import { AgentError } from '../core/index.js';
import { inOneLine } from '../evaluation/error-line.js';
import type { RunDescription } from './description.js';
import { type Envelope, MAX_ANSWER_BYTES, unpackEnvelope } from './envelope.js';
import { type DoneJob, RowQueue } from './row-queue.js';
import { announceRun, answerBytes, dropAnswer, takeAnswer } from './store.js';
import { pause, sideBySide } from './waiting.js';

/**
 * Answers that are looked at together. Small ones wait for disk and Redis most of the time; of large ones each may come
 * to `MAX_UNPACKED_BYTES`, and sixteen small ones together to no more than four of those.
 */
const SMALL_BYTES = 64 * 1024;
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

/** What came of an answer. `again`: it was honest, and is played once more all the same. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The verdict on a lie. */
export const refused = (reason: string): Verdict => ({ kind: 'refused', reason });

export interface Refusal {
  readonly row: number;
  readonly seed: number | null;
  /** As it calls itself; null where that cannot be read. */
  readonly worker: string | null;
  readonly reason: string;
}

export interface CoordinatorOptions {
  readonly redis: Redis;
  readonly run: RunDescription;
  /** Every seed of the run, those that are played already too. */
  readonly asked: ReadonlySet<number>;
  /** Seeds that are still to be played, by row. */
  readonly pending: ReadonlyMap<number, readonly number[]>;
  /** Judges an answer, and keeps its record where it is good. */
  readonly accept: (row: number, seed: number, envelope: Envelope) => Promise<Verdict>;
  readonly onAccepted?: (row: number, seed: number) => void;
  readonly onRefused?: (refusal: Refusal) => void;
  /** An episode that is left unplayed after many tries. */
  readonly onGivenUp?: (row: number, seed: number, reason: string) => void;
  readonly signal: AbortSignal;
}

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #queues: Map<number, RowQueue>;
  readonly #pending: Map<number, Set<number>>;
  readonly #tries = new Map<string, number>();
  readonly #judging = new Set<Promise<unknown>>();
  #mustCount = true;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
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
      const sizes = await Promise.all(done.map((job) => this.#sizeOf(queue, job)));
      const isSmall = (_: DoneJob, index: number): boolean => (sizes[index] as number) <= SMALL_BYTES;
      const take = (job: DoneJob): Promise<void> => this.#takeJob(queue, job);
      const { signal } = this.#options;
      await sideBySide(done.filter(isSmall), SMALL_AT_A_TIME, take, signal);
      const large = done.filter((job, index) => !isSmall(job, index));
      await sideBySide(large, LARGE_AT_A_TIME, take, signal);
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
    await Promise.allSettled([...this.#judging]);
  }

  async #sizeOf({ row }: RowQueue, { job, answer }: DoneJob): Promise<number> {
    const { redis, run } = this.#options;
    return answer === undefined ? 0 : await answerBytes(redis, { run: run.id, row, job, answer });
  }

  async #takeJob(queue: RowQueue, done: DoneJob): Promise<void> {
    const { redis, run, onAccepted } = this.#options;
    const { job, seed, answer } = done;
    const { row } = queue;
    const isWanted = seed !== undefined && this.#pending.get(row)?.has(seed) === true;
    if (!isWanted) {
      // Played twice, where a worker had lost its lock, is no offence; a seed that nobody asked for is.
      if (seed === undefined || !this.#options.asked.has(seed))
        this.#refuse(row, seed ?? null, null, 'nobody asked for it');
      await queue.remove(job);
    } else {
      const place = { run: run.id, row, job, answer: answer ?? '' };
      const data =
        answer === undefined ? 'it does not say where its answer is' : await takeAnswer(redis, place, MAX_ANSWER_BYTES);
      const judged = this.#judge(row, seed, data);
      this.#judging.add(judged);
      const verdict = await judged.finally(() => this.#judging.delete(judged));
      if (verdict.kind === 'accepted') {
        this.#pending.get(row)?.delete(seed);
        onAccepted?.(row, seed);
      }
      await queue.remove(job);
      if (verdict.kind !== 'accepted') await this.#again(queue, seed, verdict.reason, MAX_REFUSALS);
    }
    if (answer !== undefined) await dropAnswer(redis, { run: run.id, row, job, answer });
  }

  async #judge(row: number, seed: number, data: Buffer | string): Promise<Verdict> {
    let worker: string | null = null;
    let verdict: Verdict;
    try {
      if (typeof data === 'string') throw new AgentError('record', data);
      const envelope = await unpackEnvelope(data);
      worker = envelope.worker;
      verdict = await this.#options.accept(row, seed, envelope);
    } catch (error) {
      // A full disk is no worker's fault, and not mended by playing again.
      if (!(error instanceof AgentError) || error.code !== 'record') throw error;
      verdict = refused(inOneLine(error));
    }
    if (verdict.kind === 'refused') this.#refuse(row, seed, worker, verdict.reason);
    return verdict;
  }

  #refuse(row: number, seed: number | null, worker: string | null, reason: string): void {
    this.#options.onRefused?.({ row, seed, worker, reason });
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
