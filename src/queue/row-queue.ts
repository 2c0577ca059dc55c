/** The jobs of one row of a run, one an episode, in a queue of BullMQ. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { jobId, queueName, returnSchema, seedOf } from './description.js';

/** Jobs that are added, looked at or removed together. */
const PAGE = 500;
/** Longest return value that is read. */
const MAX_RETURN_BYTES = 200;

/** A job that a worker says is done. */
export interface DoneJob {
  readonly job: string;
  /** Undefined where the job is none of ours. */
  readonly seed: number | undefined;
  /** Where its answer lies; undefined where it does not say so. */
  readonly answer: string | undefined;
}

export class RowQueue implements AsyncDisposable {
  readonly #queue: Queue;

  /** @param isOwner whether it is the coordinator's, who says how the queue is kept. */
  constructor(
    private readonly redis: Redis,
    run: string,
    readonly row: number,
    { isOwner = false } = {},
  ) {
    this.#queue = new Queue(queueName(run, row), {
      connection: redis,
      prefix: PREFIX,
      // Looking at a queue leaves nothing behind.
      skipMetasUpdate: !isOwner,
      // Events are for others to watch; nobody here does.
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts: 5, backoff: { type: 'fixed', delay: 1000 } },
    });
    this.#queue.on('error', () => {});
  }

  /** Adds what is not in the queue yet: a job's id is its episode's. @param delay milliseconds until one is free */
  async add(seeds: readonly number[], delay = 0): Promise<void> {
    for (let at = 0; at < seeds.length; at += PAGE) {
      const page = seeds.slice(at, at + PAGE);
      await this.#queue.addBulk(
        page.map((seed) => ({
          name: 'episode',
          data: { seed },
          opts: { jobId: jobId(seed), ...(delay ? { delay } : {}) },
        })),
      );
    }
  }

  /** Those of the seeds whose job is in no list: a Redis that was killed has lost them. */
  async lost(seeds: readonly number[]): Promise<number[]> {
    const lost: number[] = [];
    for (let at = 0; at < seeds.length; at += PAGE) {
      const page = seeds.slice(at, at + PAGE);
      const found = await Promise.all(page.map((seed) => this.redis.exists(this.#queue.toKey(jobId(seed)))));
      lost.push(...page.filter((_, i) => found[i] === 0));
    }
    return lost;
  }

  /** Some of the jobs that are done, oldest first. */
  async done(most: number): Promise<DoneJob[]> {
    const ids = await this.#queue.getRanges(['completed'], 0, most - 1, true);
    return Promise.all(ids.map(async (job) => ({ job, seed: seedOf(job), answer: await this.#answerOf(job) })));
  }

  /** Seeds of jobs that failed more often than they may: their workers died, or could not keep a record. */
  async failed(most: number): Promise<{ readonly job: string; readonly seed: number | undefined; reason: string }[]> {
    const ids = await this.#queue.getRanges(['failed'], 0, most - 1, true);
    return Promise.all(
      ids.map(async (job) => {
        const bytes = await this.redis.hstrlen(this.#queue.toKey(job), 'failedReason');
        const reason = bytes > 1000 ? null : await this.redis.hget(this.#queue.toKey(job), 'failedReason');
        return { job, seed: seedOf(job), reason: reason ?? 'no reason is told' };
      }),
    );
  }

  async remove(job: string): Promise<void> {
    await this.#queue.remove(job);
  }

  async counts(): Promise<{ waiting: number; active: number; done: number }> {
    const counts = await this.#queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'completed');
    const { wait = 0, prioritized = 0, delayed = 0, active = 0, completed = 0 } = counts;
    return { waiting: wait + prioritized + delayed, active, done: completed };
  }

  /** How many jobs have a worker that is alive: it holds their locks. */
  async playing(): Promise<number> {
    const ids = await this.#queue.getRanges(['active']);
    const locks = await Promise.all(ids.map((job) => this.redis.exists(`${this.#queue.toKey(job)}:lock`)));
    return locks.reduce((sum, lock) => sum + lock, 0);
  }

  /** Takes away what no worker has begun. */
  async drain(): Promise<void> {
    await this.#queue.drain(true);
  }

  /** Removes all that there is of the queue. */
  async obliterate(): Promise<void> {
    await this.#queue.obliterate({ force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close().catch(() => {});
  }

  async #answerOf(job: string): Promise<string | undefined> {
    const key = this.#queue.toKey(job);
    if ((await this.redis.hstrlen(key, 'returnvalue')) > MAX_RETURN_BYTES) return undefined;
    const text = await this.redis.hget(key, 'returnvalue');
    try {
      return returnSchema.parse(JSON.parse(text ?? 'null')).answer;
    } catch {
      return undefined;
    }
  }
}
