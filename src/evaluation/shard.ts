/**
 * One part of an evaluation that several processes share without a queue: a task of a Slurm array, an index of a
 * Kubernetes job. Shard I of N plays every N-th seed from the I-th on, with every policy and game, so that all shards
 * have about as much to do and each of them has pairs.
 */
import { AgentError } from '../core/index.js';

export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly of: number;
}

/** `3/16`. Throws `usage` for anything else. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && index >= 1 && index <= of) return { index, of };
  throw new AgentError('usage', 'this names no shard', {
    expected: 'I/N with I from 1 to N, such as 3/16',
    got: text.slice(0, 50),
    where: '--shard',
    next: 'an array that counts from 0 adds 1: --shard $((JOB_COMPLETION_INDEX + 1))/16',
  });
}

/** The seeds of a shard, in their order. Throws `usage` where there are fewer seeds than shards. */
export function seedsOfShard(seeds: readonly number[], { index, of }: Shard): number[] {
  if (of <= seeds.length) return seeds.filter((_, place) => place % of === index - 1);
  throw new AgentError('usage', 'there are fewer seeds than shards', {
    expected: `at most ${seeds.length} shards`,
    got: `${index}/${of}`,
    where: '--shard',
  });
}
