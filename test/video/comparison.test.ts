import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openRecord } from '../../src/record/index.js';
import { comparisonStrip, comparisonVideo, decisionsOf } from '../../src/video/index.js';
import { recordRun, temporaryFolder } from '../record/support/records.js';
import { type FakeOptions, fakeFactory, type PlayOptions } from '../replay/support/fake-game.js';
import { videoFacts } from './support/video-facts.js';

async function setting(plays: readonly PlayOptions[], options: FakeOptions = {}) {
  const records = await Promise.all(plays.map(async (play) => openRecord(await recordRun(play))));
  const episodes = records.map((record, index) => ({ name: `player ${index + 1}`, record }));
  const folder = await temporaryFolder();
  return { episodes, folder, path: join(folder, 'out.mp4'), factory: fakeFactory(options) };
}

describe('episodes side by side', () => {
  it('are one video as long as the longest, and every emulator is closed', async () => {
    const { episodes, folder, path, factory } = await setting([{}, { limit: 8 }, { limit: 15 }]);
    await comparisonVideo(episodes, path, factory);
    const facts = await videoFacts(path);
    expect(facts).toMatchObject({ codec: 'h264', pixelFormat: 'yuv420p', fps: 25, frames: 1 + 2 * 20 });
    const [width, height] = facts.size.split('x').map(Number) as [number, number];
    expect(width).toBeGreaterThanOrEqual(3 * 480);
    expect([width % 2, height % 2]).toEqual([0, 0]);
    expect(await readdir(folder)).toEqual(['out.mp4']);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1, 1, 1]);
  });

  it('are pictures at the decisions asked for, of an episode that is over its last one', async () => {
    const { episodes, folder, factory } = await setting([{}, { limit: 8 }]);
    const [one, two] = [join(folder, 'one.png'), join(folder, 'two.png')];
    await comparisonStrip(episodes, one, factory, [5]);
    await comparisonStrip(episodes, two, factory, [5, 12]);
    const sizes = await Promise.all([one, two].map((path) => sharp(path).metadata()));
    expect(sizes[1]?.width).toBe(sizes[0]?.width);
    expect(sizes[1]?.height).toBe(2 * (sizes[0]?.height as number) + 6);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1, 1, 1, 1]);
  });

  it('are refused when they are not of one seed', async () => {
    const { episodes, path, factory } = await setting([{ seed: 7 }, { seed: 8 }]);
    await expect(comparisonVideo(episodes, path, factory)).rejects.toMatchObject({ code: 'usage' });
    expect(factory.made).toEqual([]);
  });

  it('leave no file where an episode is not what was recorded', async () => {
    const { episodes, folder, path, factory } = await setting([{}, { limit: 8 }], { driftAt: 4 });
    await expect(comparisonVideo(episodes, path, factory)).rejects.toMatchObject({ code: 'state_mismatch' });
    expect(await readdir(folder)).toEqual([]);
    expect(factory.made.every(({ closed }) => closed === 1)).toBe(true);
  });

  it('leave no file when they are cancelled', async () => {
    const { episodes, folder, path, factory } = await setting([{}, {}]);
    const controller = new AbortController();
    const onStep = (step: number): void => {
      if (step === 3) controller.abort(new Error('enough'));
    };
    const made = comparisonVideo(episodes, path, factory, { signal: controller.signal, onStep });
    await expect(made).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('have the scores of their records', async () => {
    const { episodes } = await setting([{}]);
    const record = (episodes[0] as (typeof episodes)[number]).record;
    const decisions = await decisionsOf(record);
    expect(decisions).toHaveLength(20);
    expect(decisions.at(-1)?.score).toBeCloseTo(record.manifest.result?.score as number, 12);
  });
});
