/** A coordinator from its connection to its end, whatever its episodes are for. */
import type { Redis } from 'ioredis';
import { MOST_WORKERS, removeQueueProgress, writeQueueProgress } from '../evaluation/index.js';
import { connectRedis } from './connection.js';
import type { Coordinator } from './coordinator.js';
import type { Difference, RunDescription } from './description.js';
import type { Refusal } from './judge.js';
import { withdrawRun } from './store.js';
import { pause, unlessAborted } from './waiting.js';
import { readWorkers } from './worker-report.js';

export interface QueueOptions {
  readonly url: string;
  /** What workers may differ in; the table then names it. */
  readonly allowed?: readonly Difference[];
  /** A folder that the workers see too, for weights that are not shipped. */
  readonly checkpoints?: string | undefined;
  /** The share of records, 0 to 1, that is played again here before it counts. Default 0. */
  readonly replay?: number;
  /** Takes the work out of the queue instead of waiting for it. */
  readonly isCancelled?: boolean;
  readonly watcher?: QueueWatcher | undefined;
}

/** A row by its names. */
export interface RowTitle {
  readonly game: string;
  readonly policy: string;
}

export interface QueueWatcher {
  /** The work is in the queue. */
  onQueued?(run: string, episodes: number): void;
  onAccepted?(row: RowTitle, seed: number): void;
  onRefused?(refusal: Refusal & RowTitle): void;
  /** How many workers were heard of lately. */
  onWorkers?(count: number): void;
  onNote?(sentence: string): void;
  /** The coordinator has ended. */
  onEnd?(): void;
}

export interface Prepared {
  /** Where records come in; who watches it is told there how far the workers are. */
  readonly folder: string;
  /** Answers that were refused so far. */
  readonly refused: () => number;
  readonly coordinator: Coordinator;
  readonly run: RunDescription;
  /** Keeps what is to be known of the run when it goes on. `isOver`: nothing of it is in the queue any more. */
  readonly keep: (isOver: boolean) => Promise<void>;
}

/** Milliseconds that a cancelled run waits for what workers are playing. */
const CANCEL_MS = 60_000;
/** Milliseconds between two looks at who works. */
const WORKERS_MS = 5000;

/** Resolves when all is played, or the signal came. Rejects with `connection` where there is no queue. */
export async function coordinate(
  options: QueueOptions,
  signal: AbortSignal,
  prepare: (redis: Redis) => Promise<Prepared>,
): Promise<void> {
  const { watcher } = options;
  let coordinator: Coordinator | undefined;
  const redis = await connectRedis(options.url, {
    signal,
    onAway: () => watcher?.onNote?.('the queue is away; what is asked of it waits'),
    onBack: () => {
      watcher?.onNote?.('the queue is there again');
      coordinator?.lookAgain();
    },
  });
  try {
    const made = await prepare(redis);
    coordinator = made.coordinator;
    await play(made, signal, options, redis);
  } finally {
    redis.disconnect();
  }
}

async function play(made: Prepared, signal: AbortSignal, options: QueueOptions, redis: Redis): Promise<void> {
  const { coordinator, run } = made;
  const ended = new AbortController();
  const watching = watchWorkers(made, options.watcher, redis, ended.signal);
  let isOver = false;
  try {
    if (options.isCancelled) await unlessAborted(coordinator.cancel(CANCEL_MS), signal);
    else {
      await unlessAborted(coordinator.enqueue(), signal);
      options.watcher?.onQueued?.(run.id, coordinator.open);
      await unlessAborted(coordinator.run(), signal);
    }
    // What is still open stays in the queue, for whoever goes on.
    if (coordinator.open === 0 || options.isCancelled) {
      const away = Promise.all([withdrawRun(redis, run.id), coordinator.obliterate()]);
      isOver = (await unlessAborted(away, signal)) !== undefined;
    }
  } finally {
    ended.abort();
    await watching;
    await coordinator.settle();
    options.watcher?.onEnd?.();
    await made.keep(isOver);
  }
}

/** Tells the watcher and the folder who works, until the signal. A folder that cannot be written shows nothing. */
async function watchWorkers(
  { coordinator, folder, refused }: Prepared,
  watcher: QueueWatcher | undefined,
  redis: Redis,
  signal: AbortSignal,
): Promise<void> {
  const [planned, started] = [coordinator.open, performance.now()];
  while (!signal.aborted) {
    const all = await unlessAborted(readWorkers(redis), signal).catch(() => []);
    const workers = all?.filter(({ isThere }) => isThere) ?? [];
    watcher?.onWorkers?.(workers.length);
    const { open } = coordinator;
    const accepted = Math.max(0, planned - open);
    const shown = workers.slice(0, MOST_WORKERS).map(({ worker, row, active, played }) => ({
      ...{ worker, row, active, played },
    }));
    await writeQueueProgress(folder, {
      ...{ written: new Date().toISOString(), open, accepted, refused: refused() },
      ...{ perSecond: (accepted / (performance.now() - started)) * 1000, workers: workers.length, shown },
    }).catch(() => {});
    await pause(WORKERS_MS, signal);
  }
  await removeQueueProgress(folder).catch(() => {});
}
