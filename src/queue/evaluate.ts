/** An evaluation whose episodes are played by the workers of a queue. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AgentError } from '../core/index.js';
import type { EvaluationEntry, WorkElsewhere } from '../evaluation/index.js';
import type { EpisodeRecord } from '../record/index.js';
import { recordedEnv, verifyEpisode } from '../replay/index.js';
import { RecordKeeper } from './accept-record.js';
import { coordinate, type Prepared, type QueueOptions } from './coordinate.js';
import { Coordinator } from './coordinator.js';
import { describePlayer } from './describe-player.js';
import type { RowDescription, RunDescription } from './description.js';
import { ownIdentity } from './identity.js';

/** For `playElsewhere` of `runEvaluation`. Rejects with `connection` where there is no queue. */
export function throughQueue(options: QueueOptions): (work: WorkElsewhere) => Promise<void> {
  return (work) => coordinate(options, work.signal, (redis) => prepare(work, options, redis));
}

async function prepare(work: WorkElsewhere, options: QueueOptions, redis: Redis): Promise<Prepared> {
  const { folder, rows, request, emulators, signal } = work;
  const { allowed = [], watcher } = options;
  const identity = await ownIdentity(emulators.versions);
  const id = folder.file.queue?.run ?? randomBytes(8).toString('hex');
  let refused = folder.file.queue?.refused ?? 0;
  const keep = (): Promise<void> => folder.update({ queue: { run: id, refused } });
  // Before the first job: whoever goes on after a kill finds its work.
  await keep();
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
    // Rows without work too: what a killed coordinator left of theirs goes with the rest.
    pending: new Map(entries.map((_, index) => [index, rows.find((row) => row.index === index)?.seeds ?? []])),
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
  return { coordinator, run, keep, folder: folder.path, refused: () => refused };
}

/** A row as workers are told it. */
async function describeRow(
  entry: EvaluationEntry,
  redis: Redis | undefined,
  shared: string | undefined,
): Promise<RowDescription> {
  const { game, game_sha256, spec, play, clock = null, policy_id, provenance } = entry;
  if (play?.demonstrations) throw noDemonstrations(play.demonstrations.from);
  const own = { spec, id: policy_id as string, provenance: provenance ?? {} };
  const player = await describePlayer(own, redis, shared);
  return { game, game_sha256, clock, ...player, ...(play ? { play } : {}) };
}

/** Plays a share of the records again, drawn so that no worker can know which. */
function replayer({ emulators, signal }: WorkElsewhere, share: number) {
  if (share <= 0) return undefined;
  const factory = recordedEnv({ emulators, signal });
  return async (record: EpisodeRecord): Promise<string | null> => {
    if (!isDrawn(share)) return null;
    const { difference } = await verifyEpisode(record, factory, { signal });
    if (difference === null) return null;
    const { step, field, expected, got } = difference;
    return `played again, ${field} of ${step === null ? 'the manifest' : `step ${step}`} is ${got}, not ${expected}`;
  };
}

/** Whether one of so large a share is looked at more closely. */
export const isDrawn = (share: number): boolean => randomInt(1_000_000) < share * 1_000_000;

function noDemonstrations(from: string): AgentError {
  return new AgentError('usage', 'demonstrations cannot be shown through a queue', {
    expected: 'ways of playing without a folder: workers open none that the queue names',
    got: from,
    where: '--play',
    next: 'play it without --queue, or in parts with --shard',
  });
}
