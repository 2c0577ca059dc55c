/** What was written is what training reads, in whatever shards it lies; damage is named, never read over. */
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recoverShards } from '../../src/datasets/folder.js';
import { checkDataset, Dataset } from '../../src/datasets/index.js';
import { mergeShards } from '../../src/datasets/merge-shards.js';
import { readShard, type Shard, shardNames, singleShardName, writeShard } from '../../src/datasets/shard-files.js';
import { ShardKeeper } from '../../src/datasets/shard-keeper.js';
import { readSteps } from '../../src/datasets/step-table.js';
import { description, fakeEpisode, frameOf, newDataset, SHAPE } from './support/episodes.js';

/** Seeds by episode number, and their lengths. */
const SEEDS = [3, 19, 4, 29, 8];
const LENGTHS = [5, 1, 7, 3, 4];

async function writeAll(folder: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  for (const [number, seed] of SEEDS.entries()) {
    const content = await fakeEpisode(number, seed, LENGTHS[number] as number);
    shards.push(await writeShard(folder, singleShardName(number), content));
  }
  return shards;
}

/** Everything that reading gives, to compare. */
function contentOf(dataset: Dataset): unknown {
  return Array.from(dataset.indices(), (index) => ({ ...dataset.step(index), pixels: dataset.stack(index) }));
}

async function expectAsWritten(folder: string): Promise<void> {
  using dataset = await Dataset.open(folder);
  expect(dataset.episodes.map(({ seed, steps }) => [seed, steps])).toEqual(SEEDS.map((seed, i) => [seed, LENGTHS[i]]));
  expect(dataset.stepCount).toBe(20);
  expect(dataset.frameCount).toBe(25);
  for (const [number, seed] of SEEDS.entries()) {
    const { rows } = await fakeEpisode(number, seed, LENGTHS[number] as number);
    const episode = dataset.episodes[number];
    if (!episode) throw new Error('an episode is missing');
    for (const row of rows) {
      const step = dataset.step(episode.firstStep + row.step);
      const { frameOffset, frameBytes, split, seed: _, episode: __, frame, stack, probabilities, ...same } = row;
      expect(step).toMatchObject(same);
      expect(step.probabilities).toEqual(probabilities); // a half and quarters are exact in float32
      expect(step.frame).toBe(episode.firstFrame + frame);
      expect(step.stack).toEqual(stack.map((local) => episode.firstFrame + local));
      expect(dataset.stack(step.index)).toEqual(stack.map((local) => frameOf(seed, local)));
    }
    expect(dataset.frame(episode.firstFrame + episode.steps)).toEqual(frameOf(seed, episode.steps));
  }
}

describe('reading', () => {
  it('of the first episodes alone gives these, and refuses more than there are', async () => {
    const folder = await newDataset(SEEDS);
    await writeAll(folder);
    using whole = await Dataset.open(folder);
    using first = await Dataset.open(folder, { firstEpisodes: 3 });
    expect(first.episodes.map(({ seed }) => seed)).toEqual(SEEDS.slice(0, 3));
    expect(contentOf(first)).toEqual((contentOf(whole) as unknown[]).slice(0, 13));
    await expect(Dataset.open(folder, { firstEpisodes: 6 })).rejects.toMatchObject({ code: 'dataset' });
  });

  it('gives back what was written, from single shards and merged ones', async () => {
    const folder = await newDataset(SEEDS);
    const shards = await writeAll(folder);
    await expectAsWritten(folder);
    const two = await mergeShards(folder, [shards[3], shards[1]] as Shard[], 0);
    await expectAsWritten(folder);
    await mergeShards(folder, [shards[0], two, shards[4], shards[2]] as Shard[], 1);
    expect(await shardNames(folder)).toEqual(['shard-00001']);
    await expectAsWritten(folder);
    expect(await checkDataset(folder)).toMatchObject({ shards: 1, episodes: 5, frames: 25, problems: [] });
  });

  it('splits by the last digit of the seed', async () => {
    const folder = await newDataset(SEEDS);
    await writeAll(folder);
    using dataset = await Dataset.open(folder);
    const seedsOf = (split?: 'train' | 'validation') =>
      new Set(Array.from(dataset.indices(split), (index) => dataset.step(index).episode.seed));
    expect(seedsOf('validation')).toEqual(new Set([19, 29]));
    expect(seedsOf('train')).toEqual(new Set([3, 4, 8]));
    expect(dataset.indices().length).toBe(20);
    expect(dataset.indices('train').length + dataset.indices('validation').length).toBe(20);
  });

  it('takes several datasets as one, and refuses one of another shape by name', async () => {
    const [first, second, third] = await Promise.all([newDataset(SEEDS), newDataset(SEEDS), newDataset(SEEDS)]);
    await writeAll(first);
    await writeShard(second, singleShardName(0), await fakeEpisode(0, 77, 6));
    using both = await Dataset.open([first, second]);
    expect([both.stepCount, both.frameCount, both.episodes.length]).toEqual([26, 32, 6]);
    expect(both.step(25)).toMatchObject({ step: 5, frame: 30, stack: [29, 30], episode: { source: 1, seed: 77 } });
    expect(both.frame(31)).toEqual(frameOf(77, 6));
    await writeFile(join(third, 'dataset.json'), JSON.stringify({ ...description(SEEDS), stack: 4 }));
    await expect(Dataset.open([first, third])).rejects.toThrow(/do not go together[\s\S]*"stack":4/);
  });

  it('refuses numbers outside, folders that are none, and unknown fields', async () => {
    const folder = await newDataset(SEEDS);
    await writeAll(folder);
    using dataset = await Dataset.open(folder);
    for (const wrong of [-1, 20, 1.5, Number.NaN]) expect(() => dataset.step(wrong)).toThrow(/no such step/);
    expect(() => dataset.frame(25)).toThrow(/no such frame/);
    await expect(Dataset.open(join(folder, 'shards'))).rejects.toMatchObject({ code: 'dataset' });
    await writeFile(join(folder, 'dataset.json'), JSON.stringify({ ...description(SEEDS), stranger: 1 }));
    await expect(Dataset.open(folder)).rejects.toThrow(/stranger/);
  });
});

describe('damage', () => {
  const damage: [string, (path: string) => Promise<void>][] = [
    ['frames cut off', (path) => truncate(`${path}.frames`, 100)],
    ['a table cut off', (path) => truncate(`${path}.parquet`, 100)],
    [
      'a byte changed',
      async (path) => {
        const bytes = await readFile(`${path}.frames`);
        bytes[bytes.length - 30] = (bytes[bytes.length - 30] as number) ^ 1;
        await writeFile(`${path}.frames`, bytes);
      },
    ],
    ['a commit cut off', (path) => truncate(`${path}.json`, 50)],
  ];

  it.each(damage)('%s is noticed, and only that episode is set aside', async (what, harm) => {
    const folder = await newDataset(SEEDS);
    await writeAll(folder);
    await harm(join(folder, 'shards', singleShardName(2)));
    expect((await checkDataset(folder)).problems.join()).toContain('episode-000002');
    if (what !== 'a byte changed') await expect(Dataset.open(folder)).rejects.toThrow(/episode-000002/);
    const { shards, damaged } = await recoverShards(folder);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toContain('episode-000002');
    expect(shards.map(({ name }) => name)).toEqual([0, 1, 3, 4].map(singleShardName));
    expect((await readdir(join(folder, 'damaged'))).length).toBe(3);
    using dataset = await Dataset.open(folder);
    expect(dataset.episodes.map(({ seed }) => seed)).toEqual([3, 19, 29, 8]);
  });

  it('files that a crash left without a commit do not count, and go', async () => {
    const folder = await newDataset(SEEDS);
    await writeAll(folder);
    const shards = join(folder, 'shards');
    for (const name of ['episode-000009.frames', 'episode-000009.parquet', 'shard-00000.frames.tmp']) {
      await writeFile(join(shards, name), 'half');
    }
    await expectAsWritten(folder);
    await recoverShards(folder);
    expect((await readdir(shards)).length).toBe(15);
    await expectAsWritten(folder);
  });

  it('a crash between merging and removing leaves every episode once', async () => {
    const folder = await newDataset(SEEDS);
    const shards = await writeAll(folder);
    await mergeShards(folder, shards.slice(0, 3), 0);
    for (const number of [0, 2]) {
      const content = await fakeEpisode(number, SEEDS[number] as number, LENGTHS[number] as number);
      await writeShard(folder, singleShardName(number), content);
    }
    await expectAsWritten(folder);
    await recoverShards(folder);
    expect(await shardNames(folder)).toEqual([singleShardName(3), singleShardName(4), 'shard-00000']);
    await expectAsWritten(folder);
  });
});

describe('keeping episodes', () => {
  it('merges after so many, knows what it has, and takes episodes that end together', async () => {
    const folder = await newDataset(Array.from({ length: 70 }, (_, seed) => seed));
    const keeper = new ShardKeeper(folder, []);
    const contents = await Promise.all(Array.from({ length: 70 }, (_, seed) => fakeEpisode(seed, seed, 2)));
    await Promise.all(contents.map((content, number) => keeper.keep(number, content)));
    expect([keeper.has(0), keeper.has(69), keeper.has(70)]).toEqual([true, true, false]);
    expect(await shardNames(folder)).toHaveLength(1 + 6);
    using before = await Dataset.open(folder);
    const content = contentOf(before);
    await keeper.merge();
    expect(await shardNames(folder)).toEqual(['shard-00000', 'shard-00001']);
    using after = await Dataset.open(folder);
    expect(contentOf(after)).toEqual(content);
    const shard = await readShard(folder, 'shard-00000');
    expect((await readSteps(shard.stepsPath)).length).toBe(128);
  });

  it('a write that fails fails that episode alone', async () => {
    const folder = await newDataset([1, 2]);
    const keeper = new ShardKeeper(folder, []);
    const content = await fakeEpisode(0, 1, 2);
    const failing = {
      ...content,
      frames: (function* () {
        yield new Uint8Array(3);
        throw new Error('disk full');
      })(),
    };
    await expect(keeper.keep(0, failing)).rejects.toThrow('disk full');
    expect(keeper.has(0)).toBe(false);
    await keeper.keep(1, await fakeEpisode(1, 2, 2));
    using dataset = await Dataset.open(folder);
    expect(dataset.episodes.map(({ seed }) => seed)).toEqual([2]);
    expect(dataset.frameShape).toEqual(SHAPE);
  });
});
