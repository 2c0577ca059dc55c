/** A worker at one row: BullMQ hands it episodes, renews their locks, and gives those of dead workers out again. */
import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { isAgentError } from '../core/index.js';
import { inOneLine } from '../evaluation/error-line.js';
import { PREFIX } from './connection.js';
import { jobId, jobSchema, queueName } from './description.js';
import type { RowPlayer } from './entry-player.js';
import { MAX_ANSWER_BYTES, packEnvelope } from './envelope.js';
import { RowQueue } from './row-queue.js';
import { isAnnounced, putAnswer } from './store.js';
import { pause, unlessAborted } from './waiting.js';
import type { WorkerReport } from './worker-report.js';

/** Milliseconds: how long a worker may be silent before its episodes are another one's, and how often that is seen. */
export interface RowTiming {
  readonly lockDuration: number;
  readonly stalledInterval: number;
}

/** A model that thinks long blocks its process: half of it must be well above one batch. */
const TIMING: RowTiming = { lockDuration: 30_000, stalledInterval: 10_000 };
const LOOK_MS = 500;

export interface RowWork {
  readonly redis: Redis;
  readonly run: string;
  readonly row: number;
  readonly player: RowPlayer;
  readonly parallel: number;
  readonly timing?: RowTiming;
  readonly report: WorkerReport;
  /** Whether another row has work. */
  readonly isWantedElsewhere: () => Promise<boolean>;
  readonly onNote?: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the row has nothing to do any more, or the signal came: what is being played then goes back. */
export async function workOnRow(work: RowWork): Promise<void> {
  const { redis, run, row, player, parallel, timing = TIMING, report, signal } = work;
  // A signal that came while the player was made tells nobody any more.
  if (signal.aborted) return;
  const worker = new Worker(queueName(run, row), (job, token) => playJob(work, job, token), {
    connection: redis,
    prefix: PREFIX,
    concurrency: parallel,
    maxStalledCount: 2,
    drainDelay: 2,
    ...timing,
  });
  // Told again and again while Redis is away, and of jobs that meanwhile were given to others.
  worker.on('error', () => {});
  const end = (): void => {
    // No further episode; those that are being played go back.
    worker.pause(true).catch(() => {});
    player.cancel();
  };
  signal.addEventListener('abort', end, { once: true });
  await using queue = new RowQueue(redis, run, row);
  try {
    for (;;) {
      await pause(LOOK_MS, signal);
      if (signal.aborted) break;
      if (report.active > 0) continue;
      const counts = await unlessAborted(queue.counts(), signal);
      if (counts === undefined || counts.waiting > 0 || report.active > 0) continue;
      if (counts.active === 0 || (await unlessAborted(work.isWantedElsewhere(), signal))) break;
    }
  } finally {
    signal.removeEventListener('abort', end);
    // With Redis away there is nobody to say goodbye to.
    const patience = AbortSignal.timeout(10_000);
    await unlessAborted(worker.close(), patience);
    // Whatever still hangs gets its lock renewed no longer: it is another worker's then.
    if (patience.aborted) void worker.close(true).catch(() => {});
    // A run that ended meanwhile leaves nothing behind, what this worker wrote to its queue neither.
    if ((await unlessAborted(isAnnounced(redis, run), patience)) === false) {
      await unlessAborted(queue.obliterate(), patience);
    }
  }
}

async function playJob(work: RowWork, job: Job, token: string | undefined): Promise<{ answer: string }> {
  const { redis, run, row, player, report } = work;
  const { data, success } = jobSchema.safeParse(job.data);
  if (!success || job.id !== jobId(data.seed)) throw new UnrecoverableError('this is no description of an episode');
  report.active++;
  try {
    const parts = await player.play(data.seed);
    const packed = await packEnvelope({ worker: report.name, identity: report.identity, parts });
    if (packed.length > MAX_ANSWER_BYTES) throw new UnrecoverableError(`its answer has ${packed.length} bytes`);
    const answer = await putAnswer(redis, run, row, job.id, packed);
    report.played++;
    return { answer };
  } catch (error) {
    if (isAgentError(error, 'cancelled')) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    work.onNote?.(`seed ${data.seed} could not be played: ${inOneLine(error)}`);
    throw error instanceof UnrecoverableError ? error : new Error(inOneLine(error).slice(0, 500));
  } finally {
    report.active--;
  }
}
