/** Episodes as a collector would write them, without an emulator; and folders to write them into. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/index.js';
import { encodeFrame } from '../../../src/datasets/frame-codec.js';
import { type DatasetDescription, SPLIT_RULE, splitOf } from '../../../src/datasets/schema.js';
import type { ShardContent } from '../../../src/datasets/shard-files.js';
import type { StepRow } from '../../../src/datasets/step-table.js';
import { randomFrame } from './frames.js';

export const SHAPE = { height: 6, width: 8, channels: 3 } as const;

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
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

/** The frame that `fakeEpisode` shows at a step. */
export const frameOf = (seed: number, step: number) => randomFrame(SHAPE, seed * 1000 + step);

/** An episode whose numbers follow from its seed; every third one gives neither probabilities nor a value. */
export async function fakeEpisode(episode: number, seed: number, steps: number): Promise<ShardContent> {
  const random = createRandom(seed, 'fake episode');
  const frames = await Promise.all(Array.from({ length: steps + 1 }, (_, step) => encodeFrame(frameOf(seed, step))));
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
      stack: [Math.max(0, step - 1), step],
      action: random.integer(3),
      label: random.integer(3),
      isNoise: random.next() < 0.25,
      probabilities: isBare ? null : [0.5, 0.25, 0.25],
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
