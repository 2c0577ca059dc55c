/** A linear map reads what the encoder's features tell of the pixels, and no more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { openScenes } from '../../../src/training/pictures/index.js';
import { compareFrames, FeatureReadout, loadAnswerer, meanAbsoluteError } from '../../../src/training/pvp/index.js';
import { makeStart } from '../../../src/training/start/make.js';
import { startSchema } from '../../../src/training/start/settings.js';

const SIDE = 48;
const scenes = openScenes({ side: SIDE, difficulty: [0, 1] });
const shown = Array.from({ length: 120 }, (_, i) => scenes.sample('train', i).image);
const heldOut = Array.from({ length: 8 }, (_, i) => scenes.sample('test', i).image);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-readout-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Mean error on held-out scenes of what is read behind an encoder with so many features, of cosine filters or by
 * chance.
 */
async function errorWith(features: number, filters: boolean): Promise<number> {
  const clip = { image_size: SIDE, patch_size: 8, hidden_size: features, intermediate_size: 192, layers: 2, heads: 2 };
  const language = { hidden_size: 192, intermediate_size: 512, layers: 2, heads: 6, context: 512 };
  const start = join(folder, `${features}-${filters}`);
  const settings = startSchema.parse({ clip, seed: 3, vocabulary: 1500, position_code: filters, language });
  await makeStart(settings, start, async () => shown.slice(0, 24));
  using answerer = await loadAnswerer(start);
  const readout = FeatureReadout.fit(answerer.network, answerer.processing, shown);
  const errors = heldOut.map((picture) => meanAbsoluteError(compareFrames(picture, readout.paint(picture))));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe('what a linear map reads in features', () => {
  it('is most of the picture behind filters that keep it, and little behind a few features of chance', async () => {
    const [kept, lost] = [await errorWith(192, true), await errorWith(4, false)];
    expect(kept).toBeLessThan(8);
    expect(lost).toBeGreaterThan(3 * kept);
  }, 60_000);
});

describe('the error of a painted picture', () => {
  const original: Frame = { dtype: 'uint8', shape: [1, 2, 3], data: Uint8Array.of(0, 10, 20, 255, 0, 7) };

  it('is nothing for the same picture, and the mean difference of all values otherwise', () => {
    expect(meanAbsoluteError(compareFrames(original, original))).toBe(0);
    const painted: Frame = { ...original, data: Uint8Array.of(6, 10, 17, 255, 3, 7) };
    expect(meanAbsoluteError(compareFrames(original, painted))).toBe(2);
  });
});
