/** Demonstrations that are played by the workers of a queue. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { playOf } from '../agent/index.js';
import { AgentError, readText, writeFileAtomic } from '../core/index.js';
import { askedAlone, type CollectElsewhere, type CollectFailure, type Collection } from '../datasets/index.js';
import type { Emulators } from '../env-bridge/index.js';
import { type EvaluationEntry, gameHash } from '../evaluation/index.js';
import { DemonstrationKeeper } from './accept-demonstration.js';
import { collectingPlayer, demonstrationPolicyId } from './collecting-player.js';
import { coordinate, type Prepared, type QueueOptions } from './coordinate.js';
import { Coordinator } from './coordinator.js';
import { describePlayer } from './describe-player.js';
import type { Identity, RowDescription, RunDescription } from './description.js';
import type { EntryPlayer } from './entry-player.js';
import { isDrawn } from './evaluate.js';
import { ownIdentity } from './identity.js';

export interface CollectQueueOptions extends Omit<QueueOptions, 'allowed'> {
  /** How driver and labeller were asked for. */
  readonly specs: { readonly driver: string; readonly labeller: string };
  /** Of this process: their versions are the workers' too, and a share is played again on them. */
  readonly emulators: Emulators;
}

/** In the dataset's folder for as long as its work is in a queue. */
const QUEUE_FILE = 'queue.json';
const queueSchema = z.strictObject({ run: z.string().regex(/^[0-9a-f]{16}$/), refused: z.int().nonnegative() });

/**
 * For `collect`: the episodes are played by a queue's workers, and are those that one process makes which asks its
 * players alone (`isExact`). Rejects with `connection` where there is no queue, with `usage` for what workers play not.
 */
export function collectThroughQueue(options: CollectQueueOptions): CollectElsewhere {
  return async (collection) => {
    // What a coordinator left in the queue that was killed at its very end is taken away.
    if (collection.pending.length === 0 && !existsSync(join(collection.folder, QUEUE_FILE))) return [];
    const work = new CollectWork(collection, options);
    try {
      await coordinate(options, collection.signal, (redis) => work.prepare(redis));
      return work.failures;
    } finally {
      await work.close();
    }
  };
}

class CollectWork {
  readonly failures: CollectFailure[] = [];
  /** Plays a share again. */
  #player: Promise<EntryPlayer> | undefined;

  constructor(
    private readonly collection: Collection,
    private readonly options: CollectQueueOptions,
  ) {}

  async prepare(redis: Redis): Promise<Prepared> {
    const { collection, options } = this;
    const { game, pending, folder, signal, maxDecisions, seeds } = collection;
    const path = join(folder, QUEUE_FILE);
    const identity = await ownIdentity(options.emulators.versions);
    const row = await this.#describeRow(redis);
    const before = await readQueueFile(path);
    const id = before?.run ?? randomBytes(8).toString('hex');
    let refused = before?.refused ?? 0;
    const keep = async (isOver: boolean): Promise<void> => {
      if (isOver) await rm(path, { force: true });
      else await writeFileAtomic(path, `${JSON.stringify({ run: id, refused })}\n`);
    };
    await keep(false);
    const run: RunDescription = {
      ...{ format: 1, id, rows: [row], identity, allowed: [], plain: false },
      max_decisions: maxDecisions ?? null,
    };
    const policy = demonstrationPolicyId(collection.driver.id, collection.labeller.id);
    const entry = { game: game.name, game_sha256: row.game_sha256, spec: policy, policy, policy_id: policy };
    const again = (seed: number) => this.#again(seed, identity);
    const keeper = new DemonstrationKeeper({
      ...{ collection, identity, again },
      entry: entry as EvaluationEntry,
    });
    const title = { game: game.name, policy };
    const coordinator = new Coordinator({
      ...{ redis, run, asked: new Set(seeds), signal },
      pending: new Map([[0, pending.map(({ seed }) => seed)]]),
      accept: async (_, seed, envelope) => {
        const verdict = await keeper.accept(seed, envelope);
        this.failures.push(...keeper.failed.splice(0));
        return verdict;
      },
      onAccepted: (_, seed) => options.watcher?.onAccepted?.(title, seed),
      onRefused: (refusal) => {
        refused++;
        options.watcher?.onRefused?.({ ...refusal, ...title });
      },
      onGivenUp: (_, seed, reason) => {
        this.failures.push({ seed, error: new AgentError('internal', `left unplayed after many tries: ${reason}`) });
      },
    });
    return { coordinator, run, keep, folder, refused: () => refused };
  }

  async close(): Promise<void> {
    const player = await this.#player;
    await player?.[Symbol.asyncDispose]();
  }

  async #describeRow(redis: Redis): Promise<RowDescription> {
    const { collection, options } = this;
    const { game, driver, labeller, noise } = collection;
    const { specs, checkpoints } = options;
    const { plan, hold } = playOf(game);
    if (plan > 1 || hold > 1) throw notOneByOne(game.name);
    const described = (spec: string, { id, provenance = {} }: Collection['driver']) =>
      describePlayer({ spec, id, provenance }, redis, checkpoints);
    return {
      ...{ game: game.name, game_sha256: gameHash(game), clock: null },
      ...(await described(specs.driver, driver)),
      collect: { noise, labeller: driver === labeller ? null : await described(specs.labeller, labeller) },
    };
  }

  /** An answer of this process's own for a share of the seeds, drawn so that no worker can know which. */
  async #again(seed: number, { versions, git }: Identity): Promise<readonly Uint8Array[] | undefined> {
    const { collection, options } = this;
    if (!isDrawn(options.replay ?? 0)) return undefined;
    const { game, driver, labeller, noise, maxDecisions = null } = collection;
    const alone = askedAlone(driver);
    const players = { driver: alone, labeller: labeller === driver ? alone : askedAlone(labeller) };
    const { emulators } = options;
    this.#player ??= collectingPlayer(
      { ...players, ...{ game, noise, maxDecisions, versions, git, emulators, parallel: 1 } },
      async () => {},
    );
    return (await this.#player).play(seed);
  }
}

/** Undefined where there is none; what is no such file is none either: its work is put into the queue anew. */
async function readQueueFile(path: string): Promise<z.output<typeof queueSchema> | undefined> {
  try {
    return queueSchema.parse(JSON.parse(await readText(path, { maxBytes: 1000 })));
  } catch {
    return undefined;
  }
}

function notOneByOne(game: string): AgentError {
  return new AgentError('usage', 'this game cannot be collected through a queue', {
    expected: 'a game whose player is asked at every step: chance and labels are checked step by step',
    got: `play settings of ${game} that plan or hold actions`,
    next: 'collect it without --queue, or in parts with --shard',
  });
}
