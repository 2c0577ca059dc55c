/** An evaluation whose episodes are played by the workers of a queue. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AgentError } from '../core/index.js';
import type { EvaluationEntry, WorkElsewhere } from '../evaluation/index.js';
import { openRecord } from '../record/index.js';
import { recordedEnv, verifyEpisode } from '../replay/index.js';
import { RecordKeeper } from './accept-record.js';
import { describeCheckpoint, publishCheckpoint } from './checkpoints.js';
import { connectRedis } from './connection.js';
import { Coordinator, type Refusal } from './coordinator.js';
import type { Difference, RowDescription, RunDescription } from './description.js';
import { ownIdentity } from './identity.js';
import { nameForWorkers } from './policies.js';
import { withdrawRun } from './store.js';
import { unlessAborted } from './waiting.js';
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

export interface QueueWatcher {
  /** The work is in the queue. */
  onQueued?(run: string, episodes: number): void;
  onAccepted?(row: EvaluationEntry, seed: number): void;
  onRefused?(refusal: Refusal & { readonly game: string; readonly policy: string }): void;
  /** How many workers were heard of lately. */
  onWorkers?(count: number): void;
  onNote?(sentence: string): void;
  /** The coordinator has ended. */
  onEnd?(): void;
}

/** Milliseconds that a cancelled run waits for what workers are playing. */
const CANCEL_MS = 60_000;
/** Milliseconds between two looks at who works. */
const WORKERS_MS = 5000;

/** For `playElsewhere` of `runEvaluation`. Rejects with `connection` where there is no queue. */
export function throughQueue(options: QueueOptions): (work: WorkElsewhere) => Promise<void> {
  return async (work) => {
    const { watcher } = options;
    let coordinator: Coordinator | undefined;
    const redis = await connectRedis(options.url, {
      signal: work.signal,
      onAway: () => watcher?.onNote?.('the queue is away; what is asked of it waits'),
      onBack: () => {
        watcher?.onNote?.('the queue is there again');
        coordinator?.lookAgain();
      },
    });
    try {
      const made = await prepare(work, options, redis);
      coordinator = made.coordinator;
      await play(made, work, options, redis);
    } finally {
      redis.disconnect();
    }
  };
}

interface Prepared {
  readonly coordinator: Coordinator;
  readonly run: RunDescription;
  readonly refused: () => number;
}

async function play(made: Prepared, work: WorkElsewhere, options: QueueOptions, redis: Redis): Promise<void> {
  const { coordinator, run } = made;
  const { signal, folder } = work;
  const watching = setInterval(async () => {
    const workers = await readWorkers(redis).catch(() => []);
    options.watcher?.onWorkers?.(workers.filter(({ isThere }) => isThere).length);
  }, WORKERS_MS).unref();
  try {
    if (options.isCancelled) await unlessAborted(coordinator.cancel(CANCEL_MS), signal);
    else {
      await unlessAborted(coordinator.enqueue(), signal);
      options.watcher?.onQueued?.(run.id, coordinator.open);
      await unlessAborted(coordinator.run(), signal);
    }
    // What is still open stays in the queue, for --resume.
    if (coordinator.open === 0 || options.isCancelled) {
      await unlessAborted(Promise.all([withdrawRun(redis, run.id), coordinator.obliterate()]), signal);
    }
  } finally {
    clearInterval(watching);
    await coordinator.settle();
    options.watcher?.onEnd?.();
    await folder.update({ queue: { run: run.id, refused: made.refused() } });
  }
}

async function prepare(work: WorkElsewhere, options: QueueOptions, redis: Redis): Promise<Prepared> {
  const { folder, rows, request, emulators, signal } = work;
  const { allowed = [], watcher } = options;
  const identity = await ownIdentity(emulators.versions);
  const id = folder.file.queue?.run ?? randomBytes(8).toString('hex');
  let refused = folder.file.queue?.refused ?? 0;
  // Before the first job: whoever goes on after a kill finds its work.
  await folder.update({ queue: { run: id, refused } });
  const { entries } = folder.file;
  const described: RowDescription[] = [];
  for (const [index, entry] of entries.entries()) {
    const isOpen = rows.some((row) => row.index === index);
    described.push(await describeRow(entry, isOpen ? redis : undefined, options.checkpoints));
  }
  const run: RunDescription = {
    ...{ format: 1, id, rows: described, identity, allowed: [...allowed] },
    ...{ max_decisions: request.maxDecisions, plain: request.plain },
  };
  const replay = replayer(work, options.replay ?? 0);
  const keeper = new RecordKeeper({ folder, identity, allowed, replay });
  const entryOf = (row: number): EvaluationEntry => entries[row] as EvaluationEntry;
  const coordinator = new Coordinator({
    redis,
    run,
    asked: new Set(folder.seeds),
    pending: new Map(rows.map(({ index, seeds }) => [index, seeds])),
    accept: (row, seed, envelope) => keeper.accept(entryOf(row), seed, envelope),
    onAccepted: (row, seed) => watcher?.onAccepted?.(entryOf(row), seed),
    onRefused: (refusal) => {
      refused++;
      const { game, policy } = entryOf(refusal.row);
      watcher?.onRefused?.({ ...refusal, game, policy });
    },
    onGivenUp: (row, seed, reason) => {
      const { game, policy } = entryOf(row);
      watcher?.onNote?.(`${game} ${policy}, seed ${seed} is left unplayed after many tries: ${reason}`);
    },
    signal,
  });
  return { coordinator, run, refused: () => refused };
}

/** A row as workers are told it; weights that are not shipped are put where they find them. */
async function describeRow(
  entry: EvaluationEntry,
  redis: Redis | undefined,
  shared: string | undefined,
): Promise<RowDescription> {
  const { game, game_sha256, spec, play, clock = null, policy_id, provenance } = entry;
  if (play?.demonstrations) throw noDemonstrations(play.demonstrations.from);
  const named = nameForWorkers(spec);
  const weights = 'folder' in named ? await describeCheckpoint(named.kind, named.folder) : undefined;
  if (weights && redis && 'folder' in named) await publishCheckpoint(redis, named.folder, weights, shared);
  return {
    ...{ game, game_sha256, clock, policy_id: policy_id as string, provenance: provenance ?? {} },
    policy: 'policy' in named ? named.policy : named.kind,
    ...(weights ? { checkpoint: weights } : {}),
    ...(play ? { play } : {}),
  };
}

/** Plays a share of the records again, drawn so that no worker can know which. */
function replayer({ emulators, signal }: WorkElsewhere, share: number) {
  if (share <= 0) return undefined;
  const factory = recordedEnv({ emulators, signal });
  return async (folder: string): Promise<string | null> => {
    if (randomInt(1_000_000) >= share * 1_000_000) return null;
    const { difference } = await verifyEpisode(await openRecord(folder), factory, { signal });
    if (difference === null) return null;
    const { step, field, expected, got } = difference;
    return `played again, ${field} of ${step === null ? 'the manifest' : `step ${step}`} is ${got}, not ${expected}`;
  };
}

function noDemonstrations(from: string): AgentError {
  return new AgentError('usage', 'demonstrations cannot be shown through a queue', {
    expected: 'ways of playing without a folder: workers open none that the queue names',
    got: from,
    where: '--play',
    next: 'play it without --queue, or in parts with --shard',
  });
}
