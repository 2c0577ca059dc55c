/** The export holds the dataset: rows, pictures byte by byte, episodes in ranges by split. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { Dataset, exportLeRobot } from '../../src/datasets/index.js';
import { singleShardName, writeShard } from '../../src/datasets/shard-files.js';
import { fakeEpisode, newDataset, scratchFolder } from './support/episodes.js';

const SEEDS = [9, 1, 2];

async function open(): Promise<Dataset> {
  const folder = await newDataset(SEEDS);
  for (const [number, seed] of SEEDS.entries()) {
    await writeShard(folder, singleShardName(number), await fakeEpisode(number, seed, 3 + number));
  }
  return Dataset.open(folder);
}

const table = async (path: string) => parquetReadObjects({ file: await asyncBufferFromFile(path), utf8: false });
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('an export for LeRobot', () => {
  it('has every step once, training first, with its picture', async () => {
    using dataset = await open();
    const out = join(await scratchFolder(), 'export');
    await exportLeRobot(dataset, { out });
    const info = await json(join(out, 'meta/info.json'));
    expect(info).toMatchObject({
      codebase_version: 'v3.0',
      total_episodes: 3,
      total_frames: 12,
      fps: 12.5,
      splits: { train: '0:2', validation: '2:3' },
    });
    const rows = await table(join(out, 'data/chunk-000/file-000.parquet'));
    expect(Object.keys(rows[0] as object)).toEqual(Object.keys(info.features));
    const ordered = [1, 2, 0].flatMap((number) => {
      const { firstStep, steps } = dataset.episodes[number] as (typeof dataset.episodes)[number];
      return Array.from({ length: steps }, (_, i) => dataset.step(firstStep + i));
    });
    expect(rows.length).toBe(12);
    for (const [i, step] of ordered.entries()) {
      const row = rows[i] as Record<string, unknown> & { 'observation.image': { bytes: Uint8Array } };
      expect(row).toMatchObject({ action: BigInt(step.label), executed_action: BigInt(step.action), index: BigInt(i) });
      expect(row).toMatchObject({ seed: BigInt(step.episode.seed), frame_index: BigInt(step.step) });
      expect(row['next.reward']).toBe(Math.fround(step.reward));
      expect(row['next.done']).toBe(step.terminated);
      expect(row.timestamp).toBe(Math.fround(step.step / 12.5));
      expect(Buffer.from(row['observation.image'].bytes)).toEqual(Buffer.from(dataset.framePng(step.frame)));
    }
    const episodes = await table(join(out, 'meta/episodes/chunk-000/file-000.parquet'));
    expect(
      episodes.map((row) => [row.episode_index, row.length, row.dataset_from_index, row.dataset_to_index]),
    ).toEqual([
      [0n, 4n, 0n, 4n],
      [1n, 5n, 4n, 9n],
      [2n, 3n, 9n, 12n],
    ]);
  });

  it('says what pandas must know of the tasks, and what normalisation needs', async () => {
    using dataset = await open();
    const out = join(await scratchFolder(), 'export');
    await exportLeRobot(dataset, { out });
    const tasks = await parquetMetadataAsync(await asyncBufferFromFile(join(out, 'meta/tasks.parquet')));
    const pandas = tasks.key_value_metadata?.find(({ key }) => key === 'pandas')?.value;
    expect(JSON.parse(pandas as string)).toMatchObject({ index_columns: ['task'] });
    const stats = await json(join(out, 'meta/stats.json'));
    const rewards = Array.from(dataset.indices(), (index) => dataset.step(index).reward);
    expect(stats['next.reward'].mean[0]).toBeCloseTo(rewards.reduce((a, b) => a + b) / 12, 9);
    expect(stats['next.reward'].max[0]).toBe(Math.max(...rewards));
    expect(stats['observation.image'].mean).toHaveLength(3);
    const [[[mean]]] = stats['observation.image'].mean;
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(1);
  });

  it('writes into no folder that holds something, and leaves nothing when it is stopped', async () => {
    using dataset = await open();
    const folder = await scratchFolder();
    const out = join(folder, 'export');
    await exportLeRobot(dataset, { out });
    await expect(exportLeRobot(dataset, { out })).rejects.toMatchObject({ code: 'usage' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(exportLeRobot(dataset, { out: join(folder, 'other'), signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readdir(folder)).toEqual(['export']);
  });
});
