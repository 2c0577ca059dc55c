/** Episodes as a collector would write them, without an emulator; and folders to write them into. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/index.js';
import type { FrameShape } from '../../../src/datasets/frame-codec.js';
import { encodeFrame } from '../../../src/datasets/frame-codec.js';
import { type DatasetDescription, SPLIT_RULE, splitOf } from '../../../src/datasets/schema.js';
import { type ShardContent, singleShardName, writeShard } from '../../../src/datasets/shard-files.js';
import type { StepRow } from '../../../src/datasets/step-table.js';
import { randomFrame } from './frames.js';

export const SHAPE = { height: 6, width: 8, channels: 3 } as const;

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** For a whole file of tests. */
export async function suiteFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datasets-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const description = (seeds: number[]): DatasetDescription => ({
  format: 'agent-demonstrations',
  format_version: 1,
  game: 'fake',
  env: 'Fake-v0',
  emulator: { frameSkip: 4 },
  decisions_per_second: 12.5,
  actions: ['wait', 'left', 'right'],
  frame: { ...SHAPE },
  stack: 2,
  driver: { id: 'random', provenance: {} },
  labeller: { id: 'expert:somewhere', provenance: { checkpoint_sha256: 'abc' } },
  noise: 0.25,
  max_steps: null,
  split: SPLIT_RULE,
  seeds,
  versions: {},
});

/** A folder with its description and room for shards. */
export async function newDataset(seeds: number[]): Promise<string> {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'shards'));
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(description(seeds)));
  return folder;
}

export type DatasetChanges = Partial<Pick<DatasetDescription, 'frame' | 'stack' | 'actions'>>;

/** A dataset of `count` fake episodes in one shard each; `changes` to what it says of itself. */
export async function fakeDataset(count: number, changes: DatasetChanges = {}, firstSeed = 1): Promise<string> {
  const folder = await scratchFolder();
  const seeds = Array.from({ length: count }, (_, i) => firstSeed + i);
  await mkdir(join(folder, 'shards'));
  await writeFile(join(folder, 'dataset.json'), JSON.stringify({ ...description(seeds), ...changes }));
  for (const [number, seed] of seeds.entries()) {
    const { stack = 2, actions = ['', '', ''], frame = SHAPE } = changes;
    const content = await fakeEpisode(number, seed, 3 + (seed % 5), { stack, actions: actions.length, shape: frame });
    await writeShard(folder, singleShardName(number), content);
  }
  return folder;
}

/** The frame that `fakeEpisode` shows at a step. */
export const frameOf = (seed: number, step: number, shape: FrameShape = SHAPE) =>
  randomFrame(shape, seed * 1000 + step);

/** An episode whose numbers follow from its seed; every third one gives neither probabilities nor a value. */
export async function fakeEpisode(
  episode: number,
  seed: number,
  steps: number,
  { stack = 2, actions = 3, shape = SHAPE as FrameShape } = {},
): Promise<ShardContent> {
  const random = createRandom(seed, 'fake episode');
  const frames = await Promise.all(
    Array.from({ length: steps + 1 }, (_, step) => encodeFrame(frameOf(seed, step, shape))),
  );
  const split = splitOf(seed);
  let offset = 0;
  const rows = Array.from({ length: steps }, (_, step): StepRow => {
    const frameBytes = (frames[step] as Uint8Array).length;
    offset += frameBytes;
    const isBare = seed % 3 === 0;
    return {
      episode,
      seed,
      split,
      step,
      frame: step,
      stack: Array.from({ length: stack }, (_, i) => Math.max(0, step - stack + 1 + i)),
      action: random.integer(actions),
      label: random.integer(actions),
      isNoise: random.next() < 0.25,
      probabilities: isBare ? null : [0.5, ...new Array<number>(actions - 1).fill(0.5 / (actions - 1))],
      value: isBare ? null : random.next() * 10,
      reward: random.next() - 0.5,
      terminated: step === steps - 1,
      truncated: false,
      frameOffset: offset - frameBytes,
      frameBytes,
    };
  });
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const score = rows.reduce((sum, { reward }) => sum + reward, 0);
  const facts = { episode, seed, split, steps, score, first_row: 0, frames: { offset: 0, bytes } } as const;
  return { rows, frames, episodes: [{ ...facts, status: 'finished', ending: 'terminated' }] };
}
