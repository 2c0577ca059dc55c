/** Many small shards into one large: frames are copied byte by byte, offsets move. */
import { createReadStream } from 'node:fs';
import { mergedShardName, removeShard, type Shard, writeShard } from './shard-files.js';
import { readSteps, type StepRow } from './step-table.js';

/** Writes the merged shard, then removes those it was made of. At no moment is an episode in neither. */
export async function mergeShards(dataset: string, shards: readonly Shard[], number: number): Promise<Shard> {
  const ordered = [...shards].sort((a, b) => (a.episodes[0]?.episode ?? 0) - (b.episodes[0]?.episode ?? 0));
  let rows: StepRow[] = [];
  const episodes: Shard['episodes'] = [];
  let offset = 0;
  for (const shard of ordered) {
    const moved = (await readSteps(shard.stepsPath)).map((row) => ({ ...row, frameOffset: row.frameOffset + offset }));
    episodes.push(
      ...shard.episodes.map((episode) => ({
        ...episode,
        first_row: episode.first_row + rows.length,
        frames: { ...episode.frames, offset: episode.frames.offset + offset },
      })),
    );
    rows = rows.concat(moved);
    offset += shard.files.frames.bytes;
  }
  const merged = await writeShard(dataset, mergedShardName(number), { rows, episodes, frames: contents(ordered) });
  for (const shard of shards) await removeShard(dataset, shard);
  return merged;
}

async function* contents(shards: readonly Shard[]): AsyncGenerator<Uint8Array> {
  for (const { framesPath } of shards) yield* createReadStream(framesPath, { highWaterMark: 1 << 20 });
}
