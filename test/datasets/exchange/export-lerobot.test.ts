/** The export holds the dataset: rows, pictures byte by byte, episodes in ranges by split. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Dataset, exportLeRobot, nativeCard } from '../../../src/datasets/index.js';
import { singleShardName, writeShard } from '../../../src/datasets/shard-files.js';
import { fakeEpisode, newDataset, scratchFolder } from '../support/episodes.js';

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

const footer = ({ key_value_metadata }: FileMetaData, name: string): string =>
  key_value_metadata?.find(({ key }) => key === name)?.value as string;

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
      expect(row.action).toEqual([0, 1, 2].map((action) => (action === step.label ? 1 : 0)));
      expect(row).toMatchObject({ label: BigInt(step.label), executed_action: BigInt(step.action), index: BigInt(i) });
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

  it('tells load_dataset where the rows are, and that pictures are pictures', async () => {
    using dataset = await open();
    const out = join(await scratchFolder(), 'export');
    await exportLeRobot(dataset, { out });
    const head = parse((await readFile(join(out, 'README.md'), 'utf8')).split('---\n')[1] as string);
    expect(head).toEqual({
      tags: ['LeRobot'],
      configs: [{ config_name: 'default', data_files: [{ split: 'train', path: 'data/*/*.parquet' }] }],
    });
    const data = await parquetMetadataAsync(await asyncBufferFromFile(join(out, 'data/chunk-000/file-000.parquet')));
    const { features } = JSON.parse(footer(data, 'huggingface')).info;
    const info = await json(join(out, 'meta/info.json'));
    expect(Object.keys(features)).toEqual(Object.keys(info.features));
    expect(features).toMatchObject({
      'observation.image': { _type: 'Image' },
      action: { _type: 'Sequence', feature: { _type: 'Value', dtype: 'float32' } },
      label: { _type: 'Value', dtype: 'int64' },
      'next.done': { _type: 'Value', dtype: 'bool' },
    });
    // datasets 5.2 takes the footer's word for a column only where the column may be null.
    expect(data.schema.find(({ name }) => name === 'observation.image')?.repetition_type).toBe('OPTIONAL');
  });

  it('has one action, a vector of floats by name, with statistics of each of its numbers', async () => {
    using dataset = await open();
    const out = join(await scratchFolder(), 'export');
    await exportLeRobot(dataset, { out });
    const { features } = await json(join(out, 'meta/info.json'));
    expect(features.action).toEqual({ dtype: 'float32', shape: [3], names: ['wait', 'left', 'right'] });
    expect(Object.keys(features).filter((name) => name.startsWith('action'))).toEqual(['action']);
    const { action } = await json(join(out, 'meta/stats.json'));
    const labels = Array.from(dataset.indices(), (index) => dataset.step(index).label);
    const shares = [0, 1, 2].map((label) => labels.filter((one) => one === label).length / labels.length);
    expect(action.count).toEqual([12]);
    shares.forEach((share, at) => {
      expect(action.mean[at]).toBeCloseTo(share, 12);
      expect(action.std[at]).toBeCloseTo(Math.sqrt(share * (1 - share)), 12);
      expect([action.min[at], action.max[at]]).toEqual([share === 1 ? 1 : 0, share === 0 ? 0 : 1]);
    });
  });

  it('says what pandas must know of the tasks, and what normalisation needs', async () => {
    using dataset = await open();
    const out = join(await scratchFolder(), 'export');
    await exportLeRobot(dataset, { out });
    const tasks = await parquetMetadataAsync(await asyncBufferFromFile(join(out, 'meta/tasks.parquet')));
    expect(JSON.parse(footer(tasks, 'pandas'))).toMatchObject({ index_columns: ['task'] });
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

it('a collected dataset says which of its files hold the rows', async () => {
  using dataset = await open();
  const head = parse(nativeCard(dataset).split('---\n')[1] as string);
  const path = 'shards/shard-*.parquet';
  expect(head.configs).toEqual([{ config_name: 'default', data_files: [{ split: 'train', path }] }]);
});
