/** Looks at every byte of a dataset: hashes of the files, and every frame and row read back. */
import { resolve } from 'node:path';
import { stopIfCancelled } from './cancellation.js';
import { Dataset } from './dataset.js';
import { readShard, shardDamage, shardNames } from './shard-files.js';

export interface DatasetCheck {
  readonly folder: string;
  readonly shards: number;
  readonly episodes: number;
  readonly frames: number;
  /** What is wrong, in words; nothing where the dataset is whole. */
  readonly problems: readonly string[];
}

/** Resolves with the problems found; rejects only where the folder is no dataset. */
export async function checkDataset(
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<DatasetCheck> {
  const path = resolve(folder);
  const names = await shardNames(path);
  const problems: string[] = [];
  for (const name of names) {
    stopIfCancelled(signal);
    const damage = await readShard(path, name).then((shard) => shardDamage(shard, { deep: true }), asProblem);
    if (damage !== null) problems.push(damage);
  }
  if (problems.length > 0) return { folder: path, shards: names.length, episodes: 0, frames: 0, problems };
  using dataset = await Dataset.open(path);
  for (let frame = 0; frame < dataset.frameCount; frame++) {
    stopIfCancelled(signal);
    try {
      dataset.frame(frame);
    } catch (error) {
      problems.push(asProblem(error));
    }
  }
  return {
    folder: path,
    shards: names.length,
    episodes: dataset.episodes.length,
    frames: dataset.frameCount,
    problems,
  };
}

const asProblem = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll(/\n\s*/g, '; ') : String(error);
