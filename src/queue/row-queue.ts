/** The jobs of one row of a run, one an episode, in a queue of BullMQ. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { jobId, queueName, seedOf } from './description.js';
import { type DoneJob, donePage } from './done-page.js';
import { answerPrefix } from './store.js';

/** Jobs that are added, looked at or removed together. */
const PAGE = 500;

export class RowQueue implements AsyncDisposable {
  readonly #queue: Queue;

  /** @param isOwner whether it is the coordinator's, who says how the queue is kept. */
  constructor(
    private readonly redis: Redis,
    private readonly run: string,
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
    const [completed, jobs] = [this.#queue.toKey('completed'), this.#queue.toKey('')];
    return donePage(this.redis, { completed, jobs, answers: answerPrefix(this.run, this.row) }, most);
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

  /** Takes done jobs away, all at once. Of ours: no parent, no child, no log hangs on them. */
  async removeDone(jobs: readonly string[]): Promise<void> {
    if (jobs.length === 0) return;
    const keys = jobs.map((job) => this.#queue.toKey(job));
    await this.redis
      .multi()
      .zrem(this.#queue.toKey('completed'), ...jobs)
      .unlink(...keys)
      .exec();
  }

  /** Takes a job away, wherever it is and whoever made it. */
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
}
