/** What a worker says of itself: in the queue for `agent worker --status`, and in numbers for Prometheus. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from './connection.js';
import { type Identity, identitySchema } from './description.js';
import { workerName } from './envelope.js';

const WORKERS = `${PREFIX}:workers`;
const BEAT_MS = 5000;
/** One that was not heard of for so long is gone. */
const GONE_MS = 30_000;
const FORGOTTEN_MS = 3_600_000;
const MAX_BYTES = 16 * 1024;
const MAX_WORKERS = 20_000;

const stateSchema = z.strictObject({
  worker: workerName,
  identity: identitySchema,
  /** Game and policy, or null where it waits. */
  row: z.string().max(400).nullable(),
  parallel: z.int().positive(),
  active: z.int().nonnegative(),
  played: z.int().nonnegative(),
  started: z.iso.datetime(),
  seen: z.iso.datetime(),
});

export type WorkerState = z.output<typeof stateSchema> & {
  /** Whether it was heard of in the last half minute. */
  readonly isThere: boolean;
};

export class WorkerReport {
  /** Episodes that are being played, and that were. */
  active = 0;
  played = 0;
  #row: string | null = null;
  readonly #started = new Date().toISOString();

  constructor(
    readonly name: string,
    readonly identity: Identity,
    private readonly parallel: number,
  ) {}

  get row(): string | null {
    return this.#row;
  }

  begin(row: string): void {
    this.#row = row.slice(0, 400);
  }

  rest(): void {
    this.#row = null;
  }

  /** Tells it now and every five seconds. */
  start(redis: Redis, onReport?: (report: WorkerReport) => void): NodeJS.Timeout {
    const tell = (): void => {
      onReport?.(this);
      // A Redis that is away is told once more later.
      if (redis.status === 'ready') redis.hset(WORKERS, this.name, JSON.stringify(this.#state())).catch(() => {});
    };
    tell();
    return setInterval(tell, BEAT_MS).unref();
  }

  async leave(redis: Redis): Promise<void> {
    await redis.hdel(WORKERS, this.name);
  }

  #state(): z.output<typeof stateSchema> {
    const { name: worker, identity, active, played, parallel } = this;
    const seen = new Date().toISOString();
    return { worker, identity, row: this.#row, parallel, active, played, started: this.#started, seen };
  }
}

/** All workers that were heard of in the last hour, by name; entries that fit no schema are passed by. */
export async function readWorkers(redis: Redis): Promise<WorkerState[]> {
  if ((await redis.hlen(WORKERS)) > MAX_WORKERS) return [];
  const states: WorkerState[] = [];
  for (const name of (await redis.hkeys(WORKERS)).sort()) {
    if ((await redis.hstrlen(WORKERS, name)) > MAX_BYTES) continue;
    const state = parse(await redis.hget(WORKERS, name));
    if (state === undefined || state.worker !== name) continue;
    const age = Date.now() - Date.parse(state.seen);
    if (age > FORGOTTEN_MS) await redis.hdel(WORKERS, name);
    else states.push({ ...state, isThere: age < GONE_MS });
  }
  return states;
}

function parse(text: string | null): z.output<typeof stateSchema> | undefined {
  try {
    return stateSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}
