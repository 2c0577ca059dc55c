/** A player as workers are told of it. */
import type { Redis } from 'ioredis';
import { describeCheckpoint, publishCheckpoint } from './checkpoints.js';
import type { PlayerDescription } from './description.js';
import { nameForWorkers } from './policies.js';

/** What is known of a player here. */
export interface OwnPlayer {
  /** How it was asked for. */
  readonly spec: string;
  readonly id: string;
  readonly provenance: PlayerDescription['provenance'];
}

/**
 * Weights that are not shipped are put where workers find them: into `shared`, or into the queue.
 * Rejects with `usage` for a player that workers cannot be told of.
 * @param redis left out where nobody is to play it
 */
export async function describePlayer(
  { spec, id, provenance }: OwnPlayer,
  redis: Redis | undefined,
  shared: string | undefined,
): Promise<PlayerDescription> {
  const named = nameForWorkers(spec);
  const own = { policy_id: id, provenance };
  if ('policy' in named) return { policy: named.policy, ...own };
  const weights = await describeCheckpoint(named.kind, named.folder);
  if (redis) await publishCheckpoint(redis, named.folder, weights, shared);
  return { policy: named.kind, checkpoint: weights, ...own };
}
