/** Training and asking on a tiny network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAnswerer } from '../../../src/training/pvp/index.js';
import { segment, trainSegmentation } from '../../../src/training/segmentation/index.js';
import { openReferringSet } from '../../../src/training/segmentation/sets/open.js';
import { makeTinyStart, partHashes } from '../pvp/tiny-run.js';
import { segmentationBatchesHere, tinySegmentation } from './tiny.js';

let folder: string;
let init: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'segment-'));
  init = join(folder, 'start');
  await makeTinyStart(init);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = async (name: string, until?: number) =>
  trainSegmentation({
    ...{ recipe: tinySegmentation, folder: join(folder, name), init },
    ...(until === undefined ? {} : { until }),
    batches: await segmentationBatchesHere(tinySegmentation, init),
  });

describe('training', () => {
  it('goes on bit for bit after a stop, and changes only what the recipe says', async () => {
    const whole = await train('whole');
    await train('halves', 2);
    const halves = await train('halves');
    const [a, b, before] = [
      await partHashes(whole.model),
      await partHashes(halves.model),
      await partHashes(init),
    ] as const;
    expect(a).toEqual(b);
    expect(a.language).not.toBe(before.language);
    expect(whole.status).toBe('finished');
  });

  it('refuses the folder of another recipe', async () => {
    await train('other', 1);
    const recipe = { ...tinySegmentation, queries: 10 };
    const run = trainSegmentation({ recipe, folder: join(folder, 'other'), init });
    await expect(run).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('asking', () => {
  it('gives a mask in the size of the picture, inside of the box', async () => {
    using answerer = await loadAnswerer(init);
    const set = await openReferringSet('scenes', { side: 40, seed: 1 });
    const { image, expression } = await set.at('test', 0);
    const { mask, box, asked, boxAnswer } = await segment(answerer, image, expression);
    expect([mask.height, mask.width]).toEqual([40, 40]);
    // A network that has learnt nothing answers no box, and then every pixel is asked.
    expect(box === null ? asked : 576).toBe(576);
    expect(typeof boxAnswer).toBe('string');
    expect([...new Set(mask.data)].every((value) => value === 0 || value === 1)).toBe(true);
  });

  it('ends when it is cancelled', async () => {
    using answerer = await loadAnswerer(init);
    const { image, expression } = await (await openReferringSet('scenes', { side: 24, seed: 1 })).at('test', 0);
    await expect(segment(answerer, image, expression, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
