/** Game frames: seeds of their own for every split, played on the real emulator once, read back as they were. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainHash, hashArray } from '../../../src/core/hash.js';
import { startEmulators } from '../../../src/env-bridge/index.js';
import { collectFrames, framesFile } from '../../../src/training/pictures/games/collect-frames.js';
import { readFrames, writeFrames } from '../../../src/training/pictures/games/frame-file.js';
import { planEpisodes, playerOf } from '../../../src/training/pictures/games/frame-plan.js';
import { mixSources, openGameFrames, openScenes, SPLITS } from '../../../src/training/pictures/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frames-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('seeds', () => {
  it('differ between splits and stay below those of evaluation', () => {
    const seeds = SPLITS.flatMap((split) => planEpisodes('carracing', split, 100).map(({ seed }) => seed));
    expect(new Set(seeds).size).toBe(300);
    expect(Math.max(...planEpisodes('carracing', 'train', 100).map(({ seed }) => seed))).toBeLessThan(90_000);
    for (const split of ['validation', 'test'] as const) {
      for (const { seed } of planEpisodes('carracing', split, 100)) {
        expect(seed).toBeGreaterThanOrEqual(90_000);
        expect(seed).toBeLessThan(100_000);
      }
    }
  });
});

describe('files', () => {
  it('hold frames without loss', async () => {
    const frames = [1, 2, 3].map((value) => ({
      ...{ dtype: 'uint8' as const, shape: [5, 7, 3] },
      data: Uint8Array.from({ length: 105 }, (_, i) => (i * value * 37) % 256),
    }));
    const path = join(folder, 'frames.png');
    await writeFrames(path, frames);
    expect((await readFrames(path)).map(hashArray)).toEqual(frames.map(hashArray));
  });
});

describe('collecting', () => {
  it('shows what the expert of the measured tables showed, whichever ships', async () => {
    // Chained hashes of all frames that `expert` played at commit f70ad0b.
    const golden = [
      ['carracing 95000', 61, '3e6327cc6ac0e158b1b4e6cf3a42c75d'],
      ['carracing 95001', 61, '9d3a9ad6204d962b0d8a9177613971f5'],
      ['spaceinvaders 95000', 61, 'c8a1b5152284cc5c9c68163092a23c01'],
      ['spaceinvaders 95001', 61, '39c92aeafc35eec7a5e08b96f1ac8d7a'],
    ];
    const plan = [...planEpisodes('carracing', 'test', 3), ...planEpisodes('spaceinvaders', 'test', 3)];
    const written = plan.filter((episode) => playerOf(episode).startsWith('script:'));
    const emulators = await startEmulators({ processes: 1 });
    const to = join(folder, 'written');
    try {
      await collectFrames(written, { emulators, stride: 4, limit: 240, folder: to });
    } finally {
      await emulators.close();
    }
    const found = written.map(async (episode) => {
      const frames = await readFrames(framesFile(to, episode));
      return [
        `${episode.game} ${episode.seed}`,
        frames.length,
        frames.map(hashArray).reduce((chain, hash) => chainHash(chain, hash), ''),
      ];
    });
    expect(await Promise.all(found)).toEqual(golden);
  });

  it('plays what is missing, once, and the same each time', async () => {
    const plan = planEpisodes('spaceinvaders', 'train', 3).filter(({ policy }) => policy === 'random');
    const emulators = await startEmulators({ processes: 1 });
    try {
      const played: number[] = [];
      const options = {
        emulators,
        stride: 40,
        limit: 200,
        onEpisode: (_: unknown, frames: number) => played.push(frames),
      };
      await collectFrames(plan, { ...options, folder: join(folder, 'one') });
      await collectFrames(plan, { ...options, folder: join(folder, 'one') });
      await collectFrames(plan, { ...options, folder: join(folder, 'two') });
      expect(played).toEqual([6, 6]);
    } finally {
      await emulators.close();
    }
    const read = async (name: string) => (await readFrames(framesFile(join(folder, name), plan[0]!))).map(hashArray);
    const [one, two] = [await read('one'), await read('two')];
    expect(one).toEqual(two);
    expect(new Set(one).size).toBeGreaterThan(1);
    expect(await readdir(join(folder, 'one'))).toHaveLength(2);
  }, 60_000);

  it('needs no emulator once the files are there', async () => {
    const own = join(folder, 'ready');
    const frame = { dtype: 'uint8' as const, shape: [210, 160, 3], data: new Uint8Array(210 * 160 * 3).fill(9) };
    const other = { ...frame, data: frame.data.map(() => 8) };
    const episodes = { train: 1, validation: 1, test: 1 };
    await mkdir(own);
    for (const split of SPLITS) {
      for (const episode of planEpisodes('spaceinvaders', split, 1))
        await writeFrames(framesFile(own, episode), [frame, frame, other]);
    }
    const source = await openGameFrames({ side: 32, games: ['spaceinvaders'], folder: own, episodes });
    expect(SPLITS.map((split) => source.size(split))).toEqual([2, 2, 2]);
    const { image, origin } = source.sample('test', 3);
    expect(image.shape).toEqual([32, 32, 3]);
    // The repeated frame counts once: a game may stand still for a second.
    expect(new Set(image.data)).toEqual(new Set([8]));
    expect(origin).toBe('spaceinvaders seed 95000 expert step 8');
  });
});

describe('mixtures', () => {
  it('draw from their sources by weight, the same each time, and pass over empty ones', () => {
    const named = (name: string, size: number) => ({
      ...openScenes({ side: 8, difficulty: 0 }),
      name,
      size: () => size,
    });
    const source = (name: string, size = 100) => ({
      ...named(name, size),
      sample: (_: unknown, index: number) => ({
        ...openScenes({ side: 8, difficulty: 0 }).sample('train', index),
        source: name,
      }),
    });
    const mixture = mixSources(
      [
        { source: source('a'), weight: 3 },
        { source: source('b'), weight: 1 },
        { source: source('empty', 0), weight: 5 },
      ],
      1,
    );
    const drawn = Array.from({ length: 400 }, (_, i) => mixture.sample('train', i).source);
    expect(drawn.filter((name) => name === 'a').length / 400).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain('empty');
    expect(Array.from({ length: 400 }, (_, i) => mixture.sample('train', i).source)).toEqual(drawn);
  });
});
