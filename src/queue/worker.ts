/**
 * A worker: looks what runs there are, takes up a row that it can play, and plays its episodes until there are none
 * left. It keeps nothing: killed at any moment, its jobs are another one's after some seconds.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { inOneLine } from '../evaluation/error-line.js';
import { connectRedis } from './connection.js';
import type { Identity, RowDescription, RunDescription } from './description.js';
import type { RowPlayer } from './entry-player.js';
import { RowQueue } from './row-queue.js';
import { type RowTiming, workOnRow } from './row-work.js';
import { readRuns } from './store.js';
import { pause, unlessAborted } from './waiting.js';
import { WorkerReport } from './worker-report.js';

/** Milliseconds between two looks for work, and until a row is tried again that could not be played. */
const LOOK_MS = 1000;
const RETRY_MS = 60_000;

export interface WorkerOptions {
  readonly url: string;
  readonly identity: Identity;
  /** Episodes side by side. */
  readonly parallel: number;
  /** Makes a row's player, on a connection that it may read weights from. Rejects with why it cannot be played here. */
  readonly open: (
    run: RunDescription,
    row: RowDescription,
    redis: Awaited<ReturnType<typeof connectRedis>>,
  ) => Promise<RowPlayer>;
  /** Ends by itself after so many seconds without work; waits on where left out. */
  readonly idleSeconds?: number | undefined;
  readonly timing?: RowTiming;
  readonly onNote?: (sentence: string) => void;
  /** Told what it does, now and then. */
  readonly onReport?: (report: WorkerReport) => void;
  readonly signal: AbortSignal;
}

/** `HOST-PROCESS-RANDOM`, of plain letters. */
export function newWorkerName(): string {
  const host =
    hostname()
      .replace(/[^A-Za-z0-9.-]/g, '_')
      .slice(0, 60) || 'host';
  return `${/^[A-Za-z0-9]/.test(host) ? host : `h${host}`}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/** Resolves to what was played, when the signal came or there was nothing to do for long enough. */
export async function runWorker(options: WorkerOptions): Promise<WorkerReport> {
  const { url, identity, signal, onNote, idleSeconds } = options;
  const redis = await connectRedis(url, {
    signal,
    onAway: () => onNote?.('the queue is away; waiting for it'),
    onBack: () => onNote?.('the queue is there again'),
  });
  const report = new WorkerReport(newWorkerName(), identity, options.parallel);
  const beat = report.start(redis, options.onReport);
  const unable = new Map<string, number>();
  let idleSince = performance.now();
  try {
    while (!signal.aborted) {
      const work = await unlessAborted(findWork(redis, unable, onNote), signal);
      if (work) {
        await takeUp(work, options, redis, report, unable);
        idleSince = performance.now();
      } else if (idleSeconds !== undefined && performance.now() - idleSince > idleSeconds * 1000) break;
      else await pause(LOOK_MS * (0.5 + Math.random()), signal);
    }
    return report;
  } finally {
    clearInterval(beat);
    await unlessAborted(report.leave(redis), AbortSignal.timeout(2000));
    redis.disconnect();
  }
}

interface Work {
  readonly run: RunDescription;
  readonly row: number;
}

async function takeUp(
  { run, row }: Work,
  options: WorkerOptions,
  redis: Awaited<ReturnType<typeof connectRedis>>,
  report: WorkerReport,
  unable: Map<string, number>,
): Promise<void> {
  const { signal, onNote, open, parallel, timing } = options;
  const described = run.rows[row] as RowDescription;
  const title = `${described.game} ${described.policy}`;
  try {
    onNote?.(`playing ${title} of run ${run.id}`);
    await using player = await open(run, described, redis);
    report.begin(title);
    const isWantedElsewhere = async (): Promise<boolean> => {
      const other = await findWork(redis, unable);
      return other !== undefined && !(other.run.id === run.id && other.row === row);
    };
    const place = { redis, run: run.id, row, player, parallel, report, isWantedElsewhere, signal };
    await workOnRow({ ...place, ...(timing ? { timing } : {}), ...(onNote ? { onNote } : {}) });
  } catch (error) {
    if (signal.aborted) return;
    unable.set(`${run.id} ${row}`, performance.now() + RETRY_MS);
    onNote?.(`${title} of run ${run.id} is left to others: ${inOneLine(error)}`);
  } finally {
    report.rest();
  }
}

/** A row with episodes that wait; else one whose workers may have died. Which of several is left to chance. */
async function findWork(
  redis: Awaited<ReturnType<typeof connectRedis>>,
  unable: ReadonlyMap<string, number>,
  onNote?: (sentence: string) => void,
): Promise<Work | undefined> {
  const runs = await readRuns(redis, (id, reason) => {
    onNote?.(
      `a run is passed by, its description is none (${reason.slice(0, 200)}): ${JSON.stringify(id.slice(0, 40))}`,
    );
  });
  const waiting: Work[] = [];
  const begun: Work[] = [];
  for (const run of runs) {
    for (const row of run.rows.keys()) {
      if ((unable.get(`${run.id} ${row}`) ?? 0) > performance.now()) continue;
      await using queue = new RowQueue(redis, run.id, row);
      const counts = await queue.counts();
      if (counts.waiting > 0) waiting.push({ run, row });
      else if (counts.active > 0) begun.push({ run, row });
    }
  }
  const choice = waiting.length > 0 ? waiting : begun;
  return choice[Math.floor(Math.random() * choice.length)];
}
