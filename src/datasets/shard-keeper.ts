/** Keeps episodes as they end: each at once as a shard of its own, and many of those merged into a large one. */
import { mergeShards } from './merge-shards.js';
import {
  isSingle,
  nextShardNumber,
  type Shard,
  type ShardContent,
  singleShardName,
  writeShard,
} from './shard-files.js';

/** A merged shard is about so large: few files for training to open, little to read again after damage. */
const SHARD_BYTES = 64 * 2 ** 20;
const SHARD_EPISODES = 64;

export class ShardKeeper {
  readonly #folder: string;
  #shards: Shard[];
  /** Writes come one after the other: episodes end at any time. */
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, shards: readonly Shard[]) {
    this.#folder = folder;
    this.#shards = [...shards];
  }

  /** Whether an episode is kept already. */
  has(episode: number): boolean {
    return this.#shards.some(({ episodes }) => episodes.some((kept) => kept.episode === episode));
  }

  /** Resolves when the episode is on disk. Rejects with Node's error where it cannot be written. */
  keep(episode: number, content: ShardContent): Promise<void> {
    return this.#then(async () => {
      this.#shards.push(await writeShard(this.#folder, singleShardName(episode), content));
      const single = this.#shards.filter(isSingle);
      const bytes = single.reduce((sum, { files }) => sum + files.frames.bytes, 0);
      if (bytes >= SHARD_BYTES || single.length >= SHARD_EPISODES) await this.#merge();
    });
  }

  /** Merges what is not merged yet. */
  merge(): Promise<void> {
    return this.#then(() => this.#merge());
  }

  #then(task: () => Promise<void>): Promise<void> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }

  async #merge(): Promise<void> {
    const single = this.#shards.filter(isSingle);
    if (single.length === 0) return;
    const merged = await mergeShards(this.#folder, single, nextShardNumber(this.#shards));
    this.#shards = [...this.#shards.filter((shard) => !isSingle(shard)), merged];
  }
}
