/** A network that begins with the position code answers pixel queries before it has learnt anything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { createRandom } from '../../../src/core/random.js';
import { openScenes } from '../../../src/training/pictures/index.js';
import { answerPixels, loadAnswerer } from '../../../src/training/pvp/index.js';
import { comparePixels, meanAbsoluteError } from '../../../src/training/pvp/picture-error.js';
import { edit } from '../../../src/training/start/edit-parameter.js';
import { keptWeights } from '../../../src/training/start/kept-weights.js';
import { makeStart, type StartReport } from '../../../src/training/start/make.js';
import { startSchema } from '../../../src/training/start/settings.js';

const SIDE = 48;
const settings = startSchema.parse({
  clip: { image_size: SIDE, patch_size: 8, hidden_size: 192, intermediate_size: 192, layers: 2, heads: 6 },
  seed: 3,
  vocabulary: 1500,
  language: { hidden_size: 192, intermediate_size: 512, layers: 2, heads: 6, context: 512 },
});
const scenes = openScenes({ side: SIDE, difficulty: [0.2, 0.5] });
/** A wave in each colour, of other slopes and strengths in every picture. */
function waves(seed: number): Frame {
  const random = createRandom(seed, 'waves');
  const channels = [0, 1, 2].map(() => ({
    down: 0.25 * random.next(),
    along: 0.25 * random.next(),
    phase: 6 * random.next(),
    height: 20 + 100 * random.next(),
  }));
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const [y, x] = [Math.floor(at / (3 * SIDE)), Math.floor(at / 3) % SIDE];
    const { down, along, phase, height } = channels[at % 3] as (typeof channels)[number];
    return Math.round(127.5 + height * Math.sin(down * y + along * x + phase));
  });
  return { dtype: 'uint8', shape: [SIDE, SIDE, 3], data };
}
const places = Array.from({ length: 120 }, (_, i) => ({ y: (i * 17) % SIDE, x: (i * 29) % SIDE }));
/** The same place in the patch to the right. */
const elsewhere = places.map(({ y, x }) => ({ y, x: (x + 8) % SIDE }));

let root: string;
let report: StartReport | undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pvp-start-'));
  report = await makeStart(settings, root, async () =>
    Array.from({ length: 48 }, (_, index) => scenes.sample('train', index).image),
  );
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

describe('a start with the position code', () => {
  it('keeps what the encoder lets through', () => {
    expect(report?.explained).toBeGreaterThan(0.9);
    expect(report?.error).toBeLessThan(8);
  });

  it('reads the colour of the named place, not of another', async () => {
    using answerer = await loadAnswerer(root);
    const samples = [0, 1, 2, 3].map(waves);
    const errors = { named: 0, other: 0 };
    for (const image of samples) {
      const answers = await answerPixels(answerer, image, places);
      const named = comparePixels(image, places, answers);
      expect(named.parsed).toBe(places.length);
      errors.named += meanAbsoluteError(named) / samples.length;
      errors.other += meanAbsoluteError(comparePixels(image, elsewhere, answers)) / samples.length;
    }
    expect(errors.named).toBeLessThan(6);
    expect(errors.other).toBeGreaterThan(30);
  });

  it('still reads it when all weights have moved but those that read', async () => {
    // As far as a thousand updates at 3e-4 carry a weight that nothing holds.
    const moved = async (isKept: boolean): Promise<number> => {
      using answerer = await loadAnswerer(root);
      const { network } = answerer;
      const random = createRandom(5, 'moved');
      const kept = keptWeights(network, ['pixels']);
      for (const { name, part } of network.parameters.specs) {
        if (part !== 'language') continue;
        edit(network.parameters, name, ({ data }) => {
          data.forEach((value, i) => {
            if (!isKept || !kept.get(name)?.[i]) data[i] = value + 0.035 * (random.next() - 0.5);
          });
        });
      }
      const errors = await Promise.all(
        [0, 1]
          .map(waves)
          .map(async (image) => comparePixels(image, places, await answerPixels(answerer, image, places))),
      );
      if (isKept) expect(errors.map(({ parsed }) => parsed)).toEqual([places.length, places.length]);
      return errors.reduce((sum, each) => sum + meanAbsoluteError(each) / errors.length, 0);
    };
    expect(await moved(true)).toBeLessThan(10);
    expect(await moved(false)).toBeGreaterThan(20);
  });

  it('is refused where the network has no room for it', async () => {
    const small = { ...settings, language: { ...settings.language, hidden_size: 128, heads: 4 } };
    const folder = await mkdtemp(join(tmpdir(), 'pvp-small-'));
    await expect(makeStart(small, folder, async () => [])).rejects.toThrow('too small for the position code');
    await rm(folder, { recursive: true });
  });
});
